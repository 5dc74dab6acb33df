"""Two villages become one while cases are open: the people of the new one go on, nothing is stranded, history stays."""

from datetime import date

from shanzhi.areas.services import area_merge
from shanzhi.cases import services
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.selectors import CaseFilter, Tab, case_get_for, case_list_for
from shanzhi.cases.timeline import step_title
from shanzhi.jobs.testing import drain
from shanzhi.trail.models import Entry
from tests.cast import Cast, report


def merge(cast: Cast, old: str = "v1", new: str = "v2") -> None:
    area = cast.areas[old]
    area.refresh_from_db()
    area_merge(
        actor=cast.actor("system_admin"), area=area, version=area.version, into=cast.areas[new], reason="撤并村",
        on=date(2026, 1, 1),
    )  # fmt: skip
    drain()
    cast.areas[old].refresh_from_db()


def test_an_open_case_passes_on_with_a_step_of_its_own(cast: Cast) -> None:
    case = report(cast)
    drain()
    due = case.due_at
    merge(cast)
    case = Case.objects.select_related("owner", "area").get(id=case.id)
    assert (case.owner_id, case.owner_path) == (cast.areas["v2"].id, cast.areas["v2"].path)
    assert (case.turn_area_id, case.state, case.due_at) == (cast.areas["v2"].id, State.REPORTED, due)
    assert case.area_path.startswith(cast.areas["v2"].path)
    step = Step.objects.get(case=case, act=Act.PASS)
    assert (step.version, step.actor_name) == (case.version, "系统")
    assert step_title(case, step) == "区划并入，转给李庄村"
    assert Entry.objects.filter(object_id=case.id, code="cases.case.passed").count() == 1


def test_people_of_either_village_may_go_on(cast: Cast) -> None:
    case = report(cast)
    merge(cast)
    clerk = cast.actor("village_clerk")  # the post is still that of the old village
    seen = case_get_for(clerk, case.number)
    assert Act.ACCEPT in acts_for(clerk, seen)
    done = services.case_accept(actor=clerk, case=seen, version=seen.version)
    assert done.state == State.ACCEPTED


def test_what_a_village_had_to_handle_is_handled_by_the_new_one(cast: Cast) -> None:
    officer = cast.actor("township_officer")
    case = report(cast, by="township_officer", place="v1")
    case = services.case_accept(actor=officer, case=case, version=1)
    services.case_dispatch(actor=officer, case=case, version=2, area=cast.areas["v1"])
    merge(cast)
    case.refresh_from_db()
    new = cast.areas["v2"].id
    assert (case.handler_area_id, case.turn_area_id) == (new, new)
    assert Assignment.objects.get(case=case).area_id == new


def test_ended_cases_stay_what_they_were_and_are_still_seen(cast: Cast) -> None:
    case = report(cast)
    services.case_reject(actor=cast.actor("village_clerk"), case=case, version=1, text="重复上报")
    merge(cast)
    case.refresh_from_db()
    assert (case.owner_id, case.version) == (cast.areas["v1"].id, 2)
    rows = case_list_for(
        cast.actor("township_officer"), CaseFilter(tab=Tab.ENDED, area=cast.areas["v2"]), now=case.ended_at
    )
    assert list(rows) == [case]


def test_passing_on_twice_does_nothing_more(cast: Cast) -> None:
    case = report(cast)
    merge(cast)
    case.refresh_from_db()
    again = services.cases_pass_on(
        actor=cast.actor("system_admin"), old=cast.areas["v1"], new=cast.areas["v2"], at=case.received_at
    )
    assert again == 0
    assert Step.objects.filter(case=case, act=Act.PASS).count() == 1
