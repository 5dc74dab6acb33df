"""Reading who belongs to a person: what was written down at them, and what at others about them."""

from dataclasses import dataclass
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.lib.masks import name_mask, phone_mask
from shanzhi.people.models import Kin, Resident
from shanzhi.people.selectors.scope import covers, reach, resident_get_for

TIES: Final[dict[tuple[str, str], str]] = {
    ("parent", "1"): "父亲", ("parent", "2"): "母亲", ("spouse", "1"): "丈夫", ("spouse", "2"): "妻子",
    ("child", "1"): "儿子", ("child", "2"): "女儿",
}  # fmt: skip
INVERSE: Final[dict[str, str]] = {
    Kin.Tie.PARENT: Kin.Tie.CHILD, Kin.Tie.CHILD: Kin.Tie.PARENT, Kin.Tie.GRANDPARENT: Kin.Tie.GRANDCHILD,
    Kin.Tie.GRANDCHILD: Kin.Tie.GRANDPARENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Related:
    """One line of a person's page. `other` is None for who is not in the register; `seen` if the reader may open them.

    `words` is what the other is to the person: 母亲, 儿子（由其监护）. The name of somebody elsewhere is masked.
    """

    row: Kin
    other: Resident | None
    name: str
    words: str
    phone: str
    seen: bool
    is_own: bool


def kin_of(actor: Actor, resident: Resident) -> list[Related]:
    """Open rows in the order in which somebody calls: contacts, guardians, then as written down. Two statements."""
    own = Kin.objects.filter(resident=resident, until=None).select_related("other")
    back = Kin.objects.filter(other=resident, until=None).select_related("resident")
    rows = [*(_own(actor, row) for row in own), *(_back(actor, row) for row in back)]
    return sorted(rows, key=lambda one: (not one.row.is_contact, not one.row.is_guardian, not one.is_own, one.row.id))


def kin_get_for(actor: Actor, number: int, permission: str) -> Kin:
    """NotFound where the person that it was written down at is out of reach; Forbidden as for that person."""
    row = Kin.objects.select_related("resident", "other").filter(id=number).first() if actor.is_member else None
    if row is None:
        raise not_found()
    resident_get_for(actor, row.resident_id, permission=permission)
    return row


def tie_words(tie: str, sex: str) -> str:
    return TIES.get((tie, sex), Kin.Tie(tie).label)


def _own(actor: Actor, row: Kin) -> Related:
    words = tie_words(row.tie, row.other.sex if row.other else "")
    words += "，监护人" if row.is_guardian else ""
    words += "，联系人" if row.is_contact else ""
    if row.other is None:
        return Related(row, None, row.name, words, phone_mask(row.phone) if row.phone else "", False, True)
    return _named(actor, row, row.other, words, is_own=True)


def _back(actor: Actor, row: Kin) -> Related:
    words = tie_words(INVERSE.get(row.tie, row.tie), row.resident.sex) + ("（由其监护）" if row.is_guardian else "")
    return _named(actor, row, row.resident, words, is_own=False)


def _named(actor: Actor, row: Kin, other: Resident, words: str, *, is_own: bool) -> Related:
    seen = covers(reach(actor), other)
    phone = phone_mask(other.phone) if other.phone and (seen or is_own) else ""
    return Related(row, other, other.name if seen else name_mask(other.name), words, phone, seen, is_own)
