"""Who works in which grid: roles, terms, what is missing, and who is responsible for a place now."""
