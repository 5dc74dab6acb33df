"""Visits at their edges: days, groups that change between form and saving, places that were merged, who goes where."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.services import area_merge
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.packs.services import definition_retire
from shanzhi.people.models import Membership
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.services import membership_end
from shanzhi.people.tests.test_pages import words
from shanzhi.people.tests.world import GROUP, ago, happen, member, resident, today
from shanzhi.visits.models import Asked, Visit
from shanzhi.visits.planning import due_count, person_page, plan_of
from shanzhi.visits.selectors import MadeFilter, counts_of, made_page, visit_get_for
from shanzhi.visits.tests.test_pages import late
from shanzhi.visits.tests.world import QUESTIONS, VISITORS, define, due, groups, make, membership, sent, url
from tests.cast import Cast

BASE = "/api/v1/341181/visits"
OTHER = {**GROUP, "label": "低保对象", "class": "income", "visited_by": VISITORS, "visit_every_days": 90}


@pytest.fixture
def worker(cast: Cast) -> Client:
    groups(cast)
    return cast["grid_worker"].client()


def answers_of(visit: Visit) -> dict[str, dict[str, str]]:
    return {one.group: json.loads(one.answers) for one in Asked.objects.filter(visit=visit)}


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "good"), [(0, True), (1, True), (90, True), (91, False), (-1, False)])
def test_a_visit_is_of_the_last_ninety_days(cast: Cast, days: int, good: bool) -> None:
    groups(cast)
    row = due(cast)
    if good:
        assert make(cast, row, on=ago(days)).on == ago(days)
        return
    with pytest.raises(Invalid) as refused:
        make(cast, row, on=ago(days))
    assert list(refused.value.fields) == ["on"]


@pytest.mark.parametrize(("clock", "day"), [("15:59:59", 10), ("16:00:00", 11)])
def test_the_day_turns_at_midnight_in_beijing(cast: Cast, clock: str, day: int) -> None:
    """Not at midnight of Greenwich: 16:00 there is 00:00 here."""
    groups(cast)
    row = due(cast, on=date(2025, 3, 1))
    Membership.objects.update(since=date(2025, 1, 1))
    at = datetime.fromisoformat(f"2025-03-10T{clock}").replace(tzinfo=UTC)
    assert make(cast, row, at=at).on == date(2025, 3, day)
    assert membership(row).due_on == date(2025, 3, day) + timedelta(days=30)
    with pytest.raises(Invalid):
        make(cast, row, at=at, on=date(2025, 3, day + 1))


def test_a_visit_of_before_somebody_was_in_a_group_is_not_for_that_group(cast: Cast) -> None:
    """Written down for the groups that there were on that day; the next visit of the new one stays where it is."""
    groups(cast)
    row = due(cast)
    define(cast, "poor", OTHER)
    new = member(cast, row, "poor", since=ago(2))
    planned = new.due_on
    made = make(cast, row, on=ago(5))
    assert list(answers_of(made)) == ["alone"]
    new.refresh_from_db()
    assert (new.seen_on, new.due_on) == (None, planned)
    assert Membership.objects.get(id=Asked.objects.get(visit=made).membership_id).seen_on == ago(5)


def test_a_visit_of_before_the_first_group_is_refused_with_its_day(cast: Cast) -> None:
    groups(cast)
    row = resident(cast)
    member(cast, row, since=ago(2))
    with pytest.raises(Invalid, match="关爱登记以前") as refused:
        make(cast, row, on=ago(3))
    assert list(refused.value.fields) == ["on"]
    assert not Visit.objects.exists()
    assert make(cast, row, on=ago(2)).on == ago(2)


def test_one_that_comes_late_is_kept_though_the_group_is_younger(cast: Cast, worker: Client) -> None:
    row = resident(cast)
    member(cast, row, since=today())
    done = (timezone.now() - timedelta(days=2)).isoformat()
    answer = late(worker, row, done_at=done)
    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    made = Visit.objects.get()
    assert (made.on, answers_of(made)) == (ago(2), {})
    assert membership(row).seen_on is None


# --- between the form and the saving --------------------------------------------------------------------------------


def test_a_question_that_is_gone_is_not_kept_and_does_not_stand_in_the_way(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    groups(cast, questions=QUESTIONS[:1])
    answer = worker.post(url("visit", row.id), sent(q_alone_need="一袋米"))
    assert answer.status_code == 302
    assert answers_of(Visit.objects.get()) == {"alone": {"health": "好"}}


def test_a_question_that_came_meanwhile_is_asked_and_what_was_typed_stays(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    new = {"code": "warm", "label": "家里暖不暖", "type": "yes_no", "required": True}
    groups(cast, questions=[*QUESTIONS, new])
    answer = worker.post(url("visit", row.id), sent(q_alone_need="一袋米", note="门口有冰"))
    assert answer.status_code == 422
    assert "请回答“家里暖不暖”。" in words(answer)
    for typed in ("一袋米", "门口有冰"):
        assert typed in answer.content.decode()
    assert not Visit.objects.exists()


def test_a_choice_that_was_taken_out_is_chosen_again(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    groups(cast, questions=[{**QUESTIONS[0], "choices": ["很好", "一般"]}])
    answer = worker.post(url("visit", row.id), sent(note="还行"))
    assert answer.status_code == 422
    assert "“身体怎么样”的回答不在可选范围里，请重新选。" in words(answer)
    assert "还行" in answer.content.decode()


def test_an_answer_of_before_to_a_question_that_is_gone_is_not_shown(cast: Cast, worker: Client) -> None:
    row = due(cast)
    made = make(cast, row)
    groups(cast, questions=[{"code": "cold", "label": "冷不冷"}])
    told = visit_get_for(cast.actor("grid_worker"), made.id)
    assert [one.label for one in told.replies] == []
    page = words(worker.get(url("visit", row.id)))
    assert "冷不冷" in page
    assert "身体怎么样" not in page


def test_a_group_that_sends_somebody_else_meanwhile(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    groups(cast, visited_by=["village_clerk"])
    answer = worker.post(url("visit", row.id), sent())
    assert answer.status_code == 409
    assert "不归你走访" in words(answer)
    assert cast["village_clerk"].client().post(url("visit", row.id), sent()).status_code == 302


def test_a_group_that_is_retired_is_visited_until_its_people_leave(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    definition_retire(actor=Actor.system(cast.county.id), family="care_group", code="alone")
    assert "张小平" in words(worker.get(url("planned")))
    assert worker.post(url("visit", row.id), sent()).status_code == 302
    assert membership(row).seen_on == today()


def test_a_group_that_came_between_asks_its_questions(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    define(cast, "poor", {**OTHER, "questions": [{"code": "money", "label": "低保到账没有", "required": True}]})
    member(cast, row, "poor")
    refused = worker.post(url("visit", row.id), sent())
    assert (refused.status_code, "请回答“低保到账没有”。" in words(refused)) == (422, True)
    assert worker.post(url("visit", row.id), sent(q_poor_money="到了")).status_code == 302
    assert answers_of(Visit.objects.get()) == {"alone": {"health": "好", "food": "no"}, "poor": {"money": "到了"}}


def test_what_a_phone_brings_late_is_held_against_the_questions_of_now(cast: Cast, worker: Client) -> None:
    row = due(cast)
    groups(cast, questions=QUESTIONS[:1])
    answer = late(worker, row, q_alone_food="maybe", q_alone_gone="x", q_poor_money="y", q_="z")
    assert answer.json()["state"] == "done"
    assert answers_of(Visit.objects.get()) == {"alone": {"health": "好"}}


# --- who goes where -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("grid_worker", 302), ("village_clerk", 302), ("township_officer", 302), ("branch_secretary", 409),
     ("grid_leader", 409), ("other_clerk", 404), ("other_officer", 404), ("command_centre", 403)],
)  # fmt: skip
def test_each_post_goes_where_the_group_sends_it(cast: Cast, worker: Client, who: str, status: int) -> None:
    row = due(cast, on=ago(1))
    assert cast[who].client().post(url("visit", row.id), sent("absent")).status_code == status
    assert Visit.objects.count() == (1 if status == 302 else 0)


def test_the_secretary_reads_what_others_found_and_makes_none(cast: Cast, worker: Client) -> None:
    made = make(cast, due(cast))
    secretary = cast["branch_secretary"].client()
    assert "身体怎么样： 好" in words(secretary.get(url("show", made.id)))
    assert due_count(cast.actor("branch_secretary"), today() + timedelta(days=99)) == 0
    assert due_count(cast.actor("village_clerk"), today() + timedelta(days=99)) == 1


def test_whoever_lost_sight_of_the_group_still_reads_their_own_visit(cast: Cast, worker: Client) -> None:
    mine = make(cast, due(cast))
    groups(cast, seen_by=["village_clerk"], visited_by=["village_clerk"])
    assert visit_get_for(cast.actor("grid_worker"), mine.id).labels == "独居老人"
    hers = make(cast, mine.resident, by="village_clerk")
    assert worker.get(url("show", hers.id)).status_code == 404
    assert worker.get(url("show", mine.id)).status_code == 200


def test_two_visits_of_one_person_on_one_day_both_count(cast: Cast, worker: Client) -> None:
    row = due(cast)
    make(cast, row)
    make(cast, row, "absent", by="village_clerk")
    found = counts_of(cast.actor("village_clerk"), cast.areas["v1"], today(), today(), today())
    assert (found.total.made, found.total.met, found.total.planned) == (2, 1, 1)


# --- places that were merged ----------------------------------------------------------------------------------------


def test_after_a_merge_the_successor_visits_reads_and_reports(cast: Cast) -> None:
    groups(cast)
    row = due(cast, by="township_officer", place="v2")
    before = make(cast, row, by="township_officer")
    area_merge(
        actor=cast.actor("system_admin"), area=cast.areas["v2"], version=1, into=cast.areas["v1"], reason="撤并村",
        on=date(2026, 1, 1),
    )  # fmt: skip
    drain()
    clerk = cast.actor("village_clerk")
    assert visit_get_for(clerk, before.id).visit.path == cast.areas["v1"].path
    assert [one.resident.id for one in person_page(clerk, state="all", today=today()).rows] == [row.id]
    assert plan_of(clerk, resident_get_for(clerk, row.id))
    made = make(cast, row, "need", by="village_clerk", report=True)
    assert made.case is not None
    assert made.case.area_id == cast.areas["v1"].id, "the place that there is now follows it up"
    assert made.path == cast.areas["v1"].path
    listed = made_page(clerk, MadeFilter(area=cast.areas["v1"])).rows
    assert {one.visit.id for one in listed} == {before.id, made.id}
    found = counts_of(cast.actor("township_officer"), cast.areas["t1"], ago(30), today(), today())
    assert [(one.area.id, one.figures.made) for one in found.rows] == [(cast.areas["v1"].id, 2)]


def test_whoever_moved_is_visited_there_and_the_old_visits_stay_where_they_were(cast: Cast, worker: Client) -> None:
    row = due(cast)
    make(cast, row)
    from_here = resident_get_for(cast.actor("village_clerk"), row.id)
    happen(cast, row, "moved", lives=cast.areas["g3"].code)
    assert plan_of(cast.actor("grid_worker"), from_here) == []
    with pytest.raises(Conflict):
        make(cast, row)
    Membership.objects.update(due_on=today())
    there = make(cast, row, by="other_worker")
    assert (there.path, Visit.objects.order_by("id")[0].path) == (cast.areas["g3"].path, cast.areas["g1"].path)
    found = counts_of(cast.actor("county_centre"), cast.areas["county"], today(), today(), today())
    assert [one.figures.made for one in found.rows] == [1, 1]


def test_an_end_between_form_and_saving_is_said(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    one = membership(row)
    assert worker.get(url("visit", row.id)).status_code == 200
    membership_end(actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="搬走")
    answer = worker.post(url("visit", row.id), sent())
    assert (answer.status_code, Visit.objects.count()) == (409, 0)


def days(client: Client, **said: Any) -> Any:
    return client.get(f"{BASE}/counts", said)


def test_no_day_breaks_the_numbers(cast: Cast, worker: Client) -> None:
    for last in ("0001-01-01", "0001-01-29", "9999-12-31"):
        assert days(worker, last=last).status_code in (200, 422), last
    answer = days(worker, first=str(today() + timedelta(days=1)))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["first"])
    page = worker.get(f"{url('counts')}?on_from={today() + timedelta(days=1)}")
    assert (page.status_code, "开始的不晚于结束的" in words(page)) == (422, True)
