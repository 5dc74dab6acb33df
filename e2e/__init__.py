"""Whole journeys in a real browser, against a server started as `make run` starts it, with its demo."""
