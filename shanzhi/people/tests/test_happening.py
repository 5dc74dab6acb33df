"""Events of a person: each begins a stay on its day and ends the one before; the person's own columns follow."""

from datetime import date, timedelta
from typing import Any

import pytest

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.catalogue import Change
from shanzhi.people.happenings import HAPPENINGS, possible
from shanzhi.people.models import Resident, Stay
from shanzhi.people.selectors.residents import stay_on
from shanzhi.people.services import (
    Facts,
    Whither,
    event_take_back,
    household_event,
    household_join,
    resident_change,
    stay_correct,
)
from shanzhi.people.tests.world import (
    ago,
    dwelling,
    groups,
    happen,
    household,
    member,
    resident,
    stays,
    stranger,
    today,
)
from shanzhi.trail.models import Entry
from tests.cast import Cast

AWAY = "江苏省苏州市"


def now(row: Resident) -> Resident:
    return Resident.objects.get(id=row.id)


def test_who_leaves_and_comes_back_has_three_stays_without_a_gap(cast: Cast) -> None:
    row = resident(cast, on=ago(400))
    left = happen(cast, row, "left", lives_elsewhere=AWAY, on=ago(200), note="到电子厂上班")
    assert (left.population, left.lives, left.lives_elsewhere) == ("away", None, AWAY)
    assert left.registered == cast.areas["g1"]
    back = happen(cast, row, "back", lives=cast.areas["g1"].code, on=ago(20))
    assert (back.population, back.lives_path, back.version) == ("settled", cast.areas["g1"].path, 3)
    assert stays(row) == [(ago(400), ago(200), "first"), (ago(200), ago(20), "left"), (ago(20), None, "back")]
    assert [stay_on(row, ago(day)).change for day in (400, 201, 200, 21, 20, 0)] == [  # type: ignore[union-attr]
        "first", "first", "left", "left", "back", "back",
    ]  # fmt: skip
    assert stay_on(row, ago(401)) is None
    assert Stay.objects.get(resident=row, change="left").actor_post == "张庄村 村文书"


def test_a_move_goes_with_the_dwelling(cast: Cast) -> None:
    old, new = dwelling(cast), dwelling(cast, place="g4", door="3号")
    row = resident(cast, dwelling=old.id)
    assert (row.lives, row.dwelling) == (cast.areas["g1"], old)
    moved = happen(cast, row, "moved", dwelling=new.id)
    assert (moved.lives, moved.dwelling, moved.lives_path) == (cast.areas["g4"], new, cast.areas["g4"].path)
    again = happen(cast, row, "moved", lives=cast.areas["v2"].code)
    assert (again.lives, again.dwelling) == (cast.areas["v2"], None)
    assert stays(row)[1:] == [(today(), today(), "moved"), (today(), None, "moved")]


def test_a_death_ends_everything_but_the_way_to_the_page(cast: Cast) -> None:
    groups(cast)
    row = resident(cast)
    home = household(cast, {row: "0"})
    care = member(cast, row)
    dead = happen(cast, row, "died", on=ago(3))
    assert (dead.population, dead.died_on, dead.gone_on) == ("dead", ago(3), ago(3))
    assert (dead.lives, dead.registered, dead.household, dead.lives_path) == (None, None, None, "")
    assert dead.last_path == cast.areas["g1"].path
    care.refresh_from_db()
    assert (care.until, care.due_on, care.ended_because, care.path) == (ago(3), None, "去世", dead.last_path)
    assert not Resident.objects.filter(household=home).exists()
    assert possible("dead") == []
    for event in HAPPENINGS:
        with pytest.raises(Conflict, match="现在是“已去世”"):
            happen(cast, row, event, lives_elsewhere=AWAY)


def test_who_moved_out_is_found_where_they_were_and_may_come_again(cast: Cast) -> None:
    row = resident(cast)
    gone = happen(cast, row, "moved-out", lives_elsewhere=AWAY, registered_elsewhere="苏州市虎丘区", on=ago(9))
    assert (gone.population, gone.registered_elsewhere, gone.last_path) == (
        "gone", "苏州市虎丘区", cast.areas["g1"].path,
    )  # fmt: skip
    with pytest.raises(NotFound):
        happen(cast, row, "moved-in", by="other_clerk", lives=cast.areas["g3"].code)
    code = cast.areas["g1"].code
    again = happen(cast, row, "moved-in", lives=code, registered=code)
    assert (again.population, again.last_path, again.gone_on) == ("settled", "", None)


def test_registration_moves_without_the_person(cast: Cast) -> None:
    row = stranger(cast)
    assert row.population == "inflow"
    here = happen(cast, row, "registered", registered=cast.areas["v1"].code)
    assert (here.population, here.registered, here.lives) == ("settled", cast.areas["v1"], cast.areas["g1"])
    away = happen(cast, row, "registered", registered_elsewhere="河南省固始县")
    assert away.population == "inflow"
    with pytest.raises(Invalid, match="和现在登记的一样"):
        happen(cast, row, "registered", registered_elsewhere="河南省固始县")


