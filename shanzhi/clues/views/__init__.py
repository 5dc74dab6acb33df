"""Pages of the clues."""
