"""A kind that the code has never heard of: loaded from files, it is in form, API, list, clock, route and stage."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from shanzhi.areas.models import Unit
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.lib.times import SHANGHAI
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.services import definition_publish
from tests.cast import SINCE, Cast, report

PACK = Path(__file__).parent / "packs/unseen"
ANSWERS = {"what": "古树", "age": 320, "harm": ["虫蛀"], "keeper": {"name": "王守林"}, "falling": "不是"}


@pytest.fixture
def unseen(cast: Cast) -> Cast:
    """The pack is in, and so are the units that it names."""
    for place, name in (("t1", "镇林业站"), ("county", "自然资源和规划局")):
        Unit.objects.create(area=cast.areas[place], kind="department", code=f"F{place}", name=name, valid_from=SINCE)
    call_command("load_pack", str(PACK), county=str(cast.county.id), stdout=StringIO())
    return cast


def send(cast: Cast, who: str, path: str, body: dict[str, Any]) -> Any:
    return cast[who].client().post(
        f"/api/v1/{cast.county.id}{path}", json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": uuid4().hex},
    )  # fmt: skip


def test_it_is_in_the_form_with_its_questions(unseen: Cast) -> None:
    client = unseen["grid_worker"].client()
    page = client.get(reverse("cases:report", args=[unseen.county.id]))
    assert "古树古桥保护" in text_of(page)
    sent = {"area": unseen.areas["g1"].code, "body": "村口老槐树空心了", "kind": "heritage", "outcome": "report",
            "idempotency_key": uuid4().hex}  # fmt: skip
    asked = client.post(reverse("cases:report", args=[unseen.county.id]), sent)
    assert asked.status_code == 422
    assert "是什么" in text_of(asked)
    assert "村口老槐树空心了" in asked.content.decode()
    done = client.post(
        reverse("cases:report", args=[unseen.county.id]),
        {**sent, "asked": "heritage", "a_what": "老井", "a_falling": "不是"},
    )
    assert done.status_code == 302, text_of(done)
    assert Case.objects.get().answers["what"] == "老井"


def test_it_is_in_the_api_from_its_questions_to_its_close(unseen: Cast) -> None:
    told = unseen["grid_worker"].client().get(f"/api/v1/{unseen.county.id}/kinds/heritage").json()
    assert [field["type"] for field in told["fields"]][:4] == ["choice", "number", "choices", "date"]
    body = {"body": "老槐树空心了", "kind": "heritage", "area": unseen.areas["g1"].code, "answers": ANSWERS}
    stopped = send(unseen, "grid_worker", "/cases", {**body, "answers": {**ANSWERS, "falling": "是"}})
    assert stopped.status_code == 422
    assert "119" in stopped.json()["detail"]
    assert send(unseen, "grid_worker", "/cases", {**body, "answers": {**ANSWERS, "colour": "绿"}}).status_code == 422
    made = send(unseen, "grid_worker", "/cases", body).json()
    assert (made["kind"], made["kind_label"], made["answers"]["age"]) == ("heritage", "古树古桥保护", 320)


def test_it_is_in_the_list_and_its_filter(unseen: Cast) -> None:
    report(unseen, kind="heritage", answers=ANSWERS, body="老槐树空心了")
    report(unseen, body="路灯坏了")
    page = unseen["village_clerk"].client().get(f"{reverse('cases:list', args=[unseen.county.id])}?kind=heritage")
    assert "老槐树空心了" in text_of(page)
    assert "路灯坏了" not in text_of(page)


def test_its_clock_its_route_and_its_stage_work(unseen: Cast) -> None:
    friday = datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)
    case = report(unseen, kind="heritage", answers=ANSWERS, at=friday)
    assert case.due_at == datetime(2026, 11, 23, 11, 0, tzinfo=SHANGHAI)  # 1.5 hours on Friday, 2.5 on Monday
    act(unseen, "village_clerk", "escalate", case, text="要镇里来", at=friday)
    act(unseen, "township_officer", "accept", case, at=friday)
    form = unseen["township_officer"].client().get(address(case, "dispatch-create"))
    assert "应派给镇城建中心，配合：镇林业站" in text_of(form)
    lead, helper = Unit.objects.get(name="镇城建中心"), Unit.objects.get(name="镇林业站")
    given = act(unseen, "township_officer", "dispatch", case, unit=lead, helpers=[helper], at=friday)
    assert given.due_at == datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI)  # three working days after Friday
    assert set(Assignment.objects.filter(case=case).values_list("role", flat=True)) == {"lead", "helper"}
    begun = act(unseen, "department_handler", "start", case, at=friday)
    assert begun.stage == "measure"
    done = act(unseen, "department_handler", "handle", case, text="已围护并挂牌。", at=friday)
    assert (done.state, done.stage) == ("handled", "")


def test_a_case_keeps_the_version_that_it_began_with(unseen: Cast) -> None:
    old = report(unseen, kind="heritage", answers=ANSWERS)
    now = Version.objects.get(code="heritage")
    body = {**now.body, "label": "文物古树保护", "acts_off": ["escalate"], "fields": [], "papers": []}
    definition_publish(
        actor=unseen.actor("system_admin"), family="case_kind", code="heritage", body=body, origin="edited",
        expected=1, note="合并两类",
    )  # fmt: skip
    new = report(unseen, kind="heritage")
    assert [kind_of(Case.objects.get(id=one.id)).label for one in (old, new)] == ["古树古桥保护", "文物古树保护"]
    clerk = unseen.actor("village_clerk")
    assert case_act(
        actor=clerk, case=case_get_for(clerk, old.number), act=Act.ESCALATE, version=1, text="要镇里"
    ).raised
    page = unseen["village_clerk"].client().get(address(new))
    assert "请上级办" not in text_of(page)
    assert kinds_now()["heritage"].number == 2


BROKEN = {
    "an unknown field": ("hint: 古树、古桥、老井、碑刻", "hints: 古树", "heritage.yaml:5"),
    "a cycle of stages": (
        "{code: measure, label: 测量登记}",
        "{code: measure, label: 测量登记, next: [measure]}",
        "环",
    ),
    "a clock without a unit": ("handle: 3 working days", "handle: 3", "单位"),
    "a unit that nobody knows": ("[镇城建中心, 镇林业站]", "[镇城建中心, 镇园林站]", "镇园林站"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pack_changes_nothing(unseen: Cast, tmp_path: Path, name: str) -> None:
    old, new, words = BROKEN[name]
    folder = tmp_path / "case_kind"
    folder.mkdir()
    (tmp_path / "pack.yaml").write_text((PACK / "pack.yaml").read_text())
    text = (PACK / "case_kind/heritage.yaml").read_text()
    assert old in text
    (folder / "heritage.yaml").write_text(text.replace(old, new))
    before = list(Definition.objects.order_by("id").values_list("id", "digest"))
    said = StringIO()
    with pytest.raises((CommandError, SystemExit)) as refusal:
        call_command("load_pack", str(tmp_path), county=str(unseen.county.id), stdout=said, stderr=said)
    told = said.getvalue() + str(refusal.value)
    assert "case_kind/heritage.yaml:" in told
    assert words in told
    assert list(Definition.objects.order_by("id").values_list("id", "digest")) == before


def test_a_unit_that_was_abolished_since_is_named(unseen: Cast, tmp_path: Path) -> None:
    Unit.objects.filter(name="镇林业站").update(valid_to=SINCE)
    said = StringIO()
    with pytest.raises((CommandError, SystemExit)) as refusal:
        call_command("load_pack", str(PACK), county=str(unseen.county.id), stdout=said, stderr=said)
    told = said.getvalue() + str(refusal.value)
    assert "heritage.yaml:" in told
    assert "镇林业站" in told


def test_it_goes_out_as_it_came_in(unseen: Cast, tmp_path: Path) -> None:
    call_command("export_pack", str(tmp_path), county=str(unseen.county.id), stdout=StringIO())
    assert (tmp_path / "case_kind/heritage.yaml").read_bytes() == (PACK / "case_kind/heritage.yaml").read_bytes()
