"""Anybody in one's scope found by what one box is given: a name, initials, a number, an address."""
