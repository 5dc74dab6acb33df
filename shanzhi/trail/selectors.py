"""Reading the trail: only the audit administrator may, and the newest seal is for everybody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of
from shanzhi.trail.models import Check, Entry, Salt, Seal, SealItem
from shanzhi.trail.permissions import VIEW
from shanzhi.trail.trails import CODE_LABELS, TRACKED, code_label, post_names, type_label

NEWEST: Final = Order("trail.entries", ("at",), descending=True)
NEWEST_SEAL: Final = Order("trail.seals", ("number",), descending=True)


@dataclass(frozen=True)
class EntryFilter:
    """What of the trail is wanted; `since` is inside, `until` is not."""

    since: datetime | None = None
    until: datetime | None = None
    actor_id: int | None = None
    code: str = ""
    object_type: str = ""
    object_id: int | None = None


@dataclass(frozen=True)
class Line:
    """An entry with the words that people know things by."""

    entry: Entry
    actor: str
    post: str
    act: str
    object: str
    seal: int | None


def entry_page_for(actor: Actor, wanted: EntryFilter, *, cursor: str = "", size: int = SIZE) -> Page[Line]:
    """Entries of the county, newest first."""
    actor.require(VIEW)
    page = page_of(_matching(wanted), NEWEST, cursor=cursor, size=size)
    return page.showing(_lines(page.rows))


def entry_export_for(actor: Actor, wanted: EntryFilter, *, limit: int) -> Iterator[Line]:
    """Up to `limit` entries, newest first, read in steps."""
    cursor: str | None = ""
    while limit > 0 and cursor is not None:
        page = entry_page_for(actor, wanted, cursor=cursor, size=min(limit, 1000))
        yield from page.rows
        limit -= len(page.rows)
        cursor = page.next_cursor


def _matching(wanted: EntryFilter) -> QuerySet[Entry]:
    conditions: dict[str, object] = {
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "actor_id": wanted.actor_id,
        "code": wanted.code or None,
        "object_type": wanted.object_type or None,
        "object_id": wanted.object_id,
    }
    return Entry.objects.filter(**{name: value for name, value in conditions.items() if value is not None})


def _lines(entries: Sequence[Entry]) -> list[Line]:
    people = people_names({entry.actor_id for entry in entries if entry.actor_id})
    posts = post_names({entry.post_id for entry in entries if entry.post_id})
    items = SealItem.objects.filter(entry_id__in=[entry.id for entry in entries])
    seals = dict(items.values_list("entry_id", "seal__number")) if entries else {}
    objects = _object_names(entries)
    return [
        Line(
            entry=entry,
            actor=(name := _person(entry.actor_id, people)),
            post=_post(posts.get(entry.post_id or 0, ""), name),
            act=code_label(entry.code),
            object=objects.get((entry.object_type, entry.object_id)) or _object(entry),
            seal=seals.get(entry.id),
        )
        for entry in entries
    ]


def _post(named: str, actor: str) -> str:
    """The post under which it was done; a stand-in's is named with the colleague whose it is."""
    own = named.removeprefix(f"{actor}·")
    return f"代{named}" if named and own == named else own


def _object_names(entries: Sequence[Entry]) -> dict[tuple[str, int], str]:
    """What the objects are called now, one statement for each type among them; deleted ones are left out."""
    names = {}
    for object_type in {entry.object_type for entry in entries if not entry.size}:
        known = TRACKED.get(object_type)
        if known is not None:
            ids = {entry.object_id for entry in entries if entry.object_type == object_type}
            for row in known.model.objects.filter(id__in=ids):
                names[object_type, row.id] = known.short_name(row)
    return names


def _person(actor_id: int | None, people: dict[int, str]) -> str:
    if actor_id is None:
        return "未登录的人"
    return "系统" if actor_id == 0 else people.get(actor_id, f"编号 {actor_id}")


def _object(entry: Entry) -> str:
    if entry.size:
        return f"{type_label(entry.object_type)} {entry.size} 条"
    return f"{type_label(entry.object_type)} {entry.object_id}"


def people_names(ids: Iterable[int]) -> dict[int, str]:
    """Names of users by id; whoever the user model is."""
    wanted = set(ids)
    if not wanted:
        return {}
    users = get_user_model()._default_manager.filter(pk__in=wanted)
    return {user.pk: str(getattr(user, "name", "") or user.get_username()) for user in users}


def person_by_login(login: str) -> int | None:
    """The id of the person with this login, for the filter by person."""
    model = get_user_model()
    user = model._default_manager.filter(**{model.USERNAME_FIELD: login}).first()
    return user.pk if user else None


def code_choices() -> list[tuple[str, str]]:
    return sorted(CODE_LABELS.items(), key=lambda pair: pair[1])


def type_choices() -> list[tuple[str, str]]:
    return sorted((tracked.type, tracked.label) for tracked in TRACKED.values())


def seal_page_for(actor: Actor, *, cursor: str = "", size: int = SIZE) -> Page[Seal]:
    """Seals by number, newest first."""
    actor.require(VIEW)
    return page_of(Seal.objects.all(), NEWEST_SEAL, cursor=cursor, size=size)


def seal_get_for(actor: Actor, number: int) -> Seal:
    actor.require(VIEW)
    seal = Seal.objects.filter(number=number).first() if number < 2**31 else None
    if seal is None:
        raise not_found()
    return seal


def seal_lines_for(actor: Actor, seal: Seal, *, cursor: str = "", size: int = SIZE) -> Page[Line]:
    """The entries under a seal in their order; what was removed is left out here."""
    actor.require(VIEW)
    order = Order(f"trail.seal.{seal.id}", ("position",))
    page = page_of(SealItem.objects.filter(seal=seal), order, cursor=cursor, size=size)
    entries = Entry.objects.in_bulk([item.entry_id for item in page.rows])
    return page.showing(_lines([entries[item.entry_id] for item in page.rows if item.entry_id in entries]))


def newest_entry() -> int:
    """The id of the newest entry of the current county, 0 before the first: another one whenever something was done."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def latest_seal() -> Seal | None:
    """The newest seal of the current county: public, it proves nothing about anybody."""
    return Seal.objects.order_by("-number").first()


def last_check_for(actor: Actor) -> Check | None:
    """The newest finished verification of the county."""
    actor.require(VIEW)
    return Check.objects.order_by("-ended_at").first()


def salts_of(object_type: str, ids: Iterable[int]) -> dict[int, bytes]:
    """The salts of these objects that exist."""
    found = Salt.objects.filter(object_type=object_type, object_id__in=list(ids))
    return {object_id: bytes(value) for object_id, value in found.values_list("object_id", "value")}