def test_who_is_registered_elsewhere_does_not_go_out_but_moves_out(cast: Cast) -> None:
    with pytest.raises(Invalid, match="登记迁出"):
        happen(cast, stranger(cast), "left", lives_elsewhere=AWAY)


@pytest.mark.parametrize(
    ("event", "said", "field"),
    [
        ("left", {}, "lives_elsewhere"), ("left", {"lives_elsewhere": "远" * 81}, "lives_elsewhere"),
        ("moved", {}, "lives"), ("moved", {"lives_elsewhere": AWAY}, "lives"), ("moved", {"lives": "123"}, "lives"),
        ("moved", {"dwelling": 5}, "dwelling"), ("registered", {}, "registered"),
        ("registered", {"registered": "341181"}, "registered"), ("moved-out", {}, "lives_elsewhere"),
        ("flown", {}, "event"), ("died", {"on": today() + timedelta(days=1)}, "on"),
        ("died", {"on": ago(401)}, "on"), ("died", {"on": date(1800, 1, 1)}, "on"),
        ("died", {"note": "长" * 201}, "note"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    cast: Cast, event: str, said: dict[str, Any], field: str
) -> None:
    row = resident(cast)
    with pytest.raises(Invalid) as refused:
        happen(cast, row, event, **said)
    assert field in refused.value.fields
    assert stays(row) == [(ago(400), None, "first")]


def test_nothing_happens_before_the_last_change_unless_as_a_correction(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY, on=ago(50))
    with pytest.raises(Invalid, match="不能早于上一次变更"):
        happen(cast, row, "back", lives=cast.areas["g1"].code, on=ago(51))


def test_a_seen_version_is_asked_for_and_a_key_works_once(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY, key="k", version=1)
    again = happen(cast, row, "left", lives_elsewhere=AWAY, key="k", version=1)
    assert again.version == 2
    with pytest.raises(Stale):
        happen(cast, row, "back", lives=cast.areas["g1"].code, version=1)
    with pytest.raises(Invalid, match="重复提交标识"):
        happen(cast, row, "left", lives_elsewhere="上海", key="k", version=1)
    assert len(stays(row)) == 2


def test_who_may_write(cast: Cast) -> None:
    row = resident(cast)
    for who, error in (
        ("other_clerk", NotFound), ("other_worker", NotFound), ("auditor", NotFound), ("county_leader", NotFound),
        ("system_admin", NotFound), ("branch_secretary", Forbidden), ("command_centre", Forbidden),
    ):  # fmt: skip
        with pytest.raises(error):
            happen(cast, row, "left", by=who, lives_elsewhere=AWAY)
    for who in ("grid_worker", "township_officer"):
        happen(cast, row, "left", by=who, lives_elsewhere=f"{AWAY}{who}")
        happen(cast, row, "back", by=who, lives=cast.areas["g1"].code)


def test_the_place_of_registration_writes_too(cast: Cast) -> None:
    """双重管理: who lives in one village and is registered in another is seen and written by both."""
    row = resident(cast, registered=cast.areas["v3"].code)
    happen(cast, row, "left", by="other_clerk", lives_elsewhere=AWAY)
    with pytest.raises(NotFound):
        happen(cast, row, "back", lives=cast.areas["g1"].code)
    happen(cast, row, "back", by="other_clerk", lives=cast.areas["g1"].code)
    happen(cast, row, "moved", lives=cast.areas["v1"].code)


def test_memberships_follow_the_person(cast: Cast) -> None:
    groups(cast)
    row = resident(cast)
    care = member(cast, row)
    happen(cast, row, "moved", lives=cast.areas["g4"].code)
    care.refresh_from_db()
    assert (care.path, care.version, care.until) == (cast.areas["g4"].path, 1, None)
    happen(cast, row, "left", lives_elsewhere=AWAY)
    care.refresh_from_db()
    assert care.path == cast.areas["g1"].path


def test_a_correction_replaces_a_stay_and_keeps_the_wrong_one(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY, on=ago(50))
    happen(cast, row, "back", lives=cast.areas["g1"].code, on=ago(10))
    wrong = Stay.objects.get(resident=row, change="left")
    code = cast.areas["g1"].code
    right = stay_correct(
        actor=cast.actor("village_clerk"), stay_id=wrong.id, version=3, since=ago(60), note="车票上是 60 天前",
        whither=Whither(lives_elsewhere="上海市", registered=code),
    )  # fmt: skip
    assert stays(row) == [(ago(400), ago(60), "first"), (ago(60), ago(10), "left"), (ago(10), None, "back")]
    wrong.refresh_from_db()
    assert (wrong.void, wrong.since, right.lives_elsewhere, right.note) == (True, ago(50), "上海市", "车票上是 60 天前")
    assert now(row).population == "settled"
    with pytest.raises(Conflict, match="已经更正过"):
        stay_correct(
            actor=cast.actor("village_clerk"), stay_id=wrong.id, version=4, since=ago(60), note="再改",
            whither=Whither(lives_elsewhere="上海市", registered=code),
        )  # fmt: skip


@pytest.mark.parametrize(("since", "word"), [(500, "早于前一条"), (5, "晚于后一条")])
def test_a_correction_stays_between_its_neighbours(cast: Cast, since: int, word: str) -> None:
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY, on=ago(50))
    happen(cast, row, "back", lives=cast.areas["g1"].code, on=ago(10))
    wrong = Stay.objects.get(resident=row, change="left")
    with pytest.raises(Conflict, match=word):
        stay_correct(
            actor=cast.actor("village_clerk"), stay_id=wrong.id, version=3, since=ago(since), note="改",
            whither=Whither(lives_elsewhere="上海市", registered=cast.areas["g1"].code),
        )  # fmt: skip


def test_the_open_stay_corrected_corrects_the_person(cast: Cast) -> None:
    row = resident(cast)
    wrong = Stay.objects.get(resident=row)
    stay_correct(
        actor=cast.actor("village_clerk"), stay_id=wrong.id, version=1, since=ago(500), note="户口本上写的",
        whither=Whither(lives=cast.areas["g4"].code, registered_elsewhere="河南省固始县"),
    )  # fmt: skip
    row = now(row)
    assert (row.population, row.lives_path, row.registered_path) == ("inflow", cast.areas["g4"].path, "")
    assert stays(row) == [(ago(500), None, "first")]


def test_a_death_written_down_by_mistake_is_taken_back(cast: Cast) -> None:
    row = resident(cast)
    clerk = cast.actor("village_clerk")
    with pytest.raises(Conflict, match="第一条登记"):
        event_take_back(actor=clerk, number=row.id, version=1)
    happen(cast, row, "died")
    back = event_take_back(actor=clerk, number=row.id, version=2)
    assert (back.population, back.died_on, back.lives, back.last_path) == ("settled", None, cast.areas["g1"], "")
    assert stays(row) == [(ago(400), None, "first")]
    assert Entry.objects.filter(code="people.resident.taken_back", object_id=row.id).count() == 1


def test_a_taken_back_death_makes_no_second_head(cast: Cast) -> None:
    old, son = resident(cast), resident(cast, name="张儿子")
    home = household(cast, {old: "0", son: "2"})
    happen(cast, old, "died")
    clerk = cast.actor("village_clerk")
    from_now = {"number": home.id, "resident": son.id, "relation": "0", "on": today()}
    join(cast, **from_now)
    with pytest.raises(Conflict, match="另有户主"):
        event_take_back(actor=clerk, number=old.id, version=now(old).version)


def join(cast: Cast, **said: Any) -> None:
    household_join(actor=cast.actor("village_clerk"), **said)


def test_a_whole_household_goes_where_the_head_goes(cast: Cast) -> None:
    home = dwelling(cast)
    head = resident(cast, dwelling=home.id)
    wife = resident(cast, name="李秀英", dwelling=home.id)
    son = resident(cast, name="张小明", lives_elsewhere=AWAY)
    row = household(cast, {head: "0", wife: "1", son: "2"})
    new = dwelling(cast, place="g4", door="7号")
    moved = household_event(
        actor=cast.actor("village_clerk"), number=row.id, version=1, event="moved", on=today(),
        whither=Whither(dwelling=new.id),
    )  # fmt: skip
    assert {one.name for one in moved} == {"张小平", "李秀英"}
    assert now(wife).dwelling == new
    assert now(son).population == "away"
    with pytest.raises(Invalid, match="一个人一个人地登记"):
        household_event(actor=cast.actor("village_clerk"), number=row.id, version=1, event="died", on=today())
    with pytest.raises(Conflict, match="没有可以登记返回的人"):
        household_event(
            actor=cast.actor("village_clerk"), number=row.id, version=1, event="back", on=today(),
            whither=Whither(dwelling=new.id),
        )  # fmt: skip


def test_a_correction_of_papers_recounts_the_history(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY, on=ago(50))
    resident_change(
        actor=cast.actor("village_clerk"), number=row.id, version=2,
        facts=Facts("张小平", papers="hkm", paper_number="H12345678", sex="1", born_on=date(1960, 1, 1)),
    )  # fmt: skip
    assert list(Stay.objects.filter(resident=row).order_by("since").values_list("population", flat=True)) == [
        "overseas", "away",
    ]  # fmt: skip
    assert now(row).population == "away"


def test_a_change_of_every_kind_is_in_the_catalogue() -> None:
    assert {one.change for one in HAPPENINGS.values()} <= set(Change)
    assert all(one.hint.endswith("。") for one in HAPPENINGS.values())
    assert {one.code for one in possible("settled")} == {"moved", "left", "registered", "moved-out", "died"}
    assert {one.code for one in possible("gone")} == {"moved-in"}
