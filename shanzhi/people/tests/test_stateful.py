"""Random lives: whatever is written down by whomever in whatever order, the history stays whole.

For each person and each day there is exactly one whereabouts; the open stay says what the person's own columns say;
places, memberships and counts follow; and a refusal changed nothing.
"""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import SHANGHAI
from shanzhi.people.catalogue import Population, Relation
from shanzhi.people.happenings import HAPPENINGS
from shanzhi.people.models import Dwelling, Household, Membership, Resident, Stay
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.services import (
    Facts,
    Home,
    Whither,
    dwelling_add,
    event_take_back,
    household_join,
    household_leave,
    household_open,
    membership_begin,
    resident_add,
    resident_event,
    stay_correct,
)
from shanzhi.people.tests.world import groups, id_number
from shanzhi.people.whereabouts import Where, anchor
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
WRITERS = ("village_clerk", "township_officer", "grid_worker", "other_clerk", "auditor")
PLACES = ("g1", "g4", "v1", "v2", "g3", "t1")
AWAY = ("江苏省苏州市", "上海市", "")
ACTS = ("add", *HAPPENINGS, *HAPPENINGS, "correct", "take_back", "join", "leave", "care")
STEP = st.fixed_dictionaries({
    "act": st.sampled_from(ACTS), "who": st.sampled_from(WRITERS), "which": st.integers(0, 3),
    "place": st.sampled_from(PLACES), "other": st.sampled_from((*PLACES, "")), "home": st.booleans(),
    "away": st.sampled_from(AWAY), "back": st.integers(0, 90), "relation": st.sampled_from(Relation.values),
    "stay": st.integers(0, 4), "stale": st.sampled_from([0, 0, 0, 0, 1]),
})  # fmt: skip


