"""Pages of the staffing."""
