"""The same for programs: the answers of the pages' services, and every refusal as problem+json."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.tests.world import WORDS, do, in_days, issue, line_at, reported
from shanzhi.files import storage
from shanzhi.files.models import StoredFile
from shanzhi.tenancy.context import county
from tests.cast import Cast, report

A = 341181
BASE = f"/api/v1/{A}"


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json", headers=headers)


def body(**changes: Any) -> dict[str, Any]:
    return {"title": "汛期前排查河道", "body": WORDS, "due_on": str(in_days(3)), "groups": ["villages"], **changes}


def test_issued_once_under_its_key(cast: Cast, officer: Client) -> None:
    first = post(officer, "/duties", body(), **{"Idempotency-Key": "one"})
    again = post(officer, "/duties", body(), **{"Idempotency-Key": "one"})
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    told = first.json()
    assert (told["size"], told["office"], told["counts"]["issued"], told["counts"]["rate"]) == (
        2, "东镇 镇综治中心受理员", 2, 0.0,
    )  # fmt: skip
    with county(A):
        assert Duty.objects.count() == 1


def test_receivers_by_code_and_role(cast: Cast, officer: Client) -> None:
    sent = body(groups=[], receivers=[cast.areas["v1"].code, cast.areas["g1"].code, cast.units["t1"].code])
    assert post(officer, "/duties", sent).json()["size"] == 3
    sent = body(groups=["villages"], role="branch_secretary")
    made = post(officer, "/duties", sent).json()
    with county(A):
        assert set(Line.objects.filter(duty_id=int(made["id"])).values_list("role", flat=True)) == {"branch_secretary"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"), ({"groups": []}, "groups"), ({"groups": ["nonsense"]}, "groups"),
        ({"receivers": ["341181102203"]}, "names"), ({"role": "grid_worker"}, "role"),
        ({"due_on": str(in_days(-1))}, "due_on"), ({"case": "2611-9999"}, "case"), ({"photos": ["x"]}, "photos"),
    ],
)  # fmt: skip
def test_what_is_wrong_names_its_field(cast: Cast, officer: Client, changes: dict[str, Any], field: str) -> None:
    answer = post(officer, "/duties", body(**changes))
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    with county(A):
        assert not Duty.objects.exists()


def test_whoever_does_not_issue(clerk: Client) -> None:
    answer = post(clerk, "/duties", body())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_list_with_figures_and_filters(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        do(cast.actor("township_officer"), reported(cast, duty), Act.STRIKE)
        issue(cast, "v1", title="另一件", urgent=True)
    told = officer.get(f"{BASE}/duties").json()
    assert [row["title"] for row in told["items"]] == ["另一件", "汛期前排查河道"]
    assert told["counts"] == {
        "issued": 3, "received": 1, "done": 1, "struck": 1, "late": 0, "waiting": 0, "rate": pytest.approx(1 / 3),
    }  # fmt: skip
    assert told["items"][1]["counts"]["struck"] == 1
    assert [row["title"] for row in officer.get(f"{BASE}/duties?urgent=true").json()["items"]] == ["另一件"]
    assert len(officer.get(f"{BASE}/duties?state=struck&sort=due").json()["items"]) == 1
    assert officer.get(f"{BASE}/duties?place=999999999999").status_code == 422
    assert officer.get(f"{BASE}/duties?state=nonsense").status_code == 422
    assert officer.get(f"{BASE}/duties?issued_to=2020-01-01").json()["counts"]["rate"] is None


def test_one_with_its_lines_as_the_caller_sees_them(cast: Cast, officer: Client, clerk: Client) -> None:
    with county(A):
        case = report(cast)
        duty = issue(cast, case=case.number)
    assert officer.get(f"{BASE}/duties/{duty.id}").json()["case"] == case.number
    names = [row["name"] for row in officer.get(f"{BASE}/duties/{duty.id}/lines").json()["items"]]
    assert sorted(names) == ["张庄村", "李庄村"]
    seen = clerk.get(f"{BASE}/duties/{duty.id}/lines").json()["items"]
    assert [(row["name"], row["acts"]) for row in seen] == [("张庄村", ["receive", "done", "decline", "ask"])]
    assert clerk.get(f"{BASE}/duties/{duty.id}").json()["counts"]["issued"] == 1
    assert cast["other_clerk"].client().get(f"{BASE}/duties/{duty.id}").status_code == 404


def test_the_whole_way(cast: Cast, officer: Client, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    path = f"/duty-lines/{line.id}"
    told = post(clerk, f"{path}/receipts", {"version": 1}).json()
    assert (told["state"], told["version"]) == ("received", 2)
    told = post(clerk, f"{path}/progress", {"version": 2, "text": "东片走完了。"}).json()
    assert told["steps"][0]["text"] == "东片走完了。"
    told = post(clerk, f"{path}/postponements", {"version": 3, "text": "桥在修。", "until": str(in_days(9))}).json()
    assert told["asked_until"] is not None
    assert post(officer, f"{path}/approvals", {"version": 4}).json()["due_at"].startswith(str(in_days(9)))
    told = post(clerk, f"{path}/reports", {"version": 5, "text": "走完了。"}).json()
    assert (told["state"], told["result"]) == ("done", "走完了。")
    told = post(officer, f"{path}/send-backs", {"version": 6, "text": "补照片。"}).json()
    assert (told["state"], told["sent_back"]) == ("returned", 1)
    told = post(clerk, f"{path}/reports", {"version": 7, "nothing": True}).json()
    assert (told["nothing"], told["result"]) == (True, "无此情况。")
    told = post(officer, f"{path}/strikes", {"version": 8}).json()
    assert (told["state"], told["acts"]) == ("struck", [])
    assert [step["act"] for step in told["steps"]][-1] == "issue"


def test_the_other_ways(cast: Cast, officer: Client, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    path = f"/duty-lines/{line.id}"
    post(clerk, f"{path}/postponements", {"version": 1, "text": "x", "until": str(in_days(9))})
    assert post(officer, f"{path}/denials", {"version": 2, "text": "不行。"}).json()["asked_until"] is None
    assert post(clerk, f"{path}/declines", {"version": 3, "text": "水务站的。"}).json()["state"] == "declined"
    assert post(officer, f"{path}/withdrawals", {"version": 4, "text": "改交。"}).json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("who", "what", "sent", "status", "code"),
    [
        ("other_clerk", "receipts", {"version": 1}, 404, "not_found"),
        ("township_officer", "receipts", {"version": 1}, 403, "not_your_office"),
        ("village_clerk", "strikes", {"version": 1}, 403, "forbidden"),
        ("command_centre", "withdrawals", {"version": 1, "text": "x"}, 403, "not_your_office"),
        ("township_officer", "strikes", {"version": 1}, 409, "wrong_state"),
        ("village_clerk", "receipts", {"version": 7}, 409, "stale"),
        ("village_clerk", "reports", {"version": 1}, 422, "invalid"),
        ("village_clerk", "receipts", {}, 422, "invalid"),
        ("village_clerk", "postponements", {"version": 1, "text": "x"}, 422, "invalid"),
        ("village_clerk", "reports", {"version": 1, "text": "x", "photos": ["1"]}, 409, "photo_gone"),
    ],
)
def test_refusals(cast: Cast, who: str, what: str, sent: dict[str, Any], status: int, code: str) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    answer = post(cast[who].client(), f"/duty-lines/{line.id}/{what}", sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")
    with county(A):
        assert Line.objects.get(id=line.id).version == 1


def test_the_same_key_acts_once(cast: Cast, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    for _ in range(2):
        answer = post(clerk, f"/duty-lines/{line.id}/receipts", {"version": 1}, **{"Idempotency-Key": "r"})
        assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_a_photo_proves_it_to_those_who_see_the_line(cast: Cast, clerk: Client, officer: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
        photo = StoredFile.objects.create(
            kind="photo", name="a.jpg", content_type="image/jpeg", size=1, sha256="0" * 64,
            created_by=cast["village_clerk"].user.pk, created_at=timezone.now(),
        )  # fmt: skip
        storage.write(photo.path(), [b"x"])
    told = post(clerk, f"/duty-lines/{line.id}/reports", {"version": 1, "text": "好了。", "photos": [str(photo.id)]})
    address = told.json()["steps"][0]["photos"][0]
    assert officer.get(address).status_code == 200
    assert cast["other_clerk"].client().get(address).status_code == 404
    assert cast["grid_worker"].client().get(address).status_code == 404


def test_my_lines_by_segment(cast: Cast, clerk: Client) -> None:
    with county(A):
        issue(cast, title="第一件")
        reported(cast, issue(cast, title="第二件"))
    titles = [row["title"] for row in clerk.get(f"{BASE}/duty-lines").json()["items"]]
    assert sorted(titles) == ["第一件", "第二件"]
    assert [row["title"] for row in clerk.get(f"{BASE}/duty-lines?state=done").json()["items"]] == ["第二件"]
    assert clerk.get(f"{BASE}/duty-lines?late=true").json()["items"] == []
    assert clerk.get(f"{BASE}/duty-lines?q=第一").json()["items"][0]["title"] == "第一件"
    assert cast["auditor"].client().get(f"{BASE}/duty-lines").status_code == 403


def test_several_at_once(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        done, still = reported(cast, duty), line_at(cast, duty, "v2")
    seen = [{"id": str(line.id), "version": line.version} for line in (done, still)]
    told = post(officer, f"/duties/{duty.id}/acts", {"act": "strike", "lines": seen}).json()
    assert {row["name"]: bool(row["error"]) for row in told} == {"张庄村": False, "李庄村": True}
    with county(A):
        assert line_at(cast, duty).state == State.STRUCK
    assert post(officer, f"/duties/{duty.id}/acts", {"act": "receive", "lines": seen}).status_code == 422
    assert post(officer, f"/duties/{duty.id}/acts", {"act": "strike", "lines": []}).status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_days_that_are_none_of_ours(cast: Cast, officer: Client, clerk: Client, day: str) -> None:
    """No sentence is an error of the server: some of these are no moment on a Chinese clock."""
    assert post(officer, "/duties", body(due_on=day)).json()["fields"].keys() == {"due_on"}
    assert officer.get(f"{BASE}/duties?issued_from={day}").status_code == 422
    assert officer.get(f"{BASE}/duties?issued_to={day}").status_code == 422
    with county(A):
        line = line_at(cast, issue(cast))
    sent = {"version": 1, "text": "x", "until": day}
    assert post(clerk, f"/duty-lines/{line.id}/postponements", sent).json()["fields"].keys() == {"until"}
