"""Context of every page: menu, county, person, density. Nothing here queries until a template asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from shanzhi.ui import nav
from shanzhi.ui.keeping import wants_copy

ELDER_COOKIE = "sz_text"
ELDER_VALUE = "big"
CONTRAST_COOKIE = "sz_contrast"
CONTRAST_VALUE = "high"


LINKS = (
    "home", "search", "notices", "notice_settings", "person", "login", "areas", "signout", "waiting", "here", "people",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu on this page."""

    item: nav.NavItem
    url: str
    current: bool = False

    @property
    def last(self) -> bool:
        """Settings and the like stand at the foot of the menu."""
        return self.item.order >= nav.LAST


@dataclass
class Shell:
    """What base templates read as `shell`; attributes are computed when first read."""

    request: HttpRequest
    now: datetime = field(default_factory=timezone.now)

    @cached_property
    def county(self) -> Any | None:
        return getattr(self.request, "county", None)

    @cached_property
    def actor(self) -> nav.ActorLike | None:
        """None for a stranger and for a person without a post here."""
        actor = getattr(self.request, "actor", None)
        return actor if actor is not None and actor.user_id is not None and actor.main_post else None

    @cached_property
    def owner(self) -> int | None:
        """Whose browser this is: the scripts keep what was not sent yet under it, outside of a county too."""
        asking = getattr(self.request, "actor", None)
        return asking.user_id if asking is not None else None

    @cached_property
    def on_phone(self) -> bool:
        """Whether what is filled in here may wait in this phone for a signal."""
        return self.actor is not None and self.actor.works_on_phone

    @cached_property
    def copy(self) -> bool:
        """Whether this page is made for a phone to keep, see `keeping`."""
        return wants_copy(self.request)

    @cached_property
    def post(self) -> nav.PostLike | None:
        return self.actor.main_post if self.actor else None

    @cached_property
    def place(self) -> str:
        post = self.post
        return (post.area_name or post.unit_name) if post else getattr(self.county, "name", "")

    @cached_property
    def elder(self) -> bool:
        return self.request.COOKIES.get(ELDER_COOKIE) == ELDER_VALUE

    @cached_property
    def contrast(self) -> bool:
        return self.request.COOKIES.get(CONTRAST_COOKIE) == CONTRAST_VALUE

    @cached_property
    def tone(self) -> str:
        """What the class of the body has beside its density; begins with a blank."""
        return " ui-contrast" if self.contrast else ""

    @property
    def size(self) -> str:
        """The class of large letters, empty for the usual ones of the page."""
        return "ui-elder" if self.elder else ""

    @cached_property
    def base(self) -> str:
        """`{% extends shell.base %}` for a page that all roles use."""
        if self.actor is None:
            return "ui/public.html"
        return "ui/phone.html" if self.actor.works_on_phone else "ui/desk.html"

    @cached_property
    def desk_nav(self) -> list[Entry]:
        return self._entries(nav.DESK)

    @cached_property
    def phone_nav(self) -> list[Entry]:
        return self._entries(nav.PHONE)

    @cached_property
    def notices(self) -> int:
        """Unread notices of this person."""
        return nav.count_for("notices", self.request) if self.actor else 0

    @cached_property
    def todos(self) -> list[tuple[nav.Todo, int, str]]:
        """Other lists in which something waits for this person, with how much and where."""
        if self.actor is None:
            return []
        return [(item, count, self.url(item.url_name)) for item, count in nav.todos_for(self.actor, self.request)]

    @cached_property
    def links(self) -> dict[str, str]:
        """Addresses of the shell's own links that this person may follow, by name."""
        return {name: url for name in LINKS if (url := self._link(name))}

    @cached_property
    def search_hint(self) -> str:
        found = nav.link_for("search", self.actor)
        return (found and found.label) or "编号、地点、内容"

    @property
    def login_path(self) -> str:
        """Where the scripts send a person whose session was lost."""
        return self._link("login") or "/accounts/login/"

    @property
    def manifest(self) -> str:
        return self.url("county-manifest" if self.county else "manifest")

    def url(self, url_name: str, *, with_county: bool = True) -> str:
        """Empty if the page does not exist (yet), or needs a county and there is none."""
        args = [self.county.id] if with_county and self.county else []
        try:
            return reverse(url_name, args=args)
        except NoReverseMatch:
            return ""

    def _link(self, name: str) -> str:
        found = nav.link_for(name, self.actor)
        return self.url(found.url_name, with_county=found.with_county) if found else ""

    def _entries(self, density: str) -> list[Entry]:
        if self.actor is None:
            return []
        pairs = [(item, self.url(item.url_name)) for item in nav.items_for(self.actor, density)]
        shown = [(item, url) for item, url in pairs if url]
        here = max((url for _, url in shown if self.request.path.startswith(url)), key=len, default="")
        return [Entry(item, url, url == here) for item, url in shown]


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` and the one `now` of the page, so that all its clocks agree."""
    made = Shell(request)
    return {"shell": made, "now": made.now}
