"""What the shell of every page shows, registered by the apps above in their nav.py: menu, named links, counts.

The shell lies below every app, so it knows an actor, a county and a page only by their shape (the Protocols here).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest

DESK = "desk"
PHONE = "phone"
LAST = 900  # entries of this order and above stand at the foot of the menu of a desk


class PostLike(Protocol):
    """A role on an area or a unit."""

    @property
    def role(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def area_name(self) -> str: ...
    @property
    def unit_name(self) -> str: ...
    @property
    def title(self) -> str: ...


class ActorLike(Protocol):
    """Who asks for the page."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def main_post(self) -> PostLike | None: ...
    @property
    def works_on_phone(self) -> bool: ...
    def can(self, permission: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the menu; shown to an actor who holds `permission` (empty: everybody who is signed in).

    `url_name` takes the county as its only argument. `prominent` is the raised button in the middle of the phone's bar.
    `badge` names a count registered with `badge()`.
    """

    label: str
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    densities: frozenset[str] = frozenset({DESK, PHONE})
    prominent: bool = False
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page that is pointed to by name, such as `home`, `search`, `notices`, `person`, `login` or `waiting`."""

    name: str
    url_name: str
    permission: str = ""
    with_county: bool = True
    label: str = ""


Counter = Callable[[HttpRequest], int]


@dataclass(frozen=True, slots=True)
class Todo:
    """A line on the first page of a phone that leads to another list of what waits, with how much; absent at none."""

    label: str
    icon: str
    url_name: str
    permission: str
    counter: Counter


_items: dict[str, NavItem] = {}
_links: dict[str, Link] = {}
_badges: dict[str, Counter] = {}
_todos: dict[str, Todo] = {}


def register(*items: NavItem) -> None:
    """Registering a url name again replaces the entry, so that a reloaded module does no harm."""
    for item in items:
        _items[item.url_name] = item


def link(name: str, url_name: str, *, permission: str = "", with_county: bool = True, label: str = "") -> None:
    """`label` of `search` is the placeholder of its box."""
    _links[name] = Link(name, url_name, permission, with_county, label)


def badge(name: str, counter: Counter) -> None:
    """`counter(request)` runs at most once a page, and only if the page shows the count."""
    _badges[name] = counter


def todo(item: Todo) -> None:
    """Registering a url name again replaces the line."""
    _todos[item.url_name] = item


def todos_for(actor: ActorLike, request: HttpRequest) -> list[tuple[Todo, int]]:
    """Those of which something waits; one count for each that the actor may open."""
    counted = [(item, item.counter(request)) for item in _todos.values() if _may(actor, item.permission)]
    return [(item, count) for item, count in counted if count]


def items_for(actor: ActorLike, density: str) -> list[NavItem]:
    """In order; what the actor may not open is left out, there are no dead links."""
    return sorted(
        (item for item in _items.values() if density in item.densities and _may(actor, item.permission)),
        key=lambda item: (item.order, item.url_name),
    )


def link_for(name: str, actor: ActorLike | None) -> Link | None:
    found = _links.get(name)
    if found is None or (found.permission and (actor is None or not actor.can(found.permission))):
        return None
    return found


def count_for(name: str, request: HttpRequest) -> int:
    counter = _badges.get(name)
    return counter(request) if counter else 0


def registered() -> Iterable[NavItem]:
    """Every entry, for tests that walk them."""
    return _items.values()


def _may(actor: ActorLike, permission: str) -> bool:
    return not permission or actor.can(permission)
