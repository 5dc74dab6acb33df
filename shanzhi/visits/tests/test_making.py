"""Writing a visit down: what counts, what follows, what is refused, once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound
from shanzhi.people.models import Look, Membership
from shanzhi.people.services import membership_end
from shanzhi.people.tests.world import ago, happen, member, resident, today
from shanzhi.tenancy.models import IdempotencyKey
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from shanzhi.visits.models import Asked, Visit
from shanzhi.visits.services import NOT_PLANNED, NOTE, Found, visit_make
from shanzhi.visits.tests.world import SAID, closed_kind, due, groups, make, membership
from tests.cast import Cast


def test_whoever_was_met_is_due_again_after_the_groups_days(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    made = make(cast, row)
    again = membership(row)
    assert (again.seen_on, again.due_on) == (today(), today() + timedelta(days=30))
    assert (made.by, made.path) == (cast["grid_worker"].user.name, cast.areas["g1"].path)
    assert made.post.endswith("网格员")
    asked = Asked.objects.get(visit=made)
    assert (asked.group, json.loads(asked.answers)) == ("alone", {"health": "好", "food": "no"})
    look = Look.objects.get(resident_id=row.id, what=Look.What.VISITED)
    assert look.purpose == Look.Purpose.VISIT
    codes = list(Entry.objects.filter(object_id=made.id).values_list("code", flat=True))
    assert codes == ["visits.visit.made"]


@pytest.mark.parametrize("outcome", ["absent", "declined"])
def test_whoever_was_not_seen_stays_due(cast: Cast, outcome: str) -> None:
    groups(cast)
    row = due(cast, on=ago(2))
    made = make(cast, row, outcome)
    assert not made.met
    assert (membership(row).seen_on, membership(row).due_on) == (None, ago(2))
    assert json.loads(Asked.objects.get(visit=made).answers) == {}


def test_a_visit_counts_for_every_group_that_the_visitor_is_sent_for(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    member(cast, row, "correction", by="township_officer")
    made = make(cast, row, by="township_officer")
    assert [one.group for one in Asked.objects.filter(visit=made)] == ["alone"], "nobody is sent for the other"


def test_an_older_visit_that_comes_late_moves_nothing(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    make(cast, row)
    make(cast, row, on=ago(5))
    assert membership(row).seen_on == today()
    assert Visit.objects.filter(resident=row).count() == 2


def test_what_has_to_be_done_becomes_a_case_that_names_nobody(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    made = make(cast, row, "need", report=True)
    assert made.case is not None
    case = Case.objects.get(id=made.case_id)
    assert (case.kind, case.source, case.area_id) == ("other", "visit", cast.areas["g1"].id)
    assert case.body == "走访时发现：屋顶漏雨"
    assert "张小平" not in case.title + case.body + case.place


def test_a_kind_that_few_may_read_names_the_person_and_knows_the_group(cast: Cast) -> None:
    closed_kind(cast)
    made = make(cast, due(cast), "need", report=True)
    assert made.case is not None
    assert (made.case.kind, made.case.body) == ("elderly", "走访张小平时发现：屋顶漏雨")
    assert made.case.answers == {"group": "独居老人"}


def test_the_same_key_is_one_visit_and_one_case(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    first = make(cast, row, "need", report=True, key="k1")
    again = make(cast, row, "need", report=True, key="k1")
    assert first.id == again.id
    assert (Visit.objects.count(), Case.objects.count()) == (1, 1)
    with pytest.raises(Invalid):
        make(cast, row, "well", key="k1")
    kept = IdempotencyKey.objects.get(key="k1")
    assert "屋顶" not in str(kept.__dict__)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"outcome": "gone"}, "outcome", "请选这次走访的结果"),
        ({"outcome": "need", "note": " "}, "note", "请写明有什么事要办"),
        ({"outcome": "well", "note": "好" * (NOTE + 1)}, "note", "最多写 500 字"),
        ({"outcome": "well", "report": True}, "report", "选了“有事要办”才能报成事件"),
        ({"outcome": "well", "on": timezone.localdate() + timedelta(days=1)}, "on", "不能晚于今天"),
        ({"outcome": "well", "on": timezone.localdate() - timedelta(days=91)}, "on", "最近 90 天"),
        ({"outcome": "well", "answers": {}}, "q_alone_health", "请回答“身体怎么样”"),
        ({"outcome": "well", "answers": {("alone", "health"): "很好"}}, "q_alone_health", "不在可选范围里"),
        ({"outcome": "well", "answers": {**SAID, ("alone", "food"): "也许"}}, "q_alone_food", "不在可选范围里"),
        ({"outcome": "well", "answers": {**SAID, ("alone", "need"): "米" * 201}}, "q_alone_need", "最多写 200 字"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, changes: dict[str, Any], field: str, words: str) -> None:
    groups(cast)
    row = due(cast)
    found = Found(**{"note": "", "answers": SAID, **changes})
    with pytest.raises(Invalid) as refused:
        visit_make(actor=cast.actor("grid_worker"), resident=row.id, found=found)
    assert words in refused.value.fields[field][0]
    assert not Visit.objects.exists()


def test_what_was_not_asked_is_not_kept(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    made = make(cast, row, answers={**SAID, ("correction", "place"): "某处", ("alone", "other"): "x"})
    assert json.loads(Asked.objects.get(visit=made).answers) == {"health": "好", "food": "no"}


@pytest.mark.parametrize(
    ("who", "error"),
    [("other_worker", NotFound), ("county_leader", NotFound), ("auditor", NotFound), ("command_centre", Forbidden)],
)
def test_nobody_else_writes_it(cast: Cast, who: str, error: type[Exception]) -> None:
    groups(cast)
    row = due(cast)
    with pytest.raises(error):
        make(cast, row, by=who)
    assert not Visit.objects.exists()


def test_nobody_is_visited_who_need_not_be(cast: Cast) -> None:
    groups(cast)
    row = resident(cast)
    with pytest.raises(Conflict, match=NOT_PLANNED[:8]):
        make(cast, row)
    one = member(cast, row)
    membership_end(
        actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="子女回来"
    )
    with pytest.raises(Conflict):
        make(cast, row)
    kept = make(cast, row, late=True, answers={})
    assert not Asked.objects.filter(visit=kept).exists(), "written down without a signal: it is not lost"


def test_somebody_who_lives_elsewhere_is_no_case_of_this_county(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    happen(cast, row, "left", lives_elsewhere="江苏省南京市")
    made = make(cast, row, "need", report=True)
    assert made.case is not None, "registered here: the village follows it up"
    assert made.case.area_id == cast.areas["g1"].id


def test_the_trail_agrees_and_holds_no_word(cast: Cast) -> None:
    groups(cast)
    make(cast, due(cast), "need", report=True)
    found = [line for line in verify_county(cast.county.id).findings if "走访" in line]
    assert found == []
    Visit.objects.update(outcome="well")
    assert any("走访" in line for line in verify_county(cast.county.id).findings)


def test_words_lie_sealed(cast: Cast) -> None:
    groups(cast)
    make(cast, due(cast), "need")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM visits_visit WHERE county_id = 341181")
        (note,) = cursor.fetchone()
        cursor.execute('SELECT answers, "group" FROM visits_asked WHERE county_id = 341181')
        (answers, group) = cursor.fetchone()
    assert "漏雨" not in note
    assert "health" not in answers
    assert "alone" not in group


def test_statements_do_not_grow_with_what_is_there(cast: Cast, django_assert_max_num_queries: Any) -> None:
    groups(cast)
    first = due(cast)
    for order in range(110, 114):
        due(cast, order=order, name="李四")
    Membership.objects.update(due_on=ago(1))
    with django_assert_max_num_queries(45):
        make(cast, first)
