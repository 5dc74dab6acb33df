"""Random acts upon households and their people: never two heads, nobody in a closed one, and every refusal changed
nothing. Beside the database a plain dictionary says who is where; both agree after each step."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import SHANGHAI
from shanzhi.people.catalogue import Relation
from shanzhi.people.models import Household, Resident, Stay
from shanzhi.people.services import (
    Facts,
    Whither,
    head_change,
    household_close,
    household_join,
    household_leave,
    household_merge,
    household_open,
    household_split,
    resident_add,
    resident_event,
)
from shanzhi.people.tests.world import id_number
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
ACTS = ("open", "join", "join", "leave", "head", "split", "merge", "close", "die", "go")
STEP = st.fixed_dictionaries({
    "act": st.sampled_from(ACTS), "one": st.integers(0, 4), "two": st.integers(0, 4), "home": st.integers(0, 2),
    "other": st.integers(0, 2), "relation": st.sampled_from(Relation.values), "more": st.sampled_from(Relation.values),
})  # fmt: skip
Model = dict[int, tuple[int, str]]  # resident → household, relation


class HouseholdMachine(TestCase):
    cast: ClassVar[Cast]
    clerk: ClassVar[Actor]

    @classmethod
    def setUpTestData(cls) -> None:
        row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
        cls.cast = build_cast(row)
        cls.clerk = cls.cast.actor("village_clerk")
        with county(341181):
            code = cls.cast.areas["g1"].code
            for number in range(5):
                facts = Facts(f"某{number}", paper_number=id_number(order=100 + number))
                where = Whither(lives=code, registered=code)
                on = TODAY - timedelta(days=100)
                resident_add(actor=cls.clerk, facts=facts, whither=where, on=on, at=NOW)

    @settings(max_examples=20)
    @given(st.lists(STEP, min_size=3, max_size=12))
    def test_whatever_is_done(self, steps: list[dict[str, Any]]) -> None:
        with county(341181):
            self.people = list(Resident.objects.order_by("id"))
            self.model: Model = {}
            self.closed: set[int] = set()
            self.do({**steps[0], "act": "open", "relation": "0"})
            for step in steps:
                before, model, closed = self.picture(), dict(self.model), set(self.closed)
                try:
                    self.do(step)
                except DomainError:
                    self.model, self.closed = model, closed
                    same = self.picture() == before
                    if not same:
                        raise
                self.holds()

    def do(self, step: dict[str, Any]) -> None:
        one, two = (self.people[step[name]] for name in ("one", "two"))
        homes = list(Household.objects.order_by("id"))
        given: dict[str, Any] = {"actor": self.clerk, "on": TODAY, "at": NOW}
        if step["act"] == "open":
            row = household_open(
                place=self.cast.areas["g1"].code, members={one.id: step["relation"]}, **given
            )  # fmt: skip
            self.model[one.id] = (row.id, step["relation"])
            return
        home, other = homes[step["home"] % len(homes)], homes[step["other"] % len(homes)]
        if step["act"] == "join":
            household_join(number=home.id, resident=one.id, relation=step["relation"], **given)
            self.model[one.id] = (home.id, step["relation"])
        elif step["act"] == "leave":
            household_leave(resident=one.id, version=self.version(one), **given)
            self.model.pop(one.id)
        elif step["act"] == "close":
            household_close(number=home.id, version=home.version, **given)
            self.closed.add(home.id)
        elif step["act"] in ("die", "go"):
            event = "died" if step["act"] == "die" else "left"
            whither = Whither(lives_elsewhere="上海市")
            resident_event(number=one.id, version=self.version(one), event=event, whither=whither, **given)
            if event == "died":
                self.model.pop(one.id, None)
        else:
            self.together(step, home, other, one, two, given)

    def together(
        self, step: dict[str, Any], home: Household, other: Household, one: Resident, two: Resident, given: Any
    ) -> None:
        if step["act"] == "head":
            head_change(number=home.id, version=home.version, head=one.id, relations={two.id: step["more"]}, **given)
            for number in self.members(home.id):
                self.model[number] = (home.id, step["more"] if number == two.id else Relation.OTHER.value)
            self.model[one.id] = (home.id, "0")
        elif step["act"] == "split":
            members = {one.id: step["relation"], two.id: step["more"]}
            new = household_split(number=home.id, version=home.version, members=members, **given)
            self.model |= {number: (new.id, relation) for number, relation in members.items()}
        else:
            moving = self.members(home.id)
            household_merge(
                number=home.id, version=home.version, into=other.id, relations={one.id: step["relation"]}, **given
            )
            for number in moving:
                self.model[number] = (other.id, step["relation"] if number == one.id else Relation.OTHER.value)
            self.closed.add(home.id)

    def members(self, home: int) -> list[int]:
        return [number for number, (where, _) in self.model.items() if where == home]

    def version(self, row: Resident) -> int:
        return Resident.objects.values_list("version", flat=True).get(id=row.id)

    def picture(self) -> list[Any]:
        return [
            *Resident.objects.order_by("id").values_list("id", "version", "household_id", "relation"),
            *Household.objects.order_by("id").values_list("id", "version", "closed_on"), Stay.objects.count(),
        ]  # fmt: skip

    def holds(self) -> None:
        rows = Resident.objects.exclude(household=None).values_list("id", "household_id", "relation")
        assert {number: (home, relation) for number, home, relation in rows} == self.model
        heads = [home for home, relation in self.model.values() if relation == "0"]
        assert len(heads) == len(set(heads))
        assert set(Household.objects.exclude(closed_on=None).values_list("id", flat=True)) == self.closed
        assert not {home for home, _ in self.model.values()} & self.closed
        for row in Resident.objects.all():
            stay = Stay.objects.get(resident=row, until=None, void=False)
            assert (stay.household_id, stay.relation) == (row.household_id, row.relation)
        numbers = list(Household.objects.order_by("id").values_list("number", flat=True))
        assert numbers == sorted(set(numbers))