class StatefulTest(TestCase):
    cast: ClassVar[Cast]
    actors: ClassVar[dict[str, Actor]]
    homes: ClassVar[list[Dwelling]]

    @classmethod
    def setUpTestData(cls) -> None:
        row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
        cls.cast = build_cast(row)
        cls.actors = {name: cls.cast.actor(name) for name in WRITERS}
        with county(341181):
            groups(cls.cast)
            clerk, code = cls.actors["township_officer"], cls.cast.areas["g4"].code
            cls.homes = [
                dwelling_add(actor=clerk, home=Home(code, "李庄组", f"{number}号"), at=NOW) for number in range(2)
            ]
            household_open(actor=clerk, place=cls.cast.areas["g1"].code, on=TODAY - timedelta(days=300), at=NOW)

    @settings(max_examples=25)
    @given(st.lists(STEP, min_size=4, max_size=14))
    def test_whatever_is_written_down(self, steps: list[dict[str, Any]]) -> None:
        with county(341181):
            self.act({**steps[0], "act": "add", "who": "village_clerk", "place": "g1", "other": "g1"}, 0)
            for number, step in enumerate(steps, 1):
                before = self.picture()
                refusal: DomainError | None = None
                try:
                    self.act(step, number)
                except DomainError as error:
                    refusal = error
                if refusal is None:
                    self.holds()
                    continue
                assert refusal.message.endswith("。"), refusal.message
                assert refusal.status in (403, 404, 409, 422)
                assert self.picture() == before

    def act(self, step: dict[str, Any], number: int) -> None:
        actor, on = self.actors[step["who"]], TODAY - timedelta(days=step["back"])
        code = self.cast.areas[step["place"]].code
        other = self.cast.areas[step["other"]].code if step["other"] else ""
        people = list(Resident.objects.order_by("id"))
        dwelling = self.homes[step["which"] % 2].id if step["home"] else None
        if step["act"] == "add" or not people:
            where = Whither(lives=code, dwelling=dwelling, registered=other, registered_elsewhere=step["away"])
            facts = Facts(f"某{number}", paper_number=id_number(order=100 + number))
            resident_add(actor=actor, facts=facts, whither=where, on=on - timedelta(days=60), at=NOW)
            return
        row = people[step["which"] % len(people)]
        seen: dict[str, Any] = {"actor": actor, "version": row.version - step["stale"], "at": NOW}
        whither = Whither(
            lives=code, dwelling=dwelling, lives_elsewhere=step["away"], registered=other,
            registered_elsewhere=step["away"],
        )  # fmt: skip
        if step["act"] in HAPPENINGS:
            resident_event(number=row.id, event=step["act"], on=on, whither=whither, **seen)
        elif step["act"] == "take_back":
            event_take_back(number=row.id, **seen)
        elif step["act"] == "correct":
            rows = list(Stay.objects.filter(resident=row).order_by("id"))
            stay_correct(stay_id=rows[step["stay"] % len(rows)].id, whither=whither, since=on, note="改", **seen)
        elif step["act"] == "leave":
            household_leave(resident=row.id, on=on, **seen)
        else:
            self.beside(step, actor, row, on)

    def beside(self, step: dict[str, Any], actor: Actor, row: Resident, on: date) -> None:
        if step["act"] == "join":
            home = Household.objects.order_by("id").last()
            assert home is not None
            household_join(
                actor=actor, number=home.id, resident=row.id, relation=step["relation"], on=on, at=NOW
            )  # fmt: skip
        else:
            membership_begin(actor=actor, resident=row.id, group="alone", since=on, reason="走访", at=NOW)

    def picture(self) -> list[Any]:
        return [
            *Resident.objects.order_by("id").values_list("id", "version", "population", "lives_path", "household_id"),
            *Stay.objects.order_by("id").values_list("id", "since", "until", "void"),
            *Membership.objects.order_by("id").values_list("id", "path", "until"),
        ]

    def holds(self) -> None:
        people = list(Resident.objects.select_related("lives", "registered", "dwelling", "household"))
        stays: dict[int, list[Stay]] = {row.id: [] for row in people}
        for stay in Stay.objects.filter(void=False).select_related("lives", "registered", "dwelling", "household"):
            stays[stay.resident_id].append(stay)
        heads: set[int] = set()
        for row in people:
            self.one_life(row, stays[row.id])
            if row.relation == Relation.HEAD:
                assert row.household_id not in heads
                heads.add(row.household_id or 0)
        for day in (TODAY, TODAY - timedelta(days=45), TODAY - timedelta(days=120)):
            self.counted(stays, day)
        for care in Membership.objects.filter(until=None).select_related("resident"):
            assert care.path == anchor(care.resident)
            assert care.resident.gone_on is None

    def one_life(self, row: Resident, stays: list[Stay]) -> None:
        first = min(stay.since for stay in stays)
        edges = {day for stay in stays for day in (stay.since, stay.until) if day is not None}
        for day in {edge + timedelta(days=step) for edge in edges for step in (-1, 0, 1)} | {TODAY}:
            if first <= day <= TODAY:
                there = [one for one in stays if one.since <= day and (one.until is None or one.until > day)]
                assert len(there) == 1, (row.id, day)
        before = first - timedelta(days=1)
        assert not [one for one in stays if one.since <= before and (one.until is None or one.until > before)]
        [last] = [one for one in stays if one.until is None]
        assert Where.of(row) == Where.of(last)
        assert row.population == last.population
        gone = row.population in (Population.GONE, Population.DEAD)
        assert (row.gone_on is not None) == bool(row.last_path) == gone
        assert row.died_on == (last.since if row.population == Population.DEAD else None)
        assert row.lives_path == (row.lives.path if row.lives else "")
        assert row.registered_path == (row.registered.path if row.registered else "")
        assert row.dwelling is None or row.dwelling.area_id == row.lives_id

    def counted(self, stays: dict[int, list[Stay]], day: date) -> None:
        """The counts of the county and of each township, held against a recount in Python."""
        then = [
            one for rows in stays.values() for one in rows
            if one.since <= day and (one.until is None or one.until > day)
        ]  # fmt: skip
        found = population_on(self.cast.areas["county"], day)
        for area, figures in [(found.area, found.figures), *((row.area, row.figures) for row in found.rows)]:
            living = [one for one in then if one.lives_path.startswith(area.path)]
            registered = [one for one in then if one.registered_path.startswith(area.path)]
            both = [one for one in living if one in registered and one.population != Population.OVERSEAS]
            assert figures.living == len(living)
            assert figures.settled == len(both)
            assert figures.away == len([one for one in registered if one not in living])
            assert figures.overseas == len([one for one in living if one.population == Population.OVERSEAS])
