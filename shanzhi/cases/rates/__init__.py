"""Rates by definition: counted from the cases themselves, for any place in scope and any period."""
