"""Random people do random acts to the staff. After each: the history is complete, terms make sense, nobody did what
their place does not give them, and a refusal changed nothing."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import DomainError
from shanzhi.staffing import services
from shanzhi.staffing.catalogue import OWN, ROLES
from shanzhi.staffing.models import Assignment, AssignmentAct
from shanzhi.staffing.permissions import MANAGE
from shanzhi.staffing.selectors import AsOf, StaffFilter, holder_list
from shanzhi.staffing.services import Details, Term
from shanzhi.staffing.tests.conftest import NOW
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast

PEOPLE = (
    "county_centre",
    "township_officer",
    "other_officer",
    "village_clerk",
    "other_clerk",
    "grid_leader",
    "auditor",
)
PLACES = ("county", "t1", "t2", "v1", "v3", "g1", "g3")
NAMES = ("甲", "乙", "丙")
ACTS = ("add", "add", "correct", "term", "renew", "end")
STEP = st.fixed_dictionaries({
    "act": st.sampled_from(ACTS), "who": st.sampled_from(PEOPLE), "place": st.sampled_from(PLACES),
    "role": st.sampled_from([*OWN, "leader"]), "name": st.sampled_from(NAMES), "which": st.integers(0, 5),
    "first": st.integers(-90, 90), "last": st.one_of(st.none(), st.integers(-30, 200)), "wait": st.integers(0, 40),
    "stale": st.booleans(),
})  # fmt: skip


class Model:
    """What every row went through, told beside the database in plain Python."""

    def __init__(self) -> None:
        self.acts: dict[int, list[str]] = {}

    def done(self, row: Assignment, act: str) -> None:
        self.acts.setdefault(row.id, []).append(act)


class StatefulTest(TestCase):
    cast: ClassVar[Cast]
    actors: ClassVar[dict[str, Actor]]

    @classmethod
    def setUpTestData(cls) -> None:
        row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=NOW)
        cls.cast = build_cast(row)
        cls.actors = {name: cls.cast.actor(name) for name in PEOPLE}

    @settings(max_examples=12)
    @given(st.lists(STEP, min_size=3, max_size=10))
    def test_whatever_is_done_by_whomever(self, steps: list[dict[str, Any]]) -> None:
        with county(341181):
            model, at = Model(), NOW
            for step in steps:
                at += timedelta(days=step["wait"])
                before = self.picture()
                refusal: DomainError | None = None
                try:
                    row, act = self.act(step, at)
                except DomainError as error:
                    refusal = error
                if refusal is not None:
                    assert refusal.message.endswith("。"), refusal.message
                    assert refusal.status in (403, 404, 409, 422)
                    assert self.picture() == before
                    continue
                model.done(row, act)
                assert self.may(step["who"], row)
                self.holds(model, at.date())

    def act(self, step: dict[str, Any], at: datetime) -> tuple[Assignment, str]:
        actor, today = self.actors[step["who"]], at.date()
        last = None if step["last"] is None else today + timedelta(days=step["last"])
        first = today + timedelta(days=step["first"])
        rows = list(Assignment.objects.order_by("id"))
        if step["act"] == "add" or not rows:
            row = services.assignment_add(
                actor=actor, role=step["role"], place=self.cast.areas[step["place"]].code,
                details=Details(step["name"]), term=Term(first, last), at=at,
            )  # fmt: skip
            return row, "appointed"
        row = rows[step["which"] % len(rows)]
        given: dict[str, Any] = {"actor": actor, "number": row.id, "version": row.version - step["stale"], "at": at}
        if step["act"] == "correct":
            return services.assignment_correct(details=Details(step["name"]), **given), "corrected"
        if step["act"] == "term":
            return services.assignment_set_term(term=Term(first, last), reason="改", **given), "term"
        if step["act"] == "end":
            return services.assignment_end(on=min(first, today), reason="走", **given), "ended"
        return services.assignment_renew(valid_to=last, **given), "renewed"

    def may(self, who: str, row: Assignment) -> bool:
        """By hand: offices, at their place and below it."""
        reach = {
            "county_centre": "county", "township_officer": "t1", "other_officer": "t2", "village_clerk": "v1",
            "other_clerk": "v3",
        }  # fmt: skip
        return who in reach and row.area_path.startswith(self.cast.areas[reach[who]].path)

    def picture(self) -> list[Any]:
        fields = ("id", "version", "name", "valid_from", "valid_to", "ended_on")
        return [*Assignment.objects.order_by("id").values_list(*fields), AssignmentAct.objects.count()]

    def holds(self, model: Model, today: date) -> None:
        rows = list(Assignment.objects.select_related("area").order_by("id"))
        assert {row.id for row in rows} == set(model.acts)
        acts = {row.id: list(AssignmentAct.objects.filter(assignment=row).order_by("id")) for row in rows}
        for row in rows:
            assert [one.act for one in acts[row.id]] == model.acts[row.id]
            assert row.version == len(acts[row.id])
            newest = acts[row.id][-1]
            assert (newest.valid_from, newest.valid_to, newest.ended_on) == (row.valid_from, row.valid_to, row.ended_on)
            assert row.area.level in ROLES[row.role].levels
            assert ROLES[row.role].own
            assert row.valid_to is None or row.valid_to >= row.valid_from
            assert row.ended_on is None or row.ended_on <= today
        self.nobody_twice(rows)
        listed = holder_list(self.actors["county_centre"], StaffFilter(), AsOf(today, today), limit=99)
        assert {one.number for one in listed if one.number} == {row.id for row in rows if row.state_on(today) == "live"}

    def nobody_twice(self, rows: list[Assignment]) -> None:
        """On no day does one name hold one role at one place twice."""

        def span(row: Assignment) -> tuple[date, date]:
            end = row.valid_to or date.max
            return row.valid_from, min(end, row.ended_on - timedelta(days=1)) if row.ended_on else end

        for number, one in enumerate(rows):
            for other in rows[:number]:
                if (one.name, one.role, one.area_id) == (other.name, other.role, other.area_id):
                    (a, b), (c, d) = span(one), span(other)
                    assert max(a, c) > min(b, d)


def test_the_offices_are_those_of_the_permission(cast: Cast) -> None:
    may = {name for name in PEOPLE if cast.actor(name).can(MANAGE)}
    assert may == {"county_centre", "township_officer", "other_officer", "village_clerk", "other_clerk"}
