"""Lists that a person keeps under a name (SavedFilter): the address of the filters, in an order of one's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.db.models import Max
from django.db.transaction import atomic
from django.http import QueryDict
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.cases.listing import Listing
from shanzhi.cases.models import SavedFilter
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

MOST: Final = 20
NAME: Final = 20
LENGTH: Final = 1000
KEPT: Final = (
    "tab", "q", "state", "due", "place", "kind", "unit", "source", "mark", "urgent", "kin", "received_from",
    "received_to", "sort",
)  # fmt: skip


@dataclass(frozen=True)
class SavedLink:
    """A kept list above the list; `chosen` if it is the one that is shown."""

    name: str
    url: str
    chosen: bool
    is_default: bool


def kept_query(address: str) -> str:
    """The filters of an address and nothing else, always in the same order: two such texts are compared as they are."""
    query, kept = QueryDict(address.lstrip("?")[: 4 * LENGTH]), QueryDict(mutable=True)
    for name in KEPT:
        values = [value for value in query.getlist(name) if value]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


def saved_of(listing: Listing) -> list[SavedLink]:
    here = kept_query(listing.query.urlencode())
    return [SavedLink(one.name, f"?{one.query}", one.query == here, one.is_default) for one in listing.offers.own]


def saved_list_for(actor: Actor) -> list[SavedFilter]:
    """One's own, in the order in which they stand above the list."""
    rows = SavedFilter.objects.filter(user_id=actor.user_id or 0, deleted_at=None)
    return sorted(rows, key=lambda row: (row.position, row.id))


def saved_get_for(actor: Actor, saved_id: int, *, deleted: bool = False) -> SavedFilter:
    """One's own, or NotFound."""
    rows = SavedFilter.objects.filter(id=saved_id, user_id=actor.user_id or 0, deleted_at__isnull=not deleted)
    found = rows.select_for_update().first()
    if found is None:
        raise not_found()
    return found


def _clean_name(actor: Actor, name: str, *, but: int = 0) -> str:
    name = " ".join(name.split())
    sentence = ""
    if not name:
        sentence = "请给这个清单起个名字。"
    elif len(name) > NAME:
        sentence = f"名字最多 {NAME} 个字，现在 {len(name)} 个，请改短些。"
    elif SavedFilter.objects.filter(user_id=actor.user_id or 0, name=name, deleted_at=None).exclude(id=but).exists():
        sentence = f"已经有叫“{name}”的清单，请换个名字。"
    if sentence:
        raise Invalid(sentence, code="name", fields={"name": [sentence]})
    return name


def _write(saved: SavedFilter, *fields: str) -> None:
    """Invalid if another list got the name in this very moment."""
    try:
        with atomic():
            saved.save(**({"update_fields": [*fields]} if fields else {}))
    except IntegrityError:
        sentence = f"已经有叫“{saved.name}”的清单，请换个名字。"
        raise Invalid(sentence, code="name", fields={"name": [sentence]}) from None


def saved_create(
    *, actor: Actor, name: str, query: str, key: str | None = None, at: datetime | None = None
) -> SavedFilter:
    """Keep a list. Invalid for a name that is there, Conflict when there are twenty."""
    at, kept = at or timezone.now(), kept_query(query)
    if not kept or len(kept) > LENGTH:
        sentence = "这个清单的条件太多，请少选几个。" if kept else "这个清单没有条件，请先选好条件再存。"
        raise Invalid(sentence, code="query", fields={"query": [sentence]})
    with atomic():
        made = SavedFilter(id=new_id(), user_id=actor.user_id or 0, query=kept, created_at=at)
        body = {"name": name, "query": kept}
        earlier = claim(key=key, actor=actor, operation="cases.saved", body=body, result_id=made.id)
        if earlier is not None:
            return SavedFilter.objects.get(id=earlier)
        made.name = _clean_name(actor, name)
        mine = SavedFilter.objects.filter(user_id=actor.user_id or 0, deleted_at=None)
        if mine.count() >= MOST:
            raise Conflict(f"最多存 {MOST} 个清单，请先删去不用的。", code="too_many_lists")
        made.position = (mine.aggregate(last=Max("position"))["last"] or 0) + 1
        _write(made)
    return made


def saved_rename(*, actor: Actor, saved_id: int, name: str) -> SavedFilter:
    with atomic():
        saved = saved_get_for(actor, saved_id)
        saved.name = _clean_name(actor, name, but=saved.id)
        _write(saved, "name")
    return saved


def saved_move(*, actor: Actor, saved_id: int, by: int) -> SavedFilter:
    """One place up (-1) or down (1); at an end it stays."""
    with atomic():
        saved = saved_get_for(actor, saved_id)
        rows = saved_list_for(actor)
        here = next(number for number, row in enumerate(rows) if row.id == saved.id)
        there = here + (1 if by > 0 else -1)
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows, 1):
            if row.position != position:
                SavedFilter.objects.filter(id=row.id).update(position=position)
    return saved


def saved_default(*, actor: Actor, saved_id: int, chosen: bool) -> SavedFilter:
    """Let the list open with it, or with none."""
    with atomic():
        saved = saved_get_for(actor, saved_id)
        SavedFilter.objects.filter(user_id=actor.user_id or 0, is_default=True).update(is_default=False)
        saved.is_default = chosen
        saved.save(update_fields=["is_default"])
    return saved


def saved_delete(*, actor: Actor, saved_id: int, at: datetime | None = None) -> SavedFilter:
    """It can be brought back until the next one is deleted."""
    with atomic():
        saved = saved_get_for(actor, saved_id)
        SavedFilter.objects.filter(user_id=actor.user_id or 0, deleted_at__isnull=False).delete()
        saved.deleted_at, saved.is_default = at or timezone.now(), False
        saved.save(update_fields=["deleted_at", "is_default"])
    return saved


def saved_restore(*, actor: Actor, saved_id: int) -> SavedFilter:
    """Undo a deletion; Invalid if another of this name was made since."""
    with atomic():
        saved = saved_get_for(actor, saved_id, deleted=True)
        _clean_name(actor, saved.name)
        if len(saved_list_for(actor)) >= MOST:
            raise Conflict(f"最多存 {MOST} 个清单，请先删去不用的。", code="too_many_lists")
        saved.deleted_at = None
        _write(saved, "deleted_at")
    return saved
