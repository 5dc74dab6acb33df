"""The filter bar: its whole state is in the address, so a filtered list can be kept, sent and gone back to.

Every option is a link. It works without scripts, and one click is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict

PAGING = ("after", "before", "page")


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with options `(value, label)`; `multiple` lets several be chosen at once."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Dates:
    """Two days, `<name>_from` and `<name>_to`, both inclusive."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Option:
    """A line of an opened filter."""

    label: str
    url: str
    chosen: bool
    value: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter on the bar; `words` says what is chosen, and `clear_url` takes it off."""

    name: str
    label: str
    words: str
    clear_url: str
    options: tuple[Option, ...] = ()
    first: str = ""
    last: str = ""
    dates: bool = False
    keep: tuple[tuple[str, str], ...] = ()

    @property
    def active(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True, slots=True)
class FilterBar:
    """`search` is the name of the parameter of the search box, empty for none."""

    chips: tuple[Chip, ...]
    clear_url: str
    search: str = ""
    text: str = ""
    hint: str = ""
    keep: tuple[tuple[str, str], ...] = ()
    clear_search_url: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return bool(self.text) or any(chip.active for chip in self.chips)


def filter_bar(query: QueryDict, filters: Sequence[Choice | Dates], *, search: str = "", hint: str = "") -> FilterBar:
    """Parameters that belong to no filter (the tab, the order) are kept; the place in the list is not."""
    names = {name for item in filters for name in _names(item)}
    rest = _without(query, {*names, search} - {""})
    return FilterBar(
        chips=tuple(_chip(query, item) for item in filters),
        clear_url=_url(rest),
        search=search,
        text=query.get(search, "") if search else "",
        hint=hint,
        keep=_pairs(_without(query, {search})),
        clear_search_url=_url(_without(query, {search})),
    )


def _chip(query: QueryDict, item: Choice | Dates) -> Chip:
    clear_url = _url(_without(query, set(_names(item))))
    if isinstance(item, Dates):
        first, last = query.get(f"{item.name}_from", ""), query.get(f"{item.name}_to", "")
        words = f"{_day(first)} 到 {_day(last)}" if first and last else ""
        words = words or (f"{_day(first)} 起" if first else f"到 {_day(last)}" if last else "")
        return Chip(
            item.name,
            item.label,
            words,
            clear_url,
            first=first,
            last=last,
            dates=True,
            keep=_pairs(_without(query, set(_names(item)))),
        )
    chosen = query.getlist(item.name)
    labels = [label for value, label in item.options if value in chosen]
    return Chip(
        item.name,
        item.label,
        "、".join(labels[:2]) + (f" 等 {len(labels)} 项" if len(labels) > 2 else ""),
        clear_url,
        _options(query, item, chosen),
    )


def _options(query: QueryDict, item: Choice, chosen: Sequence[str]) -> tuple[Option, ...]:
    """The rest of the address is spelled once for all of them: a list of kinds or places is long."""
    rest = _without(query, {item.name}).urlencode()

    def url(values: Sequence[str]) -> str:
        return "?" + "&".join(part for part in (rest, urlencode([(item.name, value) for value in values])) if part)

    return tuple(
        Option(label, url(_next(item, value, chosen)), value in chosen, value) for value, label in item.options
    )


def _next(item: Choice, value: str, chosen: Sequence[str]) -> Sequence[str]:
    """What is chosen after a click on this value."""
    if not item.multiple:
        return [] if value in chosen else [value]
    return [one for one in chosen if one != value] if value in chosen else [*chosen, value]


def _names(item: Choice | Dates) -> tuple[str, ...]:
    return (item.name,) if isinstance(item, Choice) else (f"{item.name}_from", f"{item.name}_to")


def _day(iso: str) -> str:
    """2026-11-20 → 11月20日; what is no day stays as it was typed, for the person to see."""
    parts = iso.split("-")
    is_day = len(parts) == 3 and all(part.isdecimal() and len(part) < 5 for part in parts)
    return f"{int(parts[1])}月{int(parts[2])}日" if is_day else iso


def _without(query: QueryDict, names: set[str]) -> QueryDict:
    copy = query.copy()
    for name in (*names, *PAGING):
        copy.pop(name, None)
    return copy


def _pairs(query: QueryDict) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, values in query.lists() for value in values)


def _url(query: QueryDict) -> str:
    return f"?{query.urlencode()}"
