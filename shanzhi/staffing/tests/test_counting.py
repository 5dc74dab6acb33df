"""What is in office, missing and running out on a day: counted from posts and assignments, held against a plain
recount in Python."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shanzhi.accounts.models import Post
from shanzhi.accounts.services import post_revoke
from shanzhi.areas.models import Area
from shanzhi.areas.services import area_merge
from shanzhi.lib.times import SHANGHAI, local
from shanzhi.staffing import selectors, services
from shanzhi.staffing.catalogue import BY_POST, DEFAULT, OFFICES, ROLES, rulable
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.selectors import AsOf, as_of, board_of, gaps_of, rule_on, standing_of
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast


def held(cast: Cast, place: str, role: str, day: date = TODAY, top: str = "county") -> int:
    standing = standing_of(cast.areas[top], AsOf(day, TODAY))
    return next((standing.held(one, role).live for one in standing.places if one.id == cast.areas[place].id), 0)


def missing(cast: Cast, top: str = "county", day: date = TODAY) -> dict[tuple[str, str], int]:
    gaps = gaps_of(standing_of(cast.areas[top], AsOf(day, TODAY)))
    return {(gap.place.code, gap.role): gap.missing for gap in gaps}


def test_every_level_has_roles_and_every_role_of_a_rule_may_be_held_there() -> None:
    assert {level for level, _ in rulable()} == {"county", "township", "village", "grid"}
    for (level, role), least in DEFAULT.items():
        assert level in ROLES[role].levels
        assert least > 0
    assert not any(role.is_office for _, role in rulable())
    assert all(not ROLES[code].own for code in OFFICES)


def test_the_default_rule_is_one_leader_two_instructors_and_a_worker(cast: Cast) -> None:
    code = {short: cast.areas[short].code for short in ("g1", "g2", "g4", "t1", "t2")}
    found = missing(cast)
    # The cast has a leader in the first grid, and a worker there and in the third.
    assert (code["g1"], "leader") not in found
    assert (code["g1"], "worker") not in found
    assert found[code["g1"], "instructor"] == 2
    assert found[code["g2"], "leader"] == found[code["g4"], "worker"] == found[code["t2"], "chief"] == 1
    assert sum(found.values()) == 3 + 2 + 4 * 2 + 2  # leaders, workers, instructors, chiefs


def test_an_appointment_fills_a_gap_and_a_surplus_fills_none_elsewhere(cast: Cast, appoint: Appoint) -> None:
    for number in range(3):
        appoint(name=f"指导员{number}")
    found, codes = missing(cast, "v1"), cast.areas
    assert (codes["g1"].code, "instructor") not in found
    assert found[codes["g4"].code, "instructor"] == 2
    board = board_of(cast.areas["v1"], as_of(NOW))
    cell = next(cell for cell in board.figures.cells if cell.role == "instructor")
    assert (cell.held, cell.needed, cell.missing) == (3, 4, 2)


def test_only_who_is_in_office_on_the_day_counts(cast: Cast, appoint: Appoint) -> None:
    appoint(first=days(-20), last=days(10))
    assert [held(cast, "g1", "instructor", days(n)) for n in (-21, -20, 0, 10, 11)] == [0, 1, 1, 1, 0]
    row = Assignment.objects.get()
    services.assignment_end(
        actor=cast.actor("county_centre"), number=row.id, version=1, on=days(-5), reason="调离", at=NOW
    )
    assert [held(cast, "g1", "instructor", days(n)) for n in (-6, -5, 0)] == [1, 0, 0]


def test_a_post_counts_until_the_day_on_which_it_is_revoked(cast: Cast) -> None:
    post = cast["grid_leader"].post
    at = datetime.combine(TODAY, time(9), SHANGHAI)
    post_revoke(actor=cast.actor("security_admin"), post_id=post.id, version=post.version, reason="换人", at=at)
    assert [held(cast, "g1", "leader", days(n)) for n in (-1, 0, 1)] == [1, 0, 0]
    assert board_of(cast.areas["county"], as_of(NOW)).figures.headless == 4
    assert board_of(cast.areas["county"], AsOf(days(-1), TODAY)).figures.headless == 3


def test_whoever_may_not_sign_in_leads_nothing_today(cast: Cast) -> None:
    user = cast["grid_leader"].user
    user.is_active = False
    user.save()
    assert held(cast, "g1", "leader") == 0
    assert held(cast, "g1", "leader", days(-1)) == 1  # of the past it is not known


def test_terms_that_run_out_are_counted_by_how_soon(cast: Cast, appoint: Appoint) -> None:
    for number, last in enumerate((0, 30, 31, 60, 90, 91)):
        appoint(name=f"某{number}", last=days(last))
    appoint(name="过期", first=days(-300), last=days(10), at=NOW - timedelta(days=60))
    Assignment.objects.filter(name="过期").update(valid_to=days(-10))
    appoint(name="无期")
    figures = board_of(cast.areas["t1"], as_of(NOW)).figures
    assert figures.soon == (2, 4, 5)
    assert figures.lapsed == 1
    assert board_of(cast.areas["t2"], as_of(NOW)).figures.soon == (0, 0, 0)


def test_offices_are_no_grid_staff(cast: Cast) -> None:
    people = board_of(cast.areas["county"], as_of(NOW)).figures.people
    posts = Post.objects.filter(role__in=[post for post, code in BY_POST.items() if code not in OFFICES])
    assert people == posts.count() == 4  # leader, two workers, a volunteer


def test_a_board_shows_what_lies_directly_below_and_adds_up(cast: Cast, appoint: Appoint) -> None:
    appoint("chief", "t1", name="镇长")
    appoint("police", "v1", name="民警")
    board = board_of(cast.areas["county"], as_of(NOW))
    assert [row.name for row in board.rows] == ["东镇", "西镇"]
    assert sum(row.figures.missing for row in board.rows) == board.figures.missing
    assert sum(row.figures.grids for row in board.rows) == board.figures.grids == 4
    town = board_of(cast.areas["t1"], as_of(NOW))
    assert [(row.name, row.is_own) for row in town.rows] == [("本级", True), ("张庄村", False), ("李庄村", False)]
    assert sum(row.figures.people for row in town.rows) == town.figures.people
    assert board_of(cast.areas["g1"], as_of(NOW)).rows == []


@pytest.mark.parametrize("sort", ["-missing", "-headless", "-soon"])
def test_places_are_sorted_by_a_figure(cast: Cast, appoint: Appoint, sort: str) -> None:
    appoint(place="g3", last=days(5))
    appoint("chief", "t2", name="镇长")
    rows = board_of(cast.areas["county"], as_of(NOW), sort=sort).rows
    of = {"-missing": lambda f: f.missing, "-headless": lambda f: f.headless, "-soon": lambda f: f.soon[0]}[sort]
    values = [of(row.figures) for row in rows]
    assert values == sorted(values, reverse=True)
    assert rows[0].name == ("西镇" if sort == "-soon" else "东镇")


def test_a_merged_grid_hands_its_people_on_and_keeps_them_for_the_past(cast: Cast, appoint: Appoint) -> None:
    row = appoint(place="g4")
    today = local(datetime.now(SHANGHAI)).date()
    area_merge(
        actor=cast.actor("system_admin"), area=Area.objects.get(id=cast.areas["g4"].id),
        into=Area.objects.get(id=cast.areas["g1"].id), reason="并格", on=today, version=1,
    )  # fmt: skip
    asof, before = AsOf(today, today), AsOf(today - timedelta(days=1), today)
    for path_is_old in (True, False):
        if not path_is_old:
            Assignment.objects.filter(id=row.id).update(area_path=cast.areas["g1"].path)
        now, then = (standing_of(cast.areas["v1"], one) for one in (asof, before))
        at = {place.code: now.held(place, "instructor").live for place in now.places}
        assert at.get(cast.areas["g1"].code) == 1
        assert cast.areas["g4"].code not in at
        was = {place.code: then.held(place, "instructor").live for place in then.places}
        assert (was[cast.areas["g1"].code], was[cast.areas["g4"].code]) == (0, 1)


def test_the_number_of_statements_does_not_grow(cast: Cast, appoint: Appoint) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            board_of(cast.areas["county"], as_of(NOW))
        return len(caught)

    before = statements()
    for number in range(6):
        appoint(name=f"某{number}", place=("g1", "g2", "g3")[number % 3])
    assert statements() == before == 4


# --- A recount in plain Python over random terms.

TERM = st.tuples(
    st.sampled_from(["g1", "g2", "g3", "v1", "t1"]), st.sampled_from(["instructor", "police", "security"]),
    st.integers(-200, 50), st.one_of(st.none(), st.integers(0, 250)), st.one_of(st.none(), st.integers(0, 150)),
)  # fmt: skip


class RecountTest(TestCase):
    cast: Cast

    @classmethod
    def setUpTestData(cls) -> None:
        row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=NOW)
        cls.cast = build_cast(row)

    @settings(max_examples=10)
    @given(st.lists(TERM, max_size=10), st.integers(-150, 120))
    def test_equals_a_recount(self, terms: list[Any], shift: int) -> None:
        with county(341181):
            rows = [self.made(number, *term) for number, term in enumerate(terms)]
            Assignment.objects.bulk_create(rows)
            day = days(shift)
            for top in ("county", "v1"):
                found = standing_of(self.cast.areas[top], AsOf(day, TODAY))
                path = self.cast.areas[top].path
                live: dict[tuple[int, str], int] = {}
                soon: dict[tuple[int, str], int] = {}
                for row in rows:
                    if row.area_path.startswith(path) and row.state_on(day) == "live":
                        key = (row.area_id, row.role)
                        live[key] = live.get(key, 0) + 1
                        ending = row.valid_to is not None and row.valid_to <= day + timedelta(days=60)
                        soon[key] = soon.get(key, 0) + ending
                own = {
                    key: count for key, count in found.counts.items() if key[1] in ("instructor", "police", "security")
                }
                assert {key: count.live for key, count in own.items() if count.live} == live
                assert {key: count.soon[1] for key, count in own.items() if count.soon[1]} == {
                    key: number for key, number in soon.items() if number
                }
                listed = selectors.holder_list(
                    self.cast.actor("county_centre"), selectors.StaffFilter(path=path), AsOf(day, TODAY), limit=99
                )
                assert sum(1 for one in listed if one.number) == sum(live.values())

    def made(self, number: int, place: str, role: str, first: int, length: int | None, ended: int | None) -> Assignment:
        area = self.cast.areas[place]
        last = None if length is None else days(first + length)
        return Assignment(
            role=role, name=f"某{number}", area=area, area_path=area.path, valid_from=days(first), valid_to=last,
            ended_on=None if ended is None else days(first + ended), created_at=NOW,
        )  # fmt: skip


def test_a_rule_of_today_leaves_the_past_alone(cast: Cast) -> None:
    services.rule_set(
        actor=cast.actor("county_centre"), role="instructor", level="grid", least=1, reason="人少", at=NOW
    )
    assert rule_on(TODAY).least("grid", "instructor") == 1
    assert rule_on(days(-1)).least("grid", "instructor") == 2
    grid = cast.areas["g1"].code
    assert missing(cast)[grid, "instructor"] == 1
    assert missing(cast, day=days(-1))[grid, "instructor"] == 2
