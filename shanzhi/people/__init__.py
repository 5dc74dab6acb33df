"""Dwellings, households and residents: who lives where, who is registered where, and who looks after whom."""
