"""Where somebody is, as a value: moved about without losing anything, and written into a person's columns."""

from dataclasses import fields
from itertools import product

import pytest

from shanzhi.people.catalogue import HERE, OVERSEAS, Papers, Population, population_of
from shanzhi.people.happenings import HAPPENINGS, KNOWN, possible
from shanzhi.people.models import Resident, Stay
from shanzhi.people.tests.world import ago, dwelling, household, resident
from shanzhi.people.whereabouts import RELATED, Where, anchor, apply
from tests.cast import Cast


@pytest.mark.parametrize(("papers", "lives", "registered", "dead"), product(Papers, (0, 1), (0, 1), (0, 1)))
def test_population_by_hand(papers: Papers, lives: int, registered: int, dead: int) -> None:
    found = population_of(papers=papers, lives_here=bool(lives), registered_here=bool(registered), dead=bool(dead))
    if dead:
        wanted = Population.DEAD
    elif lives and papers in (Papers.HONG_KONG_MACAO, Papers.TAIWAN, Papers.PASSPORT):
        wanted = Population.OVERSEAS
    elif lives:
        wanted = Population.SETTLED if registered else Population.INFLOW
    else:
        wanted = Population.AWAY if registered else Population.GONE
    assert found == wanted
    assert (found in HERE) == (bool(lives) and not dead)


def test_who_comes_from_abroad_has_such_papers() -> None:
    assert Papers.ID_CARD not in OVERSEAS
    assert Papers.PASSPORT in OVERSEAS


def test_a_dwelling_brings_its_place(cast: Cast) -> None:
    home = dwelling(cast)
    where = Where(lives_elsewhere="上海市").living(home)
    assert (where.lives, where.lives_elsewhere, where.dwelling) == (cast.areas["g1"], "", home)
    out = where.living("北京市")
    assert (out.lives, out.lives_elsewhere, out.dwelling) == (None, "北京市", None)
    into = out.living(cast.areas["v1"])
    assert (into.lives, into.lives_elsewhere, into.dwelling) == (cast.areas["v1"], "", None)


def test_registration_and_household_change_nothing_else(cast: Cast) -> None:
    home = dwelling(cast)
    house = household(cast)
    where = Where().living(home).registering(cast.areas["v1"]).within(house, "1")
    moved = where.registering("河南省")
    assert (moved.registered, moved.registered_elsewhere) == (None, "河南省")
    assert (moved.dwelling, moved.household, moved.relation) == (home, house, "1")
    alone = where.within(None)
    assert (alone.household, alone.relation) == (None, "")
    assert (alone.dwelling, alone.registered) == (home, cast.areas["v1"])


def test_columns_are_those_of_both_tables(cast: Cast) -> None:
    columns = Where(lives=cast.areas["g1"]).columns()
    assert columns["lives_path"] == cast.areas["g1"].path
    assert columns["registered_path"] == ""
    for model in (Resident, Stay):
        names = {field.name for field in model._meta.local_concrete_fields}
        assert set(columns) <= names
    assert {one.name for one in fields(Where)} | {"lives_path", "registered_path"} == set(columns)


def test_what_is_read_is_what_was_written(cast: Cast) -> None:
    row = resident(cast)
    household(cast, {row: "0"})
    person = Resident.objects.select_related(*RELATED).get()
    stay = Stay.objects.select_related(*RELATED).get(until=None)
    assert Where.of(person) == Where.of(stay)
    assert Where.of(person).population(person.papers) == person.population == stay.population


def test_the_anchor_is_where_one_lives_else_is_registered_else_was(cast: Cast) -> None:
    row = Resident(lives_path="a", registered_path="b", last_path="c")
    assert anchor(row) == "a"
    row.lives_path = ""
    assert anchor(row) == "b"
    row.registered_path = ""
    assert anchor(row) == "c"
    assert anchor(Stay()) == ""


def test_applying_an_end_keeps_the_way_back(cast: Cast) -> None:
    row = resident(cast)
    apply(row, Where(), Population.DEAD, since=ago(3))
    assert (row.last_path, row.died_on, row.gone_on) == (cast.areas["g1"].path, ago(3), ago(3))
    apply(row, Where(lives=cast.areas["g4"]), Population.INFLOW, since=ago(1))
    assert (row.last_path, row.died_on, row.gone_on, row.lives_path) == ("", None, None, cast.areas["g4"].path)
    apply(row, Where(lives_elsewhere="上海市"), Population.GONE, since=ago(1))
    assert (row.last_path, row.died_on, row.gone_on) == (cast.areas["g4"].path, None, ago(1))


@pytest.mark.parametrize("population", Population)
def test_what_can_happen_next_is_what_the_table_says(population: Population) -> None:
    by_hand = {
        "settled": {"moved", "left", "registered", "moved-out", "died"},
        "inflow": {"moved", "left", "registered", "moved-out", "died"},
        "overseas": {"moved", "left", "registered", "moved-out", "died"},
        "away": {"back", "registered", "moved-out", "died"}, "gone": {"moved-in"}, "dead": set(),
    }  # fmt: skip
    assert {one.code for one in possible(population)} == by_hand[population]


def test_each_happening_asks_for_what_a_form_can_give() -> None:
    for one in HAPPENINGS.values():
        assert set(one.asks) <= {"home", "away", "register", "register_away"}
        assert not ({"home", "away"} <= set(one.asks))
        assert one.act.startswith("登记")
        assert set(one.of) <= {*KNOWN, Population.GONE}
