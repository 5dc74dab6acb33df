"""Keyset pages: a list shows where it goes on, never how many pages there are."""

from __future__ import annotations

from typing import Final, Protocol

from django.http import HttpRequest, QueryDict
from django.utils.encoding import escape_uri_path

CURSORS: Final = ("after", "before")  # in an address; a cursor itself knows which way it leads


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


def cursor_in(query: QueryDict) -> str:
    """The cursor in an address; empty for the first page."""
    return query.get("after") or query.get("before") or ""


def first_page(request: HttpRequest) -> str:
    """The address of the first page of the same list."""
    query = without_paging(request.GET).urlencode()
    return f"{escape_uri_path(request.path)}?{query}" if query else escape_uri_path(request.path)


def without_paging(query: QueryDict) -> QueryDict:
    """The same list from its first page."""
    copy = query.copy()
    for name in CURSORS:
        copy.pop(name, None)
    return copy


def url_with(query: QueryDict, **changes: str) -> str:
    """The same list with other conditions, from its first page; an empty one is left out."""
    copy = without_paging(query)
    for name, value in changes.items():
        copy.pop(name, None)
        if value:
            copy[name] = value
    return f"?{copy.urlencode()}"


def _with(query: QueryDict, name: str, cursor: str | None) -> str:
    if not cursor:
        return ""
    copy = without_paging(query)
    copy[name] = cursor
    return f"?{copy.urlencode()}"
