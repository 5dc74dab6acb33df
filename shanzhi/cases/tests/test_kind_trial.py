"""A draft's routes on past cases, and a kind never seen before from its file to form, API and list."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Unit
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.kinds.trial import tried
from shanzhi.cases.models import Case
from shanzhi.cases.tests.kinds import kind, unseen
from shanzhi.cases.tests.pages import act, statements, text_of
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.packs.dumping import dump
from shanzhi.packs.loading import load_files
from tests.cast import Cast, report

CALENDAR = Calendar()
CENTRE = "镇城建中心"


def given(cast: Cast, **target: Any) -> Case:
    """A case of the village's own kind, given to somebody."""
    case = report(cast, kind="sanitation")
    act(cast, "village_clerk", "accept", case)
    if "unit" in target:
        act(cast, "village_clerk", "escalate", case, text="村里办不了")
        act(cast, "township_officer", "accept", case)
        return act(cast, "township_officer", "dispatch", case, **target)
    return act(cast, "village_clerk", "dispatch", case, **target)


def system(cast: Cast) -> Actor:
    return Actor.system(cast.county.id)


def test_where_each_would_go_against_where_it_went(cast: Cast) -> None:
    same, other, waiting = given(cast, area=cast.areas["g1"]), given(cast, unit=cast.units["t1"]), report(
        cast, kind="sanitation"
    )  # fmt: skip
    report(cast, kind="other")
    trial = tried(system(cast), kind(routes=[{"areas": "grid"}]), "sanitation", CALENDAR)
    rows = {row.number: row for row in trial.rows}
    assert set(rows) == {same.number, other.number, waiting.number}
    assert rows[same.number].agrees
    assert (rows[other.number].went, rows[other.number].would) == (CENTRE, "张庄村第一网格")
    assert rows[waiting.number].went == ""
    assert (trial.counted, trial.agreeing, trial.share, trial.unrouted) == (2, 1, 50, 0)
    assert trial.moves == [(CENTRE, "所在的网格", 1)]
    assert [row.number for row in trial.differing] == [other.number]


def test_what_no_route_has_anybody_for_waits_for_a_person(cast: Cast) -> None:
    given(cast, area=cast.areas["g1"])
    trial = tried(system(cast), kind(routes=[]), "sanitation", CALENDAR)
    assert (trial.share, trial.unrouted, trial.moves) == (0, 1, [("所在的网格", "", 1)])


def test_nothing_to_try_is_no_share(cast: Cast) -> None:
    trial = tried(system(cast), kind(), "sanitation", CALENDAR)
    assert trial.rows == ()
    assert trial.share is None


def test_the_last_ones_are_tried_and_statements_do_not_grow_with_them(cast: Cast) -> None:
    for _ in range(3):
        given(cast, area=cast.areas["g1"])
    body = kind(routes=[{"units": [CENTRE]}, {"areas": "grid"}])
    with statements() as few:
        assert len(tried(system(cast), body, "sanitation", CALENDAR, last=1).rows) == 1
    with statements() as many:
        assert len(tried(system(cast), body, "sanitation", CALENDAR).rows) == 3
    assert len(many) == len(few)


def test_an_administrator_sees_numbers_and_places_but_not_what_it_is_about(cast: Cast) -> None:
    case = given(cast, area=cast.areas["g1"])
    with pytest.raises(Forbidden):
        tried(cast.actor("township_officer"), kind(), "sanitation", CALENDAR)
    row = tried(cast.actor("system_admin"), kind(), "sanitation", CALENDAR).rows[0]
    assert (row.number, row.place, row.title) == (case.number, "张庄村第一网格", "")


def test_the_trial_stands_on_the_page_that_shows_a_draft(cast: Cast, settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    case = given(cast, area=cast.areas["g1"])
    address = reverse("cases:kind-edit", args=[cast.county.id, "sanitation"])
    sent = QueryDict(mutable=True)
    for name, value in {
        "expected": "1", "label": "环境卫生", "icon": "trash", "order": "20", "public": "on", "handling": "24 小时",
        "routes": "0", "routes-0-who": "village", "step": "look",
    }.items():  # fmt: skip
        sent[name] = value
    words = text_of(cast["system_admin"].client().post(address, sent.dict()))
    assert "和当时一样 0%" in words
    assert "所在的网格 所在的村（社区） 1" in words
    assert case.number in words


@pytest.fixture
def drone(cast: Cast) -> None:
    """The kind that nobody has seen before, from its file."""
    Unit.objects.create(area=cast.areas["t1"], kind="centre", code="P1", name="派出所", valid_from=date(2020, 1, 1))
    files = {"case_kind/drone.yaml": dump(unseen(CENTRE, "派出所")).encode()}
    assert not load_files(files, actor=system(cast), whole=False).faults


ANSWERS = {"model": "白色", "purpose": "打药", "drift": "老街鱼塘", "height": "12.5", "pilot": {"name": "张小平"}}


def test_a_kind_never_seen_is_reported_kept_and_found(cast: Cast, drone: None) -> None:
    case = report(cast, kind="drone", answers=ANSWERS)
    assert case.answers == ANSWERS
    assert case.definition_id == kinds_now()["drone"].version_id
    with pytest.raises(Invalid) as caught:
        report(cast, kind="drone", answers={**ANSWERS, "colour": "白"})
    assert "answers.colour" in caught.value.fields
    with pytest.raises(Invalid) as caught:
        report(cast, kind="drone", answers={"model": "白色"})
    assert caught.value.fields == {"answers.purpose": ["请选“在做什么”。"]}


def test_a_kind_never_seen_is_in_the_api_with_its_questions(cast: Cast, drone: None) -> None:
    client = cast["grid_worker"].client()
    address = f"/api/v1/{cast.county.id}/kinds/drone"
    found = client.get(address).json()
    assert found["label"] == "无人机扰民"
    assert found["clocks"]["handle"] == "3 working days"
    assert found["stages"] == [{"code": "ask", "label": "找到飞手谈话", "next": []}]
    questions = {one["code"]: one for one in found["fields"]}
    assert questions["drift"]["shown_if"] == {"purpose": ["打药"]}
    assert questions["height"]["decimals"] == 1
    assert questions["falling"]["say"] == "请先打 120，再来上报。"
    items = client.get(f"/api/v1/{cast.county.id}/kinds").json()["items"]
    assert "drone" in [one["code"] for one in items]
    assert client.get(f"/api/v1/{cast.county.id}/kinds/nothing").status_code == 404
