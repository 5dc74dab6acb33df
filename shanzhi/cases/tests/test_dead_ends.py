"""A kind that only some roles may see never leaves a case where nobody could take the next step."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from shanzhi.areas.models import Unit
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.checks import faults_of
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.seeing import level_that_sees, office_sees, roles_text
from shanzhi.cases.services import Part
from shanzhi.cases.tests.pages import act, post, text_of
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.packs.families import Place
from tests.cast import Cast, report
from tests.kinds import kind_add


def body(*roles: str, **more: Any) -> dict[str, Any]:
    return {"label": "不公开的事", "seen_by": list(roles), **more}


@pytest.mark.parametrize(
    ("roles", "owner"),
    [(["village_clerk"], "v1"), (["township_officer"], "t1"), (["command_centre", "grid_worker"], "t1")],
)
def test_a_report_goes_to_the_nearest_level_whose_office_sees_it(cast: Cast, roles: Sequence[str], owner: str) -> None:
    kind_add("closed", body(*roles))
    case = report(cast, kind="closed")
    assert (case.owner_id, case.turn_area_id) == (cast.areas[owner].id, cast.areas[owner].id)
    assert (case.owner_path, case.raised) == (cast.areas[owner].path, 0)


def test_and_can_be_worked_to_its_end_there(cast: Cast) -> None:
    kind_add("closed", body("township_officer"))
    case = report(cast, kind="closed")
    for name, words in (("accept", {}), ("handle", {"text": "已经办好"}), ("verify", {}), ("close", {})):
        case = act(cast, "township_officer", name, case, **words)
    assert case.state == "closed"


def test_nobody_gives_it_a_kind_that_the_own_office_does_not_see(cast: Cast) -> None:
    kind_add("closed", body("township_officer"))
    case = report(cast)
    page = post(cast["village_clerk"].client(), case, "classify", kind="closed", text="应当保密")
    assert page.status_code == 422
    assert "请先请上级办" in text_of(page)
    act(cast, "village_clerk", "escalate", case, text="要保密")
    assert act(cast, "township_officer", "classify", case, kind="closed").kind == "closed"


def test_nor_a_part(cast: Cast) -> None:
    kind_add("closed", body("township_officer"))
    case = act(cast, "village_clerk", "accept", report(cast))
    with pytest.raises(Invalid, match="第 2 件的类别") as refusal:
        act(cast, "village_clerk", "split", case, parts=[Part("一"), Part("二", kind="closed")])
    assert list(refusal.value.fields) == ["parts.1.kind"]
    assert Case.objects.count() == 1


def test_it_goes_neither_up_nor_down_to_an_office_that_does_not_see_it(cast: Cast) -> None:
    kind_add("low", body("village_clerk"))
    with pytest.raises(Conflict, match="看不到"):
        act(cast, "village_clerk", "escalate", report(cast, kind="low"), text="办不了")
    kind_add("high", body("township_officer"))
    case = act(cast, "village_clerk", "escalate", report(cast), text="要镇里办")
    case = act(cast, "township_officer", "classify", case, kind="high")
    with pytest.raises(Conflict, match="请先改类别"):
        act(cast, "township_officer", "return", case, text="请村里办")


def test_a_route_to_somebody_who_does_not_see_it_is_none(cast: Cast) -> None:
    kind_add("closed", body("village_clerk", routes=[{"areas": "grid", "auto": True}]))
    case = act(cast, "village_clerk", "accept", report(cast, kind="closed"))
    assert (case.state, case.handler_area_id) == ("accepted", None)


def test_a_route_with_more_units_than_may_help_gives_it_to_the_first_ones(cast: Cast) -> None:
    names = []
    for number in range(12):
        unit = Unit(area=cast.areas["t1"], kind="department", code=f"U{number}", name=f"第{number}站",
                    valid_from=date(2020, 1, 1))  # fmt: skip
        unit.save()
        names.append(unit.name)
    kind_add("wide", {"label": "很多单位", "routes": [{"units": names, "auto": True}]})
    case = act(cast, "village_clerk", "escalate", report(cast, kind="wide"), text="要镇里")
    case = act(cast, "township_officer", "accept", case)
    assert case.state == "dispatched"
    assert Assignment.objects.filter(case=case, role="helper").count() == 8


def test_a_kind_that_no_office_sees_is_a_fault(cast: Cast) -> None:
    place = Place()
    said = [fault.sentence for fault in faults_of(KindBody.model_validate(body("grid_worker")), place)]
    assert any("没有人能受理" in one for one in said)
    assert not list(faults_of(KindBody.model_validate(body("grid_worker", "village_clerk")), place))


def test_what_happens_by_itself_is_never_off(cast: Cast) -> None:
    kind = KindBody.model_validate({"label": "一", "acts_off": [Act.RECKON.value]})
    faults = list(faults_of(kind, Place()))
    assert [fault.path for fault in faults] == [("acts_off", 0)]


@pytest.mark.parametrize("level", ["village", "township", "county"])
def test_everybody_sees_what_names_no_roles(level: str) -> None:
    assert office_sees("", level)
    assert not office_sees(roles_text(["grid_worker"]), level)


def test_where_no_office_sees_it_the_place_stays(cast: Cast) -> None:
    assert level_that_sees(roles_text(["auditor"]), cast.areas["v1"]) == cast.areas["v1"]
