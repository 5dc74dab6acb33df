"""Visits to people who are looked after: who is due, what was found, what became of it; also without a signal."""
