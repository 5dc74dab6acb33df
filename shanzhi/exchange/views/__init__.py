"""Pages of the system administrator."""
