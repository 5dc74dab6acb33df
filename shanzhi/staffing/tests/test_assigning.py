"""Appointing, correcting, another term, going on and ending: by whom, with which words, and what stays written."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Stale
from shanzhi.staffing import services
from shanzhi.staffing.models import Assignment, AssignmentAct
from shanzhi.staffing.phones import phone_index
from shanzhi.staffing.services import Details, Term
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from shanzhi.trail.models import Entry
from tests.cast import Cast

WHO = Details("孙志平", "杨村派出所", "139 5550 1234", "杨政发〔2026〕3 号")


def add(cast: Cast, **changes: Any) -> Assignment:
    call: dict[str, Any] = {
        "actor": cast.actor("village_clerk"), "role": "police", "place": cast.areas["v1"].code, "details": WHO,
        "term": Term(TODAY, days(365)), "at": NOW, **changes,
    }  # fmt: skip
    return services.assignment_add(**call)


def acts(row: Assignment) -> list[str]:
    return list(AssignmentAct.objects.filter(assignment_id=row.id).order_by("at", "id").values_list("act", flat=True))


def sentence(error: pytest.ExceptionInfo[DomainError], field: str) -> str:
    return error.value.fields[field][0]


def test_an_appointment_is_kept_with_its_history_and_its_trail(cast: Cast) -> None:
    row = add(cast)
    assert (row.name, row.area_path, row.state_on(TODAY)) == ("孙志平", cast.areas["v1"].path, "live")
    assert acts(row) == ["appointed"]
    act = AssignmentAct.objects.get()
    assert (act.note, act.actor_name) == ("杨政发〔2026〕3 号", cast["village_clerk"].user.name)
    assert "张庄村" in act.actor_post
    codes = set(Entry.objects.values_list("code", flat=True))
    assert {"staffing.assignment.appointed", "staffing.assignment.act"} <= codes


def test_the_phone_lies_sealed_and_is_compared_by_its_index(cast: Cast) -> None:
    row = Assignment.objects.get(id=add(cast).id)
    assert row.phone == "13955501234"
    assert row.phone_index == phone_index("13955501234") != phone_index("13955501235")
    raw = Assignment.objects.extra(select={"raw": "phone"}).values_list("raw", flat=True)[0]
    assert "13955501234" not in raw
    assert "phone" not in Assignment.TRAIL_FIELDS
    assert "phone_index" in Assignment.TRAIL_FIELDS


def test_who_has_no_number_has_no_index() -> None:
    assert phone_index("") == ""


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"details": replace(WHO, name="  ")}, "name", "请填姓名"),
        ({"details": replace(WHO, name="长" * 41)}, "name", "最多写 40 字"),
        ({"details": replace(WHO, organisation="长" * 61)}, "organisation", "最多写 60 字"),
        ({"details": replace(WHO, source="长" * 101)}, "source", "最多写 100 字"),
        ({"details": replace(WHO, phone="12345")}, "phone", "电话不对"),
        ({"term": Term(TODAY, days(-1))}, "valid_to", "不能早于任期开始"),
        ({"term": Term(days(-9), days(-1))}, "valid_to", "不能早于今天"),
        ({"term": Term(date(1900, 1, 1))}, "valid_from", "年份不对"),
        ({"term": Term(TODAY, date(2200, 1, 1))}, "valid_to", "年份不对"),
        ({"role": "king"}, "role", "请选岗位"),
        ({"role": "leader"}, "role", "安全管理员"),
        ({"role": "chief", "place": "g1"}, "place", "总网格长设在"),
        ({"place": ""}, "place", "请选一个现行的地方"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, changes: Any, field: str, words: str) -> None:
    if changes.get("place"):
        changes = {**changes, "place": cast.areas[changes["place"]].code}
    with pytest.raises(Invalid) as error:
        add(cast, **changes)
    assert words in sentence(error, field)
    assert not Assignment.objects.exists()


def test_nobody_appoints_outside_of_the_own_places(cast: Cast) -> None:
    for place in ("v3", "t1", "county"):
        with pytest.raises(NotFound):
            add(cast, place=cast.areas[place].code)
    with pytest.raises(Forbidden):
        add(cast, actor=cast.actor("supervisor"))
    assert add(cast, actor=cast.actor("township_officer"), place=cast.areas["g2"].code, role="instructor").id


def test_the_same_key_appoints_once_and_another_body_under_it_is_refused(cast: Cast) -> None:
    first = add(cast, key="k1")
    assert add(cast, key="k1").id == first.id
    assert Assignment.objects.count() == 1
    with pytest.raises(Invalid) as error:
        add(cast, key="k1", details=replace(WHO, name="别人"))
    assert error.value.code == "idempotency_key_reused"


def test_the_same_person_twice_is_a_conflict_but_a_namesake_is_not(cast: Cast) -> None:
    add(cast)
    with pytest.raises(Conflict) as error:
        add(cast)
    assert "续任" in error.value.message
    with pytest.raises(Conflict):
        add(cast, details=replace(WHO, phone=""))  # nobody knows that it is another one
    assert add(cast, details=replace(WHO, phone="13955501299")).id
    assert add(cast, place=cast.areas["g1"].code, role="police").id
    assert add(cast, term=Term(days(366))).id  # afterwards


def test_a_correction_keeps_the_phone_that_nobody_typed_again(cast: Cast) -> None:
    row = add(cast)
    clerk = cast.actor("village_clerk")
    row = services.assignment_correct(
        actor=clerk, number=row.id, version=1, details=Details("孙志萍", "杨村派出所", "", WHO.source), at=NOW
    )
    assert (row.name, row.phone, row.version) == ("孙志萍", "13955501234", 2)
    assert AssignmentAct.objects.get(act="corrected").note == "姓名"
    row = services.assignment_correct(
        actor=clerk, number=row.id, version=2, details=Details("孙志萍"), keep_phone=False, at=NOW
    )
    assert (row.phone, row.phone_index, row.organisation) == ("", "", "")
    assert AssignmentAct.objects.filter(act="corrected").order_by("-id")[0].note == "单位、电话、任命依据"


def test_who_saw_an_older_version_changes_nothing(cast: Cast) -> None:
    row = add(cast)
    clerk = cast.actor("village_clerk")
    services.assignment_set_term(actor=clerk, number=row.id, version=1, term=Term(TODAY), reason="改长", at=NOW)
    for call in (
        lambda: services.assignment_end(actor=clerk, number=row.id, version=1, reason="调离", at=NOW),
        lambda: services.assignment_correct(actor=clerk, number=row.id, version=1, details=WHO, at=NOW),
        lambda: services.assignment_renew(actor=clerk, number=row.id, version=1, valid_to=days(9), at=NOW),
    ):
        with pytest.raises(Stale) as error:
            call()
        assert "填的内容还在" in error.value.message
    assert acts(row) == ["appointed", "term"]


def test_a_term_needs_a_reason_and_ends_not_before_today(cast: Cast) -> None:
    row = add(cast)
    clerk = cast.actor("village_clerk")
    with pytest.raises(Invalid) as error:
        services.assignment_set_term(actor=clerk, number=row.id, version=1, term=Term(TODAY), reason=" ", at=NOW)
    assert sentence(error, "reason") == "请写明变更任期的原因。"
    with pytest.raises(Invalid) as error:
        services.assignment_set_term(
            actor=clerk, number=row.id, version=1, term=Term(days(-9), days(-1)), reason="x", at=NOW
        )
    assert "不能早于今天" in sentence(error, "valid_to")
    row = services.assignment_set_term(
        actor=clerk, number=row.id, version=1, term=Term(days(-30), days(5)), reason="登记时写错", key="t", at=NOW
    )
    assert (row.valid_from, row.valid_to) == (days(-30), days(5))
    again = services.assignment_set_term(
        actor=clerk, number=row.id, version=1, term=Term(days(-30), days(5)), reason="登记时写错", key="t", at=NOW
    )
    assert again.version == 2


def test_going_on_moves_the_end_of_a_running_term(cast: Cast) -> None:
    row = add(cast, term=Term(days(-300), days(20)))
    clerk = cast.actor("village_clerk")
    for wrong in (days(20), days(10)):
        with pytest.raises(Invalid) as error:
            services.assignment_renew(actor=clerk, number=row.id, version=1, valid_to=wrong, at=NOW)
        assert "现在的任期以后" in sentence(error, "valid_to")
    same = services.assignment_renew(
        actor=clerk, number=row.id, version=1, valid_to=days(385), source="换届会议", at=NOW
    )
    assert (same.id, same.valid_from, same.valid_to, same.source) == (row.id, days(-300), days(385), "换届会议")
    assert acts(row) == ["appointed", "renewed"]
    endless = services.assignment_renew(actor=clerk, number=row.id, version=2, valid_to=None, at=NOW)
    with pytest.raises(Invalid):  # nothing goes on after a term without an end
        services.assignment_renew(actor=clerk, number=endless.id, version=3, valid_to=days(999), at=NOW)


def test_going_on_after_the_end_is_a_new_row_so_that_the_gap_stays(cast: Cast) -> None:
    row = add(cast, term=Term(days(-300), days(3)))
    later, clerk = NOW + timedelta(days=30), cast.actor("village_clerk")
    new = services.assignment_renew(actor=clerk, number=row.id, version=1, valid_to=days(400), key="again", at=later)
    assert new.id != row.id
    assert (new.name, new.phone, new.valid_from) == (row.name, "13955501234", days(30))
    assert Assignment.objects.get(id=row.id).valid_to == days(3)
    repeated = services.assignment_renew(
        actor=clerk, number=row.id, version=1, valid_to=days(400), key="again", at=later
    )
    assert repeated.id == new.id
    with pytest.raises(Conflict):
        services.assignment_renew(actor=clerk, number=row.id, version=1, valid_to=days(400), at=later)
    with pytest.raises(Stale):
        services.assignment_renew(actor=clerk, number=row.id, version=7, valid_to=days(900), at=later)


def test_an_end_has_a_reason_and_a_day_that_has_come(cast: Cast) -> None:
    row = add(cast, term=Term(days(-300), days(300)))
    clerk = cast.actor("village_clerk")
    for on, field, words in ((days(1), "on", "不能晚于今天"), (days(-301), "on", "不能早于任期开始")):
        with pytest.raises(Invalid) as error:
            services.assignment_end(actor=clerk, number=row.id, version=1, on=on, reason="调离", at=NOW)
        assert words in sentence(error, field)
    with pytest.raises(Invalid):
        services.assignment_end(actor=clerk, number=row.id, version=1, reason="长" * 201, at=NOW)
    row = services.assignment_end(actor=clerk, number=row.id, version=1, on=days(-2), reason="调离", key="e", at=NOW)
    assert [row.state_on(days(-3)), row.state_on(days(-2)), row.state_on(TODAY)] == ["live", "ended", "ended"]
    assert Assignment.objects.count() == 1
    again = services.assignment_end(actor=clerk, number=row.id, version=1, on=days(-2), reason="调离", key="e", at=NOW)
    assert again.version == 2
    with pytest.raises(Conflict) as conflict:
        services.assignment_end(actor=clerk, number=row.id, version=2, reason="再来", at=NOW)
    assert conflict.value.code == "assignment_over"


def test_what_has_not_begun_may_be_called_off(cast: Cast) -> None:
    row = add(cast, term=Term(days(10), days(300)))
    assert row.state_on(TODAY) == "coming"
    row = services.assignment_end(actor=cast.actor("village_clerk"), number=row.id, version=1, reason="不去了", at=NOW)
    assert row.state_on(days(20)) == "ended"


def test_only_the_level_that_may_appoint_there_changes_it(cast: Cast) -> None:
    town = add(cast, actor=cast.actor("township_officer"), place=cast.areas["t1"].code, role="chief")
    with pytest.raises(Forbidden) as error:  # the village sees its township's staff, and may not touch it
        services.assignment_end(actor=cast.actor("village_clerk"), number=town.id, version=1, reason="x", at=NOW)
    assert error.value.code == "above"
    with pytest.raises(NotFound):
        services.assignment_end(actor=cast.actor("other_clerk"), number=town.id, version=1, reason="x", at=NOW)
    with pytest.raises(Forbidden):
        services.assignment_end(actor=cast.actor("auditor"), number=town.id, version=1, reason="x", at=NOW)
    with pytest.raises(NotFound):
        services.assignment_end(actor=cast.actor("county_centre"), number=1, version=1, reason="x", at=NOW)


def test_many_at_once_are_checked_like_one(cast: Cast) -> None:
    grid = cast.areas["g1"]
    rows = [services.NewAssignment("instructor", grid, Details(f"指导员{n}", phone=f"1395550{n:04d}"), Term(TODAY))
            for n in range(3)]  # fmt: skip
    made = services.assignments_bulk_add(actor=cast.actor("county_centre"), rows=rows, at=NOW)
    assert Assignment.objects.filter(area_path=grid.path).count() == len(made) == 3
    assert AssignmentAct.objects.filter(act="appointed").count() == 3
    assert Entry.objects.filter(code="staffing.assignment.appointed").count() == 1
    with pytest.raises(Invalid):
        bad = [services.NewAssignment("leader", grid, Details("某人"), Term(TODAY))]
        services.assignments_bulk_add(actor=cast.actor("county_centre"), rows=bad, at=NOW)
    with pytest.raises(Forbidden):
        services.assignments_bulk_add(actor=cast.actor("auditor"), rows=rows, at=NOW)


def test_a_number_is_shown_for_a_purpose_and_that_stays_written(cast: Cast, appoint: Appoint) -> None:
    row = appoint(phone="13955501234")
    worker = cast.actor("grid_worker")
    for purpose, text in (("", ""), ("other", " "), ("case", "长" * 101)):
        with pytest.raises(Invalid):
            services.phone_show(actor=worker, number=row.id, purpose=purpose, text=text, at=NOW)
    assert row.shown.count() == 0
    for _ in range(2):
        shown = services.phone_show(actor=worker, number=row.id, purpose="case", key="once", at=NOW)
        assert shown.phone == "13955501234"
    look = row.shown.get()
    assert (look.purpose, look.user_id) == ("case", worker.user_id)
    assert "网格员" in look.by
    assert Entry.objects.filter(code="staffing.phone.shown").count() == 1
    with pytest.raises(Forbidden):
        services.phone_show(actor=cast.actor("auditor"), number=row.id, purpose="case", at=NOW)
    with pytest.raises(NotFound):
        services.phone_show(actor=cast.actor("other_worker"), number=row.id, purpose="case", at=NOW)
    with pytest.raises(Conflict):
        services.phone_show(actor=worker, number=appoint(name="没电话").id, purpose="case", at=NOW)
