"""The ends of a page of cases, in the form that ui's pager reads."""

from dataclasses import dataclass

from shanzhi.cases.selectors import CasePage


@dataclass(frozen=True, slots=True)
class Cursors:
    next_cursor: str
    previous_cursor: str

    @classmethod
    def of(cls, found: CasePage) -> "Cursors":
        return cls(found.next, found.previous)
