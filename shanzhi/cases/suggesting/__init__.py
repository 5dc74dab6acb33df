"""Suggestions while somebody types: kind and unit as this county's history has them, and reports of the same matter."""
