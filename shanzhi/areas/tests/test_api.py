"""The JSON twin of every page: same services, same refusals, stable codes."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import services
from shanzhi.areas.models import Area, DivisionImport
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    REASON,
    REGISTER,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    act,
    acts_of,
    changed,
    form,
    today,
    upload,
)
from shanzhi.config.api import api
from shanzhi.jobs.testing import drain

NEW = ("341181104203", "新建村", "village", YANGCUN)


@pytest.fixture
def post(tree: Tree, desk: Client) -> Any:
    """Send JSON as the system administrator."""

    def send(path: str, body: dict[str, Any], client: Client | None = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        data = json.dumps(body, default=str)
        return (client or desk).post(tree.api(path), data, content_type="application/json", headers=headers)

    return send


def problem(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["code"]


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["code"] for item in answer.json()["items"]]


def test_the_list(tree: Tree, desk: Client) -> None:
    assert codes(desk.get(tree.api("areas"))) == [COUNTY, YANGCUN, XIAOGUAN, BEIDANG, ZHANGPU, GUANGLING]
    assert codes(desk.get(tree.api("areas?level=village&q=北荡"))) == [BEIDANG]
    assert codes(desk.get(tree.api(f"areas?township={ZHANGPU}&sort=-valid_from"))) == [GUANGLING, ZHANGPU]


def test_the_list_goes_on_by_its_cursor(tree: Tree, desk: Client) -> None:
    first = desk.get(tree.api("areas?size=4")).json()
    assert len(first["items"]) == 4
    assert codes(desk.get(tree.api(f"areas?size=4&after={first['next']}"))) == [ZHANGPU, GUANGLING]
    for path in (f"areas?sort=name&after={first['next']}", f"units?after={first['next']}", "areas?after=x"):
        assert problem(desk.get(tree.api(path))) == (422, "cursor_invalid")


@pytest.mark.parametrize(
    "query",
    ["level=planet", "kind=x", "state=x", "sort=x", "size=0", "size=201", "township=1", "q=" + "长" * 61],
)
def test_a_wrong_question_is_422(tree: Tree, desk: Client, query: str) -> None:
    assert problem(desk.get(tree.api(f"areas?{query}"))) == (422, "invalid")


def test_one_area(tree: Tree, desk: Client) -> None:
    area = tree.area(XIAOGUAN)
    assert desk.get(tree.api(f"areas/{XIAOGUAN}")).json() == {
        "id": str(area.id),
        "code": XIAOGUAN,
        "name": "小关社区",
        "level": "village",
        "kind": "residents",
        "parent": {"id": str(area.parent_id), "code": YANGCUN, "name": "杨村镇", "level": "township"},
        "valid_from": "2024-01-01",
        "valid_to": None,
        "successor": None,
        "version": 1,
    }


def test_an_abolished_area_names_its_successor(tree: Tree, desk: Client) -> None:
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    found = desk.get(tree.api(f"areas/{ZHANGPU}")).json()
    assert found["valid_to"] == today().isoformat()
    assert found["successor"]["code"] == YANGCUN
    listed = desk.get(tree.api("areas?state=closed")).json()["items"]
    assert [item["successor"]["code"] for item in listed] == [YANGCUN]


@pytest.mark.parametrize("code", ["999999999999", "12", "x"])
def test_what_is_not_there(tree: Tree, desk: Client, code: str) -> None:
    assert desk.get(tree.api(f"areas/{code}")).status_code in (404, 422)


def test_history_and_the_name_on_a_day(tree: Tree, desk: Client, post: Any) -> None:
    answer = post(f"areas/{BEIDANG}/renames", {"version": 1, "name": "新荡村", "on": "2025-03-01", "reason": REASON})
    assert answer.status_code == 201
    history = desk.get(tree.api(f"areas/{BEIDANG}/versions")).json()
    assert [(row["act"], row["name"]) for row in history] == [("renamed", "新荡村"), ("opened", "北荡村")]
    assert history[0]["actor"] == "李系统 天长市 系统管理员"
    assert history[0]["parent"]["code"] == YANGCUN
    for day, name in (("2025-02-28", "北荡村"), ("2025-03-01", "新荡村")):
        rows = desk.get(tree.api(f"areas/{BEIDANG}/versions?on={day}")).json()
        assert [row["name"] for row in rows] == [name]


def test_a_place_is_added(tree: Tree, post: Any) -> None:
    answer = post(f"areas/{YANGCUN}/children", form(name="新建村", code=NEW[0]))
    assert answer.status_code == 201
    assert (answer.json()["level"], answer.json()["kind"]) == ("village", "villagers")
    answer = post(f"areas/{NEW[0]}/children", form(name="第一网格"))
    assert answer.json()["code"] == f"{NEW[0]}001"


def test_the_same_key_adds_once(tree: Tree, post: Any) -> None:
    key = uuid4().hex
    first, again = (post(f"areas/{XIAOGUAN}/children", form(name="甲"), key=key) for _ in range(2))
    assert first.json() == again.json()
    assert Area.objects.filter(name="甲").count() == 1
    assert problem(post(f"areas/{XIAOGUAN}/children", form(name="乙"), key=key)) == (422, "idempotency_key_reused")


def test_rename_merge_move_and_abolish(tree: Tree, post: Any) -> None:
    grid = tree.grid(BEIDANG)
    moved = post(f"areas/{BEIDANG}/moves", form(version=1, parent=ZHANGPU)).json()
    assert (moved["parent"]["code"], moved["version"]) == (ZHANGPU, 2)
    merged = post(f"areas/{GUANGLING}/merges", form(version=1, into=BEIDANG)).json()
    assert merged["successor"]["code"] == BEIDANG
    ended = post(f"areas/{grid.code}/abolitions", form(version=2)).json()
    assert (ended["valid_to"], ended["successor"]) == (today().isoformat(), None)
    assert acts_of(tree.area(BEIDANG)) == ["opened", "moved"]


def test_a_stale_version_is_409(tree: Tree, post: Any) -> None:
    for path, extra in (
        (f"areas/{BEIDANG}/renames", {"name": "甲"}),
        (f"areas/{BEIDANG}/merges", {"into": XIAOGUAN}),
        (f"areas/{BEIDANG}/moves", {"parent": ZHANGPU}),
        (f"areas/{BEIDANG}/abolitions", {}),
    ):
        assert problem(post(path, form(version=7, **extra))) == (409, "stale")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (f"areas/{YANGCUN}/children", {"name": "村", "code": XIAOGUAN}, "code"),
        (f"areas/{BEIDANG}/renames", {"version": 1, "name": "=1"}, "name"),
        (f"areas/{BEIDANG}/merges", {"version": 1, "into": YANGCUN}, "into"),
        (f"areas/{BEIDANG}/merges", {"version": 1, "into": "999999999999"}, "into"),
        (f"areas/{BEIDANG}/moves", {"version": 1, "parent": XIAOGUAN}, "parent"),
        (f"areas/{YANGCUN}/units", {"kind": "centre", "name": "@x"}, "name"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(post: Any, path: str, body: dict[str, Any], field: str) -> None:
    answer = post(path, form(**body))
    assert problem(answer)[0] == 422
    assert list(answer.json()["fields"]) == [field]


@pytest.mark.parametrize(
    "body",
    [{}, {"version": 0}, {"version": "x"}, {"on": "tomorrow"}, {"reason": ""}, {"reason": "长" * 201}, {"name": ""}],
)
def test_a_body_that_does_not_fit_is_422(post: Any, body: dict[str, Any]) -> None:
    whole = {} if not body else {**form(version=1, name="甲"), **body}
    assert problem(post(f"areas/{BEIDANG}/renames", whole)) == (422, "invalid")


def test_units(tree: Tree, desk: Client, post: Any) -> None:
    made = post(f"areas/{YANGCUN}/units", form(kind="centre", name="综治中心"))
    assert made.status_code == 201
    code = made.json()["code"]
    assert (code, made.json()["area"]["name"]) == (f"{YANGCUN}C001", "杨村镇")
    assert codes(desk.get(tree.api("units?kind=centre"))) == [code]
    assert post(f"units/{code}/renames", form(version=1, name="治理中心")).json()["name"] == "治理中心"
    assert problem(post(f"units/{code}/renames", form(version=1, name="别名"))) == (409, "stale")
    assert post(f"units/{code}/closures", form(version=2)).json()["valid_to"] == today().isoformat()
    assert codes(desk.get(tree.api("units"))) == []
    assert desk.get(tree.api(f"units/{code}")).json()["version"] == 3
    assert problem(desk.get(tree.api(f"units/{YANGCUN}C009")))[0] == 404
    assert problem(post(f"areas/{XIAOGUAN}/units", form(kind="centre", name="综治中心"))) == (409, "unit_level")
    assert problem(post(f"areas/{YANGCUN}/units", form(kind="x", name="综治中心"))) == (422, "invalid")


def test_an_import_from_upload_to_tree(tree: Tree, desk: Client, post: Any) -> None:
    rows = changed(REGISTER, NEW, ("1", "短", "village", YANGCUN))
    key = uuid4().hex
    sent, again = (
        desk.post(
            tree.api("division-imports"),
            {"file": upload(rows=rows), "on": today().isoformat()},
            headers={"Idempotency-Key": key},
        )
        for _ in range(2)
    )
    assert sent.status_code == 201
    assert sent.json()["id"] == again.json()["id"]
    assert sent.json()["state"] == "checking"
    drain()
    path = f"division-imports/{sent.json()['id']}"
    found = desk.get(tree.api(path)).json()
    assert (found["state"], found["counts"]["added"], found["counts"]["register_bad"]) == ("checked", 1, 1)
    fault = desk.get(tree.api(f"{path}/faults")).json()["items"][0]
    assert (fault["column"], fault["number"]) == ("代码", len(rows) + 1)
    assert desk.get(tree.api(f"{path}/faults?after={fault['number']}")).json()["items"] == []
    assert problem(post(f"{path}/applications", {"version": found["version"] + 5})) == (409, "stale")
    assert post(f"{path}/applications", {"version": found["version"]}).json()["state"] == "applying"
    assert problem(post(f"{path}/resumptions", {"version": found["version"]})) == (409, "import_state")
    drain()
    assert desk.get(tree.api(path)).json()["state"] == "applied"
    assert tree.area(NEW[0]).is_open
    assert [item["id"] for item in desk.get(tree.api("division-imports")).json()["items"]] == [sent.json()["id"]]


def test_an_upload_without_file_or_day_is_422(tree: Tree, desk: Client) -> None:
    assert problem(desk.post(tree.api("division-imports"), {"on": "2026-01-01"}))[0] == 422
    assert problem(desk.post(tree.api("division-imports"), {"file": upload()}))[0] == 422
    assert problem(desk.post(tree.api("division-imports"), {"file": upload(b""), "on": "2026-01-01"}))[0] == 422
    assert problem(desk.post(tree.api("division-imports"), {"file": upload(), "on": "2999-01-01"}))[0] == 422
    assert not DivisionImport.objects.exists()


READS = ["areas", f"areas/{XIAOGUAN}", f"areas/{XIAOGUAN}/versions", "units"]
WRITES: list[tuple[str, dict[str, Any]]] = [
    (f"areas/{XIAOGUAN}/children", {"name": "甲"}),
    (f"areas/{XIAOGUAN}/renames", {"version": 1, "name": "甲"}),
    (f"areas/{XIAOGUAN}/merges", {"version": 1, "into": BEIDANG}),
    (f"areas/{XIAOGUAN}/moves", {"version": 1, "parent": ZHANGPU}),
    (f"areas/{XIAOGUAN}/abolitions", {"version": 1}),
    (f"areas/{XIAOGUAN}/units", {"kind": "centre", "name": "甲"}),
]


@pytest.mark.parametrize("path", READS)
def test_who_may_read(tree: Tree, clerk: User, resident: User, outsider: User, path: str) -> None:
    assert browser(clerk).get(tree.api(path)).status_code == 200
    assert problem(browser(resident).get(tree.api(path))) == (403, "forbidden")
    assert problem(browser(outsider).get(tree.api(path)))[0] == 404
    assert problem(browser().get(tree.api(path))) == (401, "unauthenticated")


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_who_may_write(
    tree: Tree, post: Any, clerk: User, resident: User, outsider: User, path: str, body: dict[str, Any]
) -> None:
    whole = form(**body)
    assert problem(post(path, whole, browser(clerk))) == (403, "forbidden")
    assert problem(post(path, whole, browser(resident)))[0] == 404
    assert problem(post(path, whole, browser(outsider)))[0] == 404
    assert problem(post(path, whole, browser()))[0] == 401
    assert problem(post(path.replace(XIAOGUAN, GUANGLING), whole, browser(clerk)))[0] == 404
    assert acts_of(tree.area(XIAOGUAN)) == ["opened"]


@pytest.mark.parametrize("path", ["division-imports", "division-imports/5", "division-imports/5/faults"])
def test_imports_are_the_administrators(tree: Tree, desk: Client, clerk: User, outsider: User, path: str) -> None:
    assert desk.get(tree.api(path)).status_code in (200, 404)
    assert problem(browser(clerk).get(tree.api(path))) == (403, "forbidden")
    assert problem(browser(outsider).get(tree.api(path)))[0] == 404


def test_every_operation_declares_a_permission_and_its_refusals() -> None:
    paths = api.get_openapi_schema()["paths"]
    ours = {path: ways for path, ways in paths.items() if path.split("/")[4] in ("areas", "units", "division-imports")}
    assert len(ours) == 22
    for ways in ours.values():
        for way in ways.values():
            assert {401, 403, 404} <= {int(code) for code in way["responses"]}
            assert way["operationId"]


def test_names_stay_text_and_ids_are_strings(tree: Tree, desk: Client, post: Any) -> None:
    post(f"areas/{BEIDANG}/renames", form(version=1, name="<b>荡</b>"))
    found = desk.get(tree.api(f"areas/{BEIDANG}")).json()
    assert found["name"] == "<b>荡</b>"
    assert isinstance(found["id"], str)
