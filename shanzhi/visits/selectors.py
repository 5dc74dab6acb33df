"""Visits that were made, as far as somebody may know of the groups that they were for; and how many."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.areas.paths import WIDTH
from shanzhi.lib.masks import name_mask
from shanzhi.people.groups import Group, Question, group_scope, groups_known
from shanzhi.people.models import Membership, Resident
from shanzhi.people.numbers import group_index
from shanzhi.people.selectors.scope import below_q
from shanzhi.tenancy.keyset import Order, Page, page_of
from shanzhi.visits.models import Asked, Visit
from shanzhi.visits.permissions import COUNTS, MAKE

LIST: Final = Order("visits.made", ("on",), descending=True)
LATEST: Final = 5
DAYS: Final = 30
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
YES: Final = {"yes": "有", "no": "没有"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A question of a group with its answer in words."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """A visit with what was asked for the groups that the reader may know of."""

    visit: Visit
    groups: Sequence[Group]
    replies: Sequence[Reply]

    @property
    def labels(self) -> str:
        return "、".join(one.label for one in self.groups)

    @property
    def shown_name(self) -> str:
        """In lists; of a strict group the name is masked until the visit is opened."""
        name = self.visit.resident.name
        return name_mask(name) if any(one.body.is_strict for one in self.groups) else name


@dataclass(frozen=True, slots=True)
class MadeFilter:
    area: Area | None = None
    outcome: str = ""
    first: date | None = None
    last: date | None = None
    mine: bool = False


def answer_words(question: Question, value: str) -> str:
    return YES.get(value, value) if question.type == "yes_no" else value


def visits_for(actor: Actor, permission: str = MAKE) -> QuerySet[Visit]:
    """Included if, and only if, it lies in the actor's scope and was for a group that a post of theirs there may see,
    or the actor made it."""
    wanted = Q(user_id=actor.user_id or 0)
    for code, group in groups_known().items():
        scope = group_scope(actor, group)
        if scope:
            asked = Asked.objects.filter(visit=OuterRef("pk"), group_index=group_index(code))
            wanted |= Q(scope.q("path"), Exists(asked))
    return Visit.objects.filter(wanted, actor.scope(permission).q("path"))


def made_rows(actor: Actor, wanted: MadeFilter) -> QuerySet[Visit]:
    rows = visits_for(actor).select_related("resident__lives__parent", "resident__registered__parent", "case")
    if wanted.area is not None:
        rows = rows.filter(below_q(wanted.area, "path"))
    if wanted.outcome in Visit.Outcome.values:
        rows = rows.filter(outcome=wanted.outcome)
    if wanted.first is not None:
        rows = rows.filter(on__gte=wanted.first)
    if wanted.last is not None:
        rows = rows.filter(on__lte=wanted.last)
    return rows.filter(user_id=actor.user_id or 0) if wanted.mine else rows


def made_page(actor: Actor, wanted: MadeFilter, *, cursor: str = "", size: int = 50) -> Page[Told]:
    page = page_of(made_rows(actor, wanted), LIST, cursor=cursor, size=size)
    return page.showing(told(actor, page.rows))


def visit_get_for(actor: Actor, number: int) -> Told:
    """NotFound for one of which this person may not know."""
    row = visits_for(actor).select_related("resident", "case").filter(id=number).first()
    if row is None:
        raise not_found()
    return told(actor, [row])[0]


def visits_of(actor: Actor, resident: Resident, most: int = LATEST) -> list[Told]:
    """The latest visits to a person; two statements."""
    rows = visits_for(actor).filter(resident=resident).select_related("resident", "case").order_by("-on", "-id")
    return told(actor, list(rows[:most]))


def told(actor: Actor, visits: Sequence[Visit]) -> list[Told]:
    """With the answers of the groups that this person may know of there; one statement."""
    known = groups_known()
    reach = {code: group_scope(actor, group) for code, group in known.items()}
    asked: dict[int, list[Asked]] = {}
    for row in Asked.objects.filter(visit__in=[one.id for one in visits]).order_by("id") if visits else []:
        asked.setdefault(row.visit_id, []).append(row)
    found = []
    for visit in visits:
        mine = [
            row for row in asked.get(visit.id, [])
            if row.group in known and (reach[row.group].covers(visit.path) or visit.user_id == actor.user_id)
        ]  # fmt: skip
        replies = [reply for row in mine for reply in _replies(known[row.group], row.answers)]
        found.append(Told(visit, [known[row.group] for row in mine], replies))
    return found


def _replies(group: Group, answers: str) -> list[Reply]:
    said: Mapping[str, str] = json.loads(answers)
    return [
        Reply(one.label, answer_words(one, said[one.code])) for one in group.body.questions if said.get(one.code)
    ]  # fmt: skip


def last_answers(actor: Actor, resident: Resident) -> dict[tuple[str, str], str]:
    """What was answered last time, by group and question: a form begins with it."""
    rows = Asked.objects.filter(visit__in=visits_for(actor).filter(resident=resident, outcome__in=Visit.MET))
    found: dict[tuple[str, str], str] = {}
    for row in rows.select_related("visit").order_by("-visit__on", "-id")[: 2 * LATEST]:
        for code, value in json.loads(row.answers).items():
            found.setdefault((row.group, code), value)
    return found


@dataclass(slots=True)
class Figures:
    """Of a place: people whose visits are planned, of them not late; visits of a period, of them those that met."""

    planned: int = 0
    in_time: int = 0
    made: int = 0
    met: int = 0

    @property
    def in_time_rate(self) -> float | None:
        """按期走访率: nobody planned is no value."""
        return self.in_time / self.planned * 100 if self.planned else None


@dataclass(frozen=True, slots=True)
class CountRow:
    area: Area
    figures: Figures


@dataclass(frozen=True, slots=True)
class Counts:
    total: Figures
    rows: Sequence[CountRow] = field(default_factory=list)


def period(first: date | None, last: date | None, today: date) -> tuple[date, date] | None:
    """The days of which visits are counted: by default the last thirty until today. None if they make no sense."""
    last = last or today
    if not FIRST <= last <= LAST:
        return None
    first = first or last - timedelta(days=DAYS - 1)
    return (first, last) if first <= last else None


def counts_of(actor: Actor, area: Area, first: date, last: date, today: date) -> Counts:
    """Of a place and of those directly below it, over all groups: nobody learns from it who is in which.

    Of a person in several groups each planned visit counts. Three statements.
    """
    scope, width = actor.scope(COUNTS), len(area.path) + WIDTH
    places = Area.objects.filter(parent=area, valid_to=None).filter(scope.q("path")).order_by("path")
    found = {place.path: Figures() for place in places}
    total = Figures()
    members = Membership.objects.filter(scope.q("path"), below_q(area, "path"), until=None, due_on__isnull=False)
    for row in _grouped(members, width, in_time=Count("id", filter=Q(due_on__gte=today))):
        for one in (total, found.get(row["place"], Figures())):
            one.planned, one.in_time = one.planned + row["many"], one.in_time + row["in_time"]
    visits = Visit.objects.filter(scope.q("path"), below_q(area, "path"), on__range=(first, last))
    for row in _grouped(visits, width, met=Count("id", filter=Q(outcome__in=Visit.MET))):
        for one in (total, found.get(row["place"], Figures())):
            one.made, one.met = one.made + row["many"], one.met + row["met"]
    return Counts(total, [CountRow(place, found[place.path]) for place in places])


def _grouped(rows: QuerySet[Any], width: int, **more: Any) -> Any:
    return rows.annotate(place=Left("path", width)).values("place").annotate(many=Count("id"), **more).order_by("place")
