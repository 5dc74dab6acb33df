"""Routes of a kind when a case is accepted and dispatched."""

from typing import Any

from django.utils import timezone

from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.services.routes import route_of
from shanzhi.cases.tests.pages import act, address, report, text_of
from shanzhi.cases.tests.suggesting.history import taught
from shanzhi.packs.calendars import calendar_now
from tests.cast import Cast
from tests.kinds import kind_add


def kind(code: str, *routes: dict[str, Any]) -> str:
    kind_add(code, {"label": f"测试{code}", "routes": list(routes)})
    return code


def test_a_route_that_needs_nobody_dispatches_on_acceptance(cast: Cast) -> None:
    case = act(cast, "village_clerk", "accept", report(cast, kind=kind("auto", {"areas": "grid", "auto": True})))
    assert (case.state, case.turn_area_id) == (State.DISPATCHED, cast.areas["g1"].id)
    step = Step.objects.get(case=case, act="accept")
    assert step.target == "按规则派给第一网格，7 天"
    assert Assignment.objects.get(case=case).area_id == cast.areas["g1"].id


def test_a_route_of_two_units_fills_the_form_in(cast: Cast) -> None:
    code = kind("two", {"units": ["镇城建中心"]}, {"areas": "village"})
    case = act(cast, "village_clerk", "escalate", report(cast, kind=code), text="要镇里来")
    act(cast, "township_officer", "accept", case)
    page = cast["township_officer"].client().get(address(case, "dispatch-create"))
    assert "按“测试two”的规则应派给镇城建中心，可以改。" in text_of(page)
    assert f'value="unit:{cast.units["t1"].id}"' in page.content.decode()


def test_a_route_that_the_level_cannot_take_is_none(cast: Cast) -> None:
    case = report(cast, kind=kind("up", {"units": ["镇城建中心"], "auto": True}))
    assert route_of(case, timezone.now(), calendar_now()) is None  # the village has no such unit
    accepted = act(cast, "village_clerk", "accept", case)
    assert accepted.state == State.ACCEPTED


def test_the_answers_choose_the_route(cast: Cast) -> None:
    field = {"code": "what", "label": "什么", "type": "choice", "choices": ["灯", "水"], "required": True}
    routes = [{"areas": "grid", "answers": {"what": ["灯"]}}]
    kind_add("asked", {"label": "有问有答", "fields": [field], "routes": routes})
    lamp = report(cast, kind="asked", answers={"what": "灯"})
    water = report(cast, kind="asked", answers={"what": "水"})
    assert route_of(lamp, timezone.now(), calendar_now()) is not None
    assert route_of(Case.objects.get(id=water.id), timezone.now(), calendar_now()) is None


def test_without_a_route_the_form_says_who_usually_handles_such_things(cast: Cast) -> None:
    taught(cast, 60, families=("unit",), unit=cast.units["county"])
    case = report(cast, body="自来水停了两天，水管破了")
    act(cast, "village_clerk", "escalate", case, text="要镇里来")
    act(cast, "township_officer", "escalate", case, text="要县里来")
    act(cast, "county_centre", "accept", case)
    page = cast["county_centre"].client().get(address(case, "dispatch-create"))
    assert "像这样的事，以前多半是县住建局办的。" in text_of(page)
    assert "checked" not in page.content.decode().split('id="id_target"')[-1].split("id_limit")[0]
