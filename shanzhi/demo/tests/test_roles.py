"""`demo_roles`: logins, passwords and tokens that work, and nothing that is stored in clear."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from shanzhi.access.permissions import ROLES
from shanzhi.accounts.models import AccountAct, ApiToken, User
from shanzhi.demo.cast import PASSWORD, demo_password, demo_token, roles_list
from shanzhi.demo.management.commands.demo_roles import table, width
from shanzhi.demo.tests.loaded import A, B, Loaded
from shanzhi.tenancy.context import county

pytestmark = pytest.mark.django_db
KEYS = {"county", "role", "name", "login", "password", "first_page", "token"}


def told(*args: str) -> str:
    out = StringIO()
    call_command("demo_roles", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def rows(small: Loaded) -> list[dict[str, str]]:
    return json.loads(told("small", "--json"))


def one(rows: list[dict[str, str]], role: str, code: int = A) -> dict[str, str]:
    return next(row for row in rows if row["role"] == role and row["county"] == str(code))


def bearer(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


def test_keys_are_those_of_the_contract(rows: list[dict[str, str]]) -> None:
    assert all(set(row) == KEYS for row in rows)
    assert all(isinstance(value, str) and value for row in rows for value in row.values())


def test_every_role_of_both_counties_and_an_outsider(rows: list[dict[str, str]]) -> None:
    for code in (A, B):
        roles = {row["role"] for row in rows if row["county"] == str(code)}
        assert roles == {*ROLES, "outsider"}


def test_in_the_order_of_the_contract(rows: list[dict[str, str]]) -> None:
    roles = list(dict.fromkeys(row["role"] for row in rows))
    assert roles == [*ROLES, "outsider"]
    assert [row["login"] for row in rows[:3]] == [
        "tianchang.resident",
        "tianchang.resident.2",
        "tianchang.resident.3",
    ]


def test_the_outsider_is_somebody_else(rows: list[dict[str, str]]) -> None:
    row = one(rows, "outsider")
    assert row["login"] == "taiqian.township_officer"
    assert row["first_page"].startswith(f"/{B}/")
    assert row == {**one(rows, "township_officer", B), "county": str(A), "role": "outsider"}


def test_first_pages(rows: list[dict[str, str]]) -> None:
    assert one(rows, "grid_worker")["first_page"] == f"/{A}/home/"
    assert one(rows, "security_admin")["first_page"] == f"/{A}/users/"
    assert one(rows, "audit_admin")["first_page"] == f"/{A}/trail/"
    assert one(rows, "system_admin")["first_page"] == f"/{A}/areas/"


def test_passwords_are_right(rows: list[dict[str, str]]) -> None:
    for role in ("grid_worker", "county_leader", "outsider"):
        row = one(rows, role)
        assert User.objects.get(username=row["login"]).check_password(row["password"])
    assert one(rows, "resident")["password"] == PASSWORD


def test_a_cast_member_signs_in(rows: list[dict[str, str]], settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    row, browser = one(rows, "grid_worker"), Client()
    answer = browser.post("/accounts/login/", {"login": row["login"], "password": row["password"]})
    assert (answer.status_code, answer["Location"]) == (302, row["first_page"])
    assert browser.get(f"/{A}/notices/").status_code == 200
    assert browser.get(f"/{B}/notices/").status_code == 404


def test_tokens_open_their_own_county_only(rows: list[dict[str, str]]) -> None:
    row, browser = one(rows, "village_clerk"), Client()
    assert browser.get(f"/api/v1/{A}/notices", **bearer(row["token"])).status_code == 200
    assert browser.get(f"/api/v1/{B}/notices", **bearer(row["token"])).status_code == 404
    assert browser.get(f"/api/v1/{A}/notices", **bearer(row["token"] + "x")).status_code == 401
    outsider = one(rows, "outsider")
    assert browser.get(f"/api/v1/{A}/notices", **bearer(outsider["token"])).status_code == 404
    assert browser.get(f"/api/v1/{B}/notices", **bearer(outsider["token"])).status_code == 200


def test_tokens_are_stored_as_digests_with_their_act(small: Loaded) -> None:
    tokens = list(ApiToken.objects.filter(county_id=A))
    assert len(tokens) == len(small.first.cast)
    assert {token.digest for token in tokens} == {
        ApiToken.digest_of(demo_token(seat.login)) for seat in small.first.cast
    }
    with county(A):
        assert AccountAct.objects.filter(kind="token_issued").count() == len(tokens)
    assert all(token.is_valid(timezone.now()) for token in tokens)


def test_a_token_is_of_this_installation(settings: Any) -> None:
    here = demo_token("tianchang.resident")
    assert here == demo_token("tianchang.resident")
    assert here.startswith(ApiToken.PREFIX)
    assert here != demo_token("tianchang.volunteer")
    settings.SECRET_KEY = "another"
    assert here != demo_token("tianchang.resident")


def test_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANZHI_DEMO_PASSWORD", "Another-2026")
    assert demo_password() == "Another-2026"
    monkeypatch.setenv("SHANZHI_DEMO_PASSWORD", "")
    assert demo_password() == PASSWORD


def test_table(small: Loaded) -> None:
    text = told("small")
    lines = text.splitlines()
    assert lines[0].split() == ["县", "岗位", "姓名", "登录账号", "密码", "首页"]
    assert "外县人员" in text
    assert "tianchang.audit_admin" in text
    assert "sz_" not in text
    assert len({width(line[: line.index("Shanzhi")]) for line in lines if "Shanzhi-2026" in line}) == 1


def test_columns_stand_below_each_other() -> None:
    assert table([("县", "b"), ("abcd", "c")]) == ["县    b", "abcd  c"]
    assert [width(text) for text in ("", "a", "县", "县a，")] == [0, 1, 2, 5]


def test_somebody_whose_post_ended_is_left_out(small: Loaded) -> None:
    later = timezone.now()
    with county(A):
        user = User.objects.get(username="tianchang.resident.2")
        user.posts.update(revoked_at=later, revoked_by=0, revoke_reason="测试")
    logins = {row.login for row in roles_list(small.pack, at=later)}
    assert "tianchang.resident.2" not in logins
    assert "tianchang.resident.3" in logins
