"""What stands open: each case in one class of each kind, in its place; the list at its address holds exactly it."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone

from shanzhi.cases.catalogue import State
from shanzhi.cases.listing import listing_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import case_list_for
from shanzhi.cases.tests.pages import act, statements
from shanzhi.insight.boards.backlog import (
    AGES,
    Backlog,
    age_classes,
    directly,
    gathered,
    limit_classes,
    midnight,
)
from shanzhi.insight.boards.links import list_url
from shanzhi.insight.boards.standing import backlog
from shanzhi.insight.models import Touched
from shanzhi.insight.services import roll_all
from shanzhi.insight.tests.proof import built
from tests.cast import Cast, report
from tests.kinds import kind_add

DUE = {"overdue": -1, "today": 0, "soon": 2, "week": 5, "later": 30}


def one(cast: Cast, place: str = "g1", **values: object) -> Case:
    by = {"g1": "grid_worker", "g3": "other_worker", "g4": "village_clerk", "v1": "village_clerk"}[place]
    case = report(cast, place=place, by=by)
    if values:
        Case.objects.filter(id=case.id).update(**values)
    return case


def opened(cast: Cast, url: str, who: str) -> set[int]:
    """Ids of the cases in the list at this address."""
    query, now = QueryDict(urlencode(parse_qsl(url.partition("?")[2]))), timezone.now()
    return set(case_list_for(cast.actor(who), listing_of(cast.actor(who), query, now).wanted, now=now)
               .values_list("id", flat=True))  # fmt: skip


@pytest.fixture(params=["counted", "kept", "waiting"], autouse=True)
def way(request: pytest.FixtureRequest, cast: Cast) -> str:
    """Never rolled: everything is counted from the cases. Rolled: from the rows. Rolled before: with what waits."""
    if request.param != "counted":
        built()
    return str(request.param)


def rolled(way: str) -> None:
    if way == "kept":
        roll_all(at=timezone.now())
        assert not Touched.objects.exists()


def test_each_open_case_is_in_one_class_and_the_list_shows_it(cast: Cast, way: str) -> None:
    at = timezone.now()
    end = midnight(at) + timedelta(days=1) - timedelta(seconds=1)
    cases = {code: one(cast, due_at=at - timedelta(hours=1) if days < 0 else end + timedelta(days=days))
             for code, days in DUE.items()}  # fmt: skip
    cases["never"] = one(cast, due_at=None)
    cases["paused"] = one(cast, state=State.SUSPENDED, due_at=at - timedelta(days=3))
    other = one(cast, "g3", due_at=end)
    rolled(way)
    found = gathered(backlog(cast.actor("township_officer"), cast.areas["t1"], at), cast.areas["t1"].path)
    assert found.open == len(cases)
    for rule in limit_classes(at):
        assert found.of(rule.code) == 1, rule.code
        ids = opened(cast, list_url(cast.areas["t1"], rule.query), "township_officer")
        assert ids == {cases[rule.code].id}, rule.code
        assert other.id not in ids
    assert opened(cast, list_url(cast.areas["county"], limit_classes(at)[1].query), "county_leader") == {
        cases["today"].id, other.id,
    }  # fmt: skip


def test_ages_are_days_of_china_and_lists_hold_them(cast: Cast, way: str) -> None:
    at = timezone.now()
    today = midnight(at)
    days = {"fresh": (0, 2), "days": (3, 6), "weeks": (7, 14), "month": (15, 29), "old": (30, 400)}
    cases = {
        code: {one(cast, received_at=today - timedelta(days=first) + timedelta(seconds=1)).id,
               one(cast, received_at=today - timedelta(days=last)).id}
        for code, (first, last) in days.items()
    }  # fmt: skip
    rolled(way)
    found = gathered(backlog(cast.actor("township_officer"), cast.areas["t1"], at), cast.areas["t1"].path)
    assert [rule.code for rule in age_classes(at)] == [code for code, *_ in AGES]
    for rule in age_classes(at):
        assert found.of(rule.code) == 2, rule.code
        assert opened(cast, list_url(cast.areas["t1"], rule.query), "township_officer") == cases[rule.code]
    assert sum(found.of(code) for code, *_ in AGES) == found.open == 10


def test_by_place_and_grid_in_one_statement(cast: Cast, way: str) -> None:
    for place in ("g1", "g1", "g4", "v1", "g3"):
        one(cast, place)
    areas, officer = cast.areas, cast.actor("township_officer")
    rolled(way)
    with statements() as ran:
        town = backlog(officer, areas["t1"], timezone.now())
    assert len(ran) == {"counted": 2, "kept": 1, "waiting": 6}[way]
    assert {path: row.open for path, row in town.items()} == {areas["g1"].path: 2, areas["g4"].path: 1,
                                                              areas["v1"].path: 1}  # fmt: skip
    assert {path: row.open for path, row in directly(town, areas["t1"]).items()} == {areas["v1"].path: 4}
    assert gathered(town, areas["v1"].path).open == 4
    county = backlog(cast.actor("county_leader"), areas["county"], timezone.now())
    assert {path: row.open for path, row in county.items()} == {areas["t1"].path: 4, areas["t2"].path: 1}
    village = backlog(cast.actor("auditor"), areas["v1"], timezone.now())
    assert directly(village, areas["v1"])[areas["v1"].path].open == 1


def test_parts_ended_ones_and_kinds_for_others_are_not_counted(cast: Cast, way: str) -> None:
    kind_add("clue", {"label": "线索", "seen_by": ["township_officer"]})
    report(cast, kind="clue", by="township_officer", place="g1")
    act(cast, "village_clerk", "reject", one(cast), text="不归这里")
    whole = one(cast)
    one(cast, parent=whole)
    rolled(way)
    for who, count in (("township_officer", 2), ("county_leader", 1)):
        found = backlog(cast.actor(who), cast.areas["t1"], timezone.now())
        assert gathered(found, cast.areas["t1"].path).open == count, who


@pytest.mark.parametrize("code", ["overdue", "nothing"])
def test_nothing_is_nought(code: str) -> None:
    assert Backlog().of(code) == 0
    both = Backlog(2, {"overdue": 1}).plus(Backlog(3, {"overdue": 2, "today": 1}))
    assert (both.open, both.of("overdue"), both.of("today")) == (5, 3, 1)
