"""Pages of places, units and imports."""
