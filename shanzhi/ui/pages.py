"""Keyset pages: a list shows where it goes on, never how many pages there are."""

from __future__ import annotations

from typing import Protocol

from django.http import QueryDict


class PageLike(Protocol):
    """A page of a list; a cursor is opaque and absent at an end."""

    @property
    def next_cursor(self) -> str | None: ...
    @property
    def previous_cursor(self) -> str | None: ...


def page_urls(page: PageLike, query: QueryDict) -> dict[str, str]:
    """Relative addresses: `after` and `before` replace each other, the filters stay."""
    return {
        "previous_url": _with(query, "before", page.previous_cursor),
        "next_url": _with(query, "after", page.next_cursor),
    }


def _with(query: QueryDict, name: str, cursor: str | None) -> str:
    if not cursor:
        return ""
    copy = query.copy()
    for key in ("after", "before"):
        copy.pop(key, None)
    copy[name] = cursor
    return f"?{copy.urlencode()}"
