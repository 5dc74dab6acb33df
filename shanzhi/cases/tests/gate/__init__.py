"""The gate of the public pages."""
