"""The pages of those who keep the gate, and their JSON twins."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.cases.models import Block, Case, Held
from shanzhi.cases.tests.gate.people import send, visitor
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from tests.cast import Cast, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def flooded(cast: Cast, settings: Any) -> list[Held]:
    settings.GATE = {"normal": 1000, "village": 0, "county": 1000}
    found = [send(cast, body="低价出售正品保健酒，量大从优，加微信立即送货上门。").held for _ in range(3)]
    found.append(send(cast, body="村西头的桥栏杆断了一截，孩子上学要从这里过。").held)
    return [one for one in found if one is not None]


def path(name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=[341181, *args])


@pytest.fixture
def officer(cast: Cast) -> Client:
    return cast["township_officer"].client()


def test_groups_with_what_can_be_done(officer: Client, flooded: list[Held]) -> None:
    page = officer.get(path("held")).content.decode()
    for words in ("待甄别", "一共 <b>4</b> 件", "分成 <b>2</b> 组", "3 件，内容相近", "受理登记这 3 件", "张庄村"):
        assert words in page, words
    by_sender = officer.get(path("held"), {"by": "sender"}).content.decode()
    assert "分成 <b>4</b> 组" in by_sender
    assert flooded[0].device not in page + by_sender
    assert flooded[0].address not in page + by_sender
    for odd in ({"by": "x"}, {"page": "99"}, {"page": "x"}, {"page": "0"}):
        assert officer.get(path("held"), odd).status_code == 200


def test_nothing_waits(officer: Client) -> None:
    assert "没有等着甄别的反映" in officer.get(path("held")).content.decode()
    assert "90 天内没有不登记的反映" in officer.get(path("held"), {"tab": "aside"}).content.decode()
    answer = officer.post(path("held-release"), {"by": "all"})
    assert answer.status_code == 409


def test_one_is_released_at_once(officer: Client, flooded: list[Held]) -> None:
    page = officer.get(path("held-one", flooded[3].id)).content.decode()
    assert "村西头的桥栏杆" in page
    answer = officer.post(path("held-release"), {"held": flooded[3].id, "by": "one"}, follow=True)
    case = Case.objects.get()
    assert f"已登记，编号 {case.number}" in answer.content.decode()
    assert case.number in officer.get(path("held-one", flooded[3].id)).content.decode()
    assert officer.post(path("held-release"), {"held": flooded[3].id, "by": "one"}).status_code == 409


def test_a_group_is_released_as_a_job(officer: Client, flooded: list[Held]) -> None:
    answer = officer.post(path("held-release"), {"held": flooded[0].id, "by": "likeness", "idempotency_key": "k"})
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:job", args=[341181, job.id])
    drain()
    assert Case.objects.count() == 3
    assert "受理登记 3 件" in officer.get(answer["Location"]).content.decode()


def test_all_are_released(officer: Client, flooded: list[Held]) -> None:
    officer.post(path("held-release"), {"by": "all"})
    drain()
    assert Case.objects.count() == 4


def test_a_group_is_put_aside_with_a_reason(officer: Client, flooded: list[Held]) -> None:
    sent = {"held": flooded[0].id, "by": "likeness", "text": "卖酒的"}
    again = officer.post(path("held-discard"), sent)
    assert again.status_code == 422
    assert "请选不登记的原因" in again.content.decode()
    assert "卖酒的" in again.content.decode()
    assert "同组 3 件都不登记" in again.content.decode()
    officer.post(path("held-discard"), {**sent, "reason": "advert"})
    drain()
    assert Held.objects.filter(state="discarded", reason="advert", text="卖酒的").count() == 3
    page = officer.get(path("held"), {"tab": "aside"}).content.decode()
    assert page.count("广告、诈骗信息") == 3
    single = officer.post(path("held-discard"), {"held": flooded[3].id, "by": "one", "reason": "empty"}, follow=True)
    assert "反映人查进度时会看到原因" in single.content.decode()


def test_a_way_of_choosing_that_there_is_not(officer: Client, flooded: list[Held]) -> None:
    assert officer.post(path("held-release"), {"held": flooded[0].id, "by": "x"}).status_code == 422
    assert officer.post(path("held-release"), {"held": "x"}).status_code == 409
    assert officer.post(path("held-release"), {"held": "77"}).status_code == 404


def test_the_case_leads_to_its_source_and_a_block(officer: Client, cast: Cast) -> None:
    who = visitor()
    case = send(cast, who, phone="13955501234").case
    assert case is not None
    assert path("case-blocks", case.number) in officer.get(path("case", case.number)).content.decode()
    assert (
        path("case-blocks", case.number)
        not in cast["village_clerk"].client().get(path("case", case.number)).content.decode()
    )
    page = officer.get(path("case-blocks", case.number)).content.decode()
    assert "这个手机（浏览器）</b> 30 天内反映 1 件" in page
    for secret in (who.device, who.address, "13955501234"):
        assert secret not in page
    sent = {"what": "address", "reason": "flood", "text": "一小时发了八遍", "days": "7", "idempotency_key": "k"}
    refused = officer.post(path("case-blocks", case.number), sent)
    assert refused.status_code == 422
    assert "一整个村" in refused.content.decode()
    assert "一小时发了八遍" in refused.content.decode()
    for _ in range(2):
        answer = officer.post(path("case-blocks", case.number), {**sent, "what": "device"})
        assert answer.status_code == 302
        break
    block = Block.objects.get()
    shown = officer.get(path("block", block.id)).content.decode()
    for words in ("限制中", "短时间内大量重复反映", "一小时发了八遍", case.number, "东镇"):
        assert words in shown, words
    assert officer.post(path("case-blocks", case.number), {}).status_code == 422


def test_what_staff_reported_has_no_source(officer: Client, cast: Cast) -> None:
    case = report(cast)
    assert "没有可以限制的来处" in officer.get(path("case-blocks", case.number)).content.decode()
    assert officer.post(path("case-blocks", case.number), {"what": "device"}).status_code == 409
    assert path("case-blocks", case.number) not in officer.get(path("case", case.number)).content.decode()


@pytest.fixture
def block(cast: Cast, officer: Client) -> Block:
    case = send(cast).case
    assert case is not None
    officer.post(path("case-blocks", case.number), {"what": "device", "reason": "abuse", "text": "=骂人", "days": "1"})
    return Block.objects.get()


def test_extended_and_lifted(officer: Client, block: Block) -> None:
    assert officer.post(path("block-extend", block.id), {"version": 1}).status_code == 422
    assert officer.post(path("block-extend", block.id), {"version": 1, "days": "7"}).status_code == 302
    assert officer.post(path("block-extend", block.id), {"version": 1, "days": "7"}).status_code == 409
    assert officer.post(path("block-lift", block.id), {"version": 2}).status_code == 422
    assert officer.post(path("block-lift", block.id), {"version": 2, "text": "道过歉了"}).status_code == 302
    page = officer.get(path("block", block.id)).content.decode()
    assert "已解除" in page
    assert "道过歉了" in page
    assert "延长限制" not in page


def test_the_list_and_its_export(officer: Client, block: Block) -> None:
    page = officer.get(path("blocks")).content.decode()
    assert "辱骂、威胁" in page
    assert block.digest not in page
    assert "没有符合条件的限制" in officer.get(path("blocks"), {"state": "over"}).content.decode()
    assert officer.get(path("blocks"), {"q": "骂人"}).content.decode().count("table-cards") == 1
    text = officer.get(path("blocks-export")).content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert len(rows) == 2
    assert rows[1][3] == "'=骂人"
    assert block.digest not in text


def api(client: Client, method: str, where: str, body: Any = None) -> Any:
    address = f"/api/v1/341181/{where}"
    if method == "GET":
        return client.get(address)
    return client.post(address, json.dumps(body), content_type="application/json")


def test_programs_judge_too(officer: Client, flooded: list[Held]) -> None:
    listed = api(officer, "GET", "held").json()
    assert listed["total"] == 4
    assert [one["count"] for one in listed["items"]] == [3, 1]
    assert "保健酒" in listed["items"][0]["body"]
    first, second = listed["items"]
    started = api(officer, "POST", "held/discards", {"held": first["held"], "by": "likeness", "reason": "advert"})
    assert (started.status_code, started.json()["total"]) == (201, 3)
    assert api(officer, "POST", "held/releases", {"held": second["held"]}).status_code == 201
    drain()
    assert (Held.objects.filter(state="discarded").count(), Case.objects.count()) == (3, 1)
    assert api(officer, "POST", "held/releases", {"by": "all"}).status_code == 409
    assert api(officer, "POST", "held/releases", {"held": "7"}).status_code == 404


def test_programs_block_too(officer: Client, cast: Cast) -> None:
    case = send(cast).case
    assert case is not None
    sources = api(officer, "GET", f"cases/{case.number}/sources").json()
    assert {one["what"]: one["reports"] for one in sources} == {"device": 1, "address": 1}
    body = {"what": "device", "reason": "false", "text": "编的", "days": 1}
    made = api(officer, "POST", f"cases/{case.number}/blocks", body)
    assert made.status_code == 201
    number = made.json()["id"]
    assert api(officer, "POST", f"cases/{case.number}/blocks", body).status_code == 409
    assert api(officer, "POST", f"blocks/{number}/extensions", {"version": 1, "days": 7}).json()["version"] == 2
    assert api(officer, "POST", f"blocks/{number}/lifts", {"version": 1, "text": "x"}).status_code == 409
    assert api(officer, "POST", f"blocks/{number}/lifts", {"version": 2, "text": "x"}).json()["holds"] is False
    assert [one["id"] for one in api(officer, "GET", "blocks").json()["items"]] == [number]
    assert api(officer, "POST", "blocks/x/lifts", {"version": 2, "text": "x"}).status_code == 404


def test_the_receipt_page_tells_of_a_held_one(flooded: list[Held]) -> None:
    answer = Client().post(path("follow"), {"secret": flooded[0].secret}).content.decode()
    for words in ("收到了，来得太多，工作人员看过就受理", "还没有编号", "张庄村", "查询码不变"):
        assert words in answer, words
    assert "保健酒" not in answer


def test_a_wrong_secret_still_counts(flooded: list[Held]) -> None:
    client = Client()
    for _ in range(10):
        assert client.post(path("follow"), {"secret": "K7QM4XPA9WTRD"}).status_code == 404
    assert client.post(path("follow"), {"secret": flooded[0].secret}).status_code == 429
    assert flooded[0].received_at < timezone.now() + timedelta(minutes=1)
