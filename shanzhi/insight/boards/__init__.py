"""Boards: the dashboard of a place, the wall and the morning page, as pages, files and JSON."""
