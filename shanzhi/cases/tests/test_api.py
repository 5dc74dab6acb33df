"""The JSON twin: the same scopes, guards and refusals as the pages, as problem+json."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from shanzhi.cases.acts import SIDE
from shanzhi.cases.models import Case, Step
from tests.cast import Cast, report

ROOT = "/api/v1/341181"
BODY = {"body": "路口井盖断裂，容易掉下去", "kind": "facilities"}


def send(client: Client, path: str, body: dict[str, Any], key: str | None = None) -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{ROOT}{path}", json.dumps(body), content_type="application/json", headers=headers)


def problem(response: HttpResponse, status: int, code: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert body["detail"].endswith("。")
    assert code is None or body["code"] == code
    return body


def test_report_to_close(cast: Cast) -> None:
    worker, clerk = cast["grid_worker"].client(), cast["village_clerk"].client()
    made = send(worker, "/cases", {**BODY, "area": cast.areas["g1"].code, "lon": 118.9001234, "lat": 32.7})
    assert made.status_code == 201, made.content
    case = made.json()
    assert (case["state"], case["turn"], case["lon"]) == ("reported", "张庄村", 118.9001234)
    assert set(case["acts"]) <= SIDE
    path = f"/cases/{case['number']}"
    assert clerk.get(f"{ROOT}{path}").json()["acts"][0] == "accept"
    assert {"escalate", "reject"} <= set(clerk.get(f"{ROOT}{path}").json()["acts"])
    taken = send(clerk, f"{path}/acceptances", {"version": 1}).json()
    assert (taken["version"], taken["state"]) == (2, "accepted")
    given = send(clerk, f"{path}/dispatches", {"version": 2, "area": cast.areas["g1"].code, "limit": "24 hours"})
    assert given.json()["steps"][0]["target"] == "第一网格，24 小时"
    assert send(worker, f"{path}/starts", {"version": 3}).status_code == 200
    assert send(worker, f"{path}/handlings", {"version": 4, "text": "换好了"}).json()["state"] == "handled"
    assert send(clerk, f"{path}/verifications", {"version": 5}).json()["state"] == "verified"
    done = send(worker, f"{path}/closures", {"version": 6, "satisfied": True}).json()
    assert (done["state"], done["acts"], len(done["steps"])) == ("closed", ["reopen", "note"], 7)
    assert done["steps"][0]["post"] == "张庄村 第一网格 网格员"


def test_list(cast: Cast) -> None:
    case = report(cast)
    page = cast["village_clerk"].client().get(f"{ROOT}/cases?q=井盖&kind=facilities&limit=1").json()
    assert [row["number"] for row in page["items"]] == [case.number]
    assert (page["next"], page["previous"]) == ("", "")
    assert cast["other_clerk"].client().get(f"{ROOT}/cases").json()["items"] == []
    own = cast["grid_worker"].client().get(f"{ROOT}/cases?tab=reported").json()
    assert len(own["items"]) == 1


def test_the_order_of_refusals(cast: Cast, cast_b: Cast) -> None:
    case = report(cast)
    path = f"/cases/{case.number}/acceptances"
    problem(send(Client(), path, {"version": 1}), 401, "unauthenticated")
    problem(send(cast_b["village_clerk"].client(), path, {"version": 1}), 404, "not_found")
    problem(send(cast["other_clerk"].client(), path, {"version": 99, "text": "x" * 2000}), 422)
    problem(send(cast["other_clerk"].client(), path, {"version": 99}), 404, "not_found")
    problem(send(cast["accountant"].client(), path, {"version": 99}), 403, "forbidden")
    problem(send(cast["village_clerk"].client(), path, {"version": 99}), 409, "stale")
    problem(send(cast["village_clerk"].client(), f"/cases/{case.number}/rejections", {"version": 1}), 422)
    assert Step.objects.filter(case=case).count() == 1


def test_a_stranger_hears_the_same_of_a_case_that_is_not_there(cast: Cast) -> None:
    case = report(cast)
    client = cast["other_clerk"].client()
    there = problem(client.get(f"{ROOT}/cases/{case.number}"), 404)
    absent = problem(client.get(f"{ROOT}/cases/9999-0001"), 404)
    assert there == absent


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_read_no_cases(cast: Cast, who: str) -> None:
    problem(cast[who].client().get(f"{ROOT}/cases"), 403)
    problem(send(cast[who].client(), "/cases", {**BODY, "area": cast.areas["g1"].code}), 403)


def test_a_key_makes_one_case(cast: Cast) -> None:
    client, key = cast["grid_worker"].client(), uuid4().hex
    bodies = [send(client, "/cases", {**BODY, "area": cast.areas["g1"].code}, key).json() for _ in range(2)]
    assert bodies[0]["code"] == bodies[1]["code"]
    assert Case.objects.count() == 1
    problem(send(client, "/cases", {**BODY, "title": "别的", "area": cast.areas["g1"].code}, key), 422)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": ""}, "body"),
        ({"kind": "nonsense"}, "kind"),
        ({"lon": 1000}, "lon"),
        ({"lon": 118.0}, "lon"),
        ({"area": "341181999999"}, "area"),
        ({"occurred_at": "2026-11-21T15:30:00"}, "occurred_at"),
        ({"photos": ["12"] * 10}, "photos"),
    ],
)
def test_bad_bodies_name_their_field(cast: Cast, change: dict[str, Any], field: str) -> None:
    body = {**BODY, "area": cast.areas["g1"].code, **change}
    answer = problem(send(cast["grid_worker"].client(), "/cases", body), 422)
    assert any(name.endswith(field) for name in answer["fields"]), answer


def test_an_area_out_of_scope_is_not_there(cast: Cast) -> None:
    problem(send(cast["grid_worker"].client(), "/cases", {**BODY, "area": cast.areas["g3"].code}), 404, "not_found")


def test_photos_that_are_not_ours_are_refused_and_nothing_is_written(cast: Cast) -> None:
    body = {**BODY, "area": cast.areas["g1"].code, "photos": ["12345"]}
    problem(send(cast["grid_worker"].client(), "/cases", body), 409, "photo_gone")
    assert not Case.objects.exists()


def test_what_cannot_be_read(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    problem(client.post(f"{ROOT}/cases", "{", content_type="application/json"), 400)
    problem(client.get("/api/v1/999999/cases"), 404)
    problem(client.get("/api/v1/nonsense"), 404)
    problem(client.get(f"{ROOT}/cases?cursor=nonsense"), 422, "cursor_invalid")


def test_a_browser_needs_its_csrf_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["grid_worker"].user)
    problem(send(client, "/cases", {**BODY, "area": cast.areas["g1"].code}), 403, "csrf")


def test_a_resident_s_name_is_masked_as_on_the_page(cast: Cast) -> None:
    case = report(cast, by="resident", place="v1")
    name = cast["resident"].user.name
    seen = cast["village_clerk"].client().get(f"{ROOT}/cases/{case.number}")
    assert name not in json.dumps(seen.json(), ensure_ascii=False)
    assert [step["actor"] for step in seen.json()["steps"]] == ["赵*民"]
    own = cast["resident"].client().get(f"{ROOT}/cases/{case.number}").json()
    assert [step["actor"] for step in own["steps"]] == [name]


@pytest.mark.parametrize("number", [str(2**63), "9" * 19])
def test_a_photo_beyond_every_id_is_gone(cast: Cast, number: str) -> None:
    worker = cast["grid_worker"].client()
    answer = send(worker, "/cases", {**BODY, "area": cast.areas["g1"].code, "photos": [number]})
    problem(answer, 409, "photo_gone")
    form = {**BODY, "area": cast.areas["g1"].code, "photo_ids": [number]}
    page = worker.post("/341181/cases/new/", form)
    assert page.status_code == 422
    assert "有照片已经过期" in page.content.decode()


def test_a_wrong_method_is_a_problem_too_and_names_the_right_ones(cast: Cast) -> None:
    answer = cast["grid_worker"].client().delete(f"{ROOT}/cases")
    problem(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
