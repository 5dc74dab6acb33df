"""The county's map of places: layers, drawing, files of outlines, and which place a position lies in."""
