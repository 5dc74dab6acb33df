"""What belongs to a case: what it was split from or merged into, its parts, its duplicates, and what was covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.covering import Covers, sees_originals
from shanzhi.cases.models import Case, Moderation, Step
from shanzhi.cases.presenters import state_shape
from shanzhi.cases.seeing import may_see_kind

COLUMNS: Final = (
    "county_id", "number", "title", "state", "due_at", "ended_at", "parent_id", "merged_into_id", "area_path",
    "owner_path", "reporter_id", "seen_by", "handler_area_id", "handler_unit_id",
)  # fmt: skip
WITHHELD: Final = "（只有部分岗位能看）"
ANOTHERS: Final = "（另一人反映的同一件事）"
RELATING: Final = frozenset({Act.SPLIT, Act.ABSORB})


@dataclass(frozen=True, slots=True)
class Related:
    """One other case; without an address for somebody who can't open it, and without words if it is no part or whole:
    what was merged is another person's report."""

    number: str
    title: str
    shape: str
    state: str
    due: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Covered:
    """One cover as those see it who may see the original."""

    label: str
    original: str
    shown: str
    reason: str
    by: str
    at: datetime
    thumb: str
    url: str


@dataclass(frozen=True, slots=True)
class RelationPanels:
    """Empty parts are not shown."""

    whole: Related | None = None
    main: Related | None = None
    parts: tuple[Related, ...] = ()
    open_parts: int = 0
    duplicates: tuple[Related, ...] = ()
    covered: tuple[Covered, ...] = ()

    def __bool__(self) -> bool:
        return any((self.whole, self.main, self.parts, self.duplicates, self.covered))


def relation_panels(actor: Actor, case: Case, steps: Sequence[Step], covers: Covers) -> RelationPanels:
    """One statement, none for a case that stands alone: its steps say whether it was ever split or took one up."""
    related = case.parent_id or case.merged_into_id or any(step.act in RELATING for step in steps)
    rows = _related(case) if related else []
    parts = [row for row in rows if row.parent_id == case.id]
    return RelationPanels(
        whole=next((_row(actor, case, row) for row in rows if row.id == case.parent_id), None),
        main=next((_row(actor, case, row) for row in rows if row.id == case.merged_into_id), None),
        parts=tuple(_row(actor, case, row) for row in parts),
        open_parts=sum(row.is_open for row in parts),
        duplicates=tuple(_row(actor, case, row) for row in rows if row.merged_into_id == case.id),
        covered=tuple(_covered(row) for row in covers.rows) if covers.rows and sees_originals(actor, case) else (),
    )


def _related(case: Case) -> list[Case]:
    others = [one for one in (case.parent_id, case.merged_into_id) if one is not None]
    wanted = Q(parent_id=case.id) | Q(merged_into_id=case.id)
    if others:
        wanted |= Q(id__in=others)
    return sorted(Case.objects.filter(wanted).only(*COLUMNS), key=lambda row: row.id)


def _row(actor: Actor, case: Case, row: Case) -> Related:
    if not may_see_kind(actor, row):
        return Related(row.number, WITHHELD, state_shape(row.state), State(row.state).label, None, "")
    scope = actor.scope(permissions.VIEW)
    opens = (
        scope.covers(row.area_path)
        or scope.covers(row.owner_path)
        or row.is_reported_by(actor.user_id)
        or row.handler_unit_id in scope.unit_ids
        or row.handler_area_id in scope.area_ids
    )
    title = row.title if opens or case.id == row.parent_id or case.parent_id == row.id else ANOTHERS
    url = reverse("cases:case", args=[row.county_id, row.number]) if opens else ""
    due = row.due_at if row.is_open else None
    return Related(row.number, title, state_shape(row.state), State(row.state).label, due, url)


def _covered(row: Moderation) -> Covered:
    thumb, url = (row.file.thumb_url, row.file.url) if row.file is not None else ("", "")
    label = row.get_part_display()
    if row.step is not None:
        label = f"第 {row.step.version} 步的{label}"
    return Covered(label, row.original, row.shown, row.reason, row.by, row.at, thumb, url)
