"""The list of who serves where: one list of two tables, filtered, sorted, paged; and who is responsible for a place."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanzhi.accounts.models import Post, StandIn
from shanzhi.areas.models import Area
from shanzhi.lib.errors import NotFound
from shanzhi.staffing import selectors, services
from shanzhi.staffing.selectors import AsOf, Holder, StaffFilter, as_of
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from shanzhi.tenancy.keyset import CursorInvalid
from tests.cast import Cast

HERE_URL = "/341181/staffing/here/"

ASOF = as_of(NOW)


def listed(cast: Cast, by: str = "county_centre", asof: AsOf = ASOF, **wanted: object) -> list[Holder]:
    return selectors.holder_list(cast.actor(by), StaffFilter(**wanted), asof, limit=500)  # type: ignore[arg-type]


def names(holders: list[Holder]) -> list[str]:
    return [one.name for one in holders]


def test_posts_and_assignments_are_one_list_in_the_order_of_the_tree(cast: Cast, appoint: Appoint) -> None:
    appoint("chief", "t1", name="甲")
    appoint(place="g1", name="乙", organisation="张庄村")
    appoint("police", "g3", name="丙")
    rows = listed(cast)
    assert [(one.place, one.label) for one in rows] == [
        ("东镇", "总网格长"), ("张庄村", "志愿者"), ("张庄村 第一网格", "网格长"), ("张庄村 第一网格", "网格指导员"),
        ("张庄村 第一网格", "网格员"), ("王庄村 第一网格", "网格员"), ("王庄村 第一网格", "驻村民警"),
    ]  # fmt: skip
    assert {bool(one.number) for one in rows} == {True, False}
    assert all(bool(one.number) != bool(one.post_id) for one in rows)


def test_the_offices_stand_in_it_only_when_they_are_asked_for(cast: Cast) -> None:
    assert not {"村文书", "村支部书记"} & {one.label for one in listed(cast)}
    assert {one.label for one in listed(cast, role="secretary")} == {"村支部书记"}


@pytest.mark.parametrize(
    ("by", "count"), [("county_centre", 2), ("township_officer", 1), ("village_clerk", 1), ("other_clerk", 1)]
)
def test_everybody_sees_their_own_places(cast: Cast, appoint: Appoint, by: str, count: int) -> None:
    appoint(place="g1", name="甲")
    appoint(place="g3", name="乙")
    assert len(listed(cast, by, role="instructor")) == count
    with pytest.raises(NotFound):
        selectors.area_for(cast.actor("village_clerk"), cast.areas["g3"].code)


def test_states_divide_the_list(cast: Cast, appoint: Appoint) -> None:
    appoint(name="久")
    appoint(name="近", last=days(20))
    appoint(name="远", last=days(80))
    appoint(name="来", first=days(9))
    gone = appoint(name="走")
    services.assignment_end(actor=cast.actor("county_centre"), number=gone.id, version=1, reason="x", at=NOW)
    appoint(name="满", last=days(1), at=NOW)

    def of(state: str, asof: AsOf = ASOF) -> set[str]:
        return {one.name for one in listed(cast, role="instructor", state=state, asof=asof)}

    assert of("live") == {"久", "近", "远", "满"}
    assert of("in30") == {"近", "满"}
    assert of("in60") == {"近", "满"}
    assert of("in90") == {"近", "远", "满"}
    assert of("coming") == {"来"}
    assert of("ended") == {"走"}
    assert of("over", AsOf(days(5), TODAY)) == {"满"}
    assert of("live", AsOf(days(9), TODAY)) == {"久", "近", "远", "来"}
    assert of("live", AsOf(days(-1), TODAY)) == {"久", "近", "远", "满", "走"}  # who held it on a day past
    assert len(of("all")) == 6
    assert of("nonsense") == of("live")
    for state in ("live", "coming", "over", "ended"):
        assert {one.state for one in listed(cast, state=state)} <= {state}


def test_a_disabled_account_is_ended_and_its_post_is_revoked_at_the_end_of_its_day(cast: Cast) -> None:
    user = cast["grid_leader"].user
    user.is_active = False
    user.save()
    assert [one.state for one in listed(cast, role="leader", state="ended")] == ["ended"]
    assert [one.state for one in listed(cast, role="leader", asof=AsOf(days(-1), TODAY))] == ["live"]
    Post.objects.filter(user=cast["other_worker"].user).update(revoked_at=NOW, revoke_reason="x")
    assert len(listed(cast, role="worker")) == 1
    assert [one.state for one in listed(cast, role="worker", state="ended")] == ["ended"]


def test_it_is_found_by_a_part_of_the_name(cast: Cast, appoint: Appoint) -> None:
    appoint(name="欧阳明远")
    assert names(listed(cast, text="阳明")) == ["欧阳明远"]
    assert names(listed(cast, text=cast["grid_leader"].user.name)) != []
    assert listed(cast, text="没有这个人") == []


@pytest.mark.parametrize("sort", ["place", "name", "until", "-from"])
def test_pages_follow_one_another_through_both_tables(cast: Cast, appoint: Appoint, sort: str) -> None:
    for number in range(7):
        appoint(name=f"指导员{number}", place=("g1", "g2", "g3")[number % 3], first=days(-number), last=days(number))
    actor, wanted = cast.actor("county_centre"), StaffFilter(sort=sort)
    whole = names(listed(cast, sort=sort))
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = selectors.holder_page(actor, wanted, ASOF, cursor=cursor, size=3)
        assert len(page.rows) <= 3
        seen += [one.name for one in page.rows]
        cursor = page.next_cursor
    assert seen == whole
    assert len(whole) == 11
    back = selectors.holder_page(actor, wanted, ASOF, cursor=page.previous_cursor or "", size=3)
    assert [one.name for one in back.rows] == whole[-5:-2]
    with pytest.raises(CursorInvalid):
        other = "name" if sort != "name" else "place"
        selectors.holder_page(actor, StaffFilter(sort=other), ASOF, cursor=page.previous_cursor or "x")


def test_a_page_is_three_statements(cast: Cast, appoint: Appoint) -> None:
    for number in range(5):
        appoint(name=f"某{number}")
    actor = cast.actor("county_centre")
    with CaptureQueriesContext(connection) as caught:
        page = selectors.holder_page(actor, StaffFilter(), ASOF)
        assert [one.place for one in page.rows]
    assert len(caught) == 3


def test_days_left_are_those_of_a_term_that_runs(cast: Cast, appoint: Appoint) -> None:
    appoint(name="近", last=days(12))
    appoint(name="来", first=days(3), last=days(12))
    left = {one.name: one.days_left(TODAY) for one in listed(cast, role="instructor", state="all")}
    assert left == {"近": 12, "来": None}


def test_who_is_responsible_from_the_grid_up_to_the_county(cast: Cast, appoint: Appoint) -> None:
    appoint("chief", "t1", name="镇长")
    appoint("police", "v1", name="民警", organisation="派出所")
    appoint("volunteer", "g1", name="热心人")
    appoint(place="g1", name="卸任", last=days(2), at=NOW)
    spots = selectors.responsible(cast.areas["g1"], at=NOW + timedelta(days=5))
    assert [spot.place for spot in spots] == ["张庄村 第一网格", "张庄村", "东镇", "天长市"]
    grid, village, town, top = spots
    assert [one.label for one in grid.people] == ["网格长", "网格员"]
    assert (grid.crowd, village.crowd) == (1, 1)
    assert grid.vacant == ["网格指导员"]
    assert [one.label for one in village.people] == ["村支部书记", "村文书", "驻村民警"]
    assert [one.label for one in town.people] == ["总网格长", "镇综治中心受理员", "指挥中心值班员"]
    assert [one.label for one in top.people] == ["指挥中心值班员"]
    assert not town.vacant


def test_who_stands_in_is_named_with_whom_they_stand_in_for(cast: Cast) -> None:
    post, instead = cast["grid_leader"].post, cast["branch_secretary"].user
    StandIn.objects.create(
        post=post, substitute=instead, valid_from=TODAY, valid_to=days(3), reason="培训", created_at=NOW
    )
    leader = selectors.responsible(cast.areas["g1"], at=NOW)[0].people[0]
    assert (leader.label, leader.instead) == ("网格长", instead.name)
    assert selectors.responsible(cast.areas["g1"], at=NOW + timedelta(days=9))[0].people[0].instead == ""


def test_only_the_place_itself_is_asked_for_beside_it(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as caught:
        spots = selectors.responsible(cast.areas["v1"], at=NOW, up=False)
    assert [spot.place for spot in spots] == ["张庄村"]
    assert len(caught) <= 7


def test_whoever_was_handed_on_by_a_merge_counts_where_the_place_went(cast: Cast, appoint: Appoint) -> None:
    row = appoint(place="g4", name="老指导员")
    gone, heir = cast.areas["g4"], cast.areas["g1"]
    gone.valid_to, gone.successor = TODAY, heir
    gone.save()
    type(row).objects.filter(id=row.id).update(area_path=heir.path)
    people = selectors.responsible(heir, at=NOW)[0].people
    assert "老指导员" in [one.name for one in people]


def test_places_are_found_by_a_part_of_the_name_or_by_their_code(cast: Cast) -> None:
    def named(text: str, by: str = "county_centre") -> list[str]:
        return [area.code for area in selectors.areas_named(cast.actor(by), text)[0]]

    codes = {name: area.code for name, area in cast.areas.items()}
    assert named("张庄") == [codes["v1"]]
    assert named("网格") == [codes[name] for name in ("g1", "g4", "g2", "g3")]
    assert named(codes["g1"]) == [codes["g1"]]
    assert named("庄") == named("外星") == named("\x00") == named("") == []


def test_the_readers_own_places_come_first_and_the_place_above_may_be_named(cast: Cast) -> None:
    def named(text: str, by: str) -> list[str]:
        return [area.code for area in selectors.areas_named(cast.actor(by), text)[0]]

    codes = {name: area.code for name, area in cast.areas.items()}
    assert named("第一网格", "other_clerk") == [codes["g3"], codes["g1"], codes["g2"]]
    assert named("第一网格", "village_clerk") == [codes["g1"], codes["g2"], codes["g3"]]
    assert named("王庄 第一网格", "village_clerk") == named("王庄村　第一", "village_clerk") == [codes["g3"]]
    assert named("张庄 外星", "village_clerk") == []


def test_more_places_than_are_listed_are_told_of(cast: Cast) -> None:
    village = cast.areas["v1"]
    for number in range(12):
        Area.objects.create(
            level="grid", code=f"{village.code}1{number:02d}", name=f"微网格{number}", parent=village, ordinal=10 + number,
            path=f"{village.path}01{number:02d}", valid_from=village.valid_from,
        )  # fmt: skip
    worker = cast["grid_worker"].client()
    assert "还有别的" not in worker.post(HERE_URL, {"text": "微网格"}).content.decode()
    page = worker.post(HERE_URL, {"text": "网格"}).content.decode()
    assert "还有别的，请写全些" in page
    assert page.count('class="li"') == 12


def test_whose_place_lies_above_ones_own_is_seen_and_whose_lies_beside_is_not(cast: Cast, appoint: Appoint) -> None:
    row = appoint("police", "v1")
    for by in ("grid_worker", "village_clerk", "township_officer", "department_handler", "auditor", "system_admin"):
        assert selectors.assignment_get_for(cast.actor(by), row.id).id == row.id
    for by in ("other_worker", "other_clerk", "other_officer", "resident"):
        with pytest.raises(NotFound):
            selectors.assignment_get_for(cast.actor(by), row.id)
