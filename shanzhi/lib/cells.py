"""Cells of tables that office programs open."""

from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(cell: str) -> str:
    """The cell; with an apostrophe in front if a spreadsheet would take it for a formula and compute it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
