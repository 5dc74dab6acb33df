"""The box and the results: nothing typed in an address, for an hour, for oneself; the same for programs."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.people.finding import services
from shanzhi.people.models import Resident, Search
from shanzhi.people.tests.importing.lists import id_number
from tests.cast import Cast

BOX = "/341181/people/search/"
API = "/api/v1/341181/people/searches"


@pytest.fixture
def client(people: Cast) -> Client:
    return people["township_officer"].client()


def searched(client: Client, text: str, **more: str) -> str:
    answer = client.post(BOX, {"text": text, **more})
    assert answer.status_code == 302
    return str(answer["Location"])


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_what_was_typed_stands_in_no_address(client: Client) -> None:
    page = searched(client, "张小平")
    assert page == f"{BOX}{Search.objects.get().id}/"
    said = shown(client, page)
    assert "张小平" in said
    assert "张庄村第一网格" in said
    assert "3411**********" in said or "341181" not in said
    assert id_number(1) not in said
    assert "13800000001" not in said


def test_the_box_takes_the_cursor_and_says_what_it_wants(client: Client) -> None:
    said = client.get(BOX).content.decode()
    assert "autofocus" in said
    empty = client.post(BOX, {"text": " "})
    assert (empty.status_code, "请输入姓名" in empty.content.decode()) == (422, True)
    dots = client.post(BOX, {"text": "- -"})
    assert (dots.status_code, "请输入姓名" in dots.content.decode()) == (422, True)


def test_a_place_of_somebody_else_is_no_choice(people: Cast, client: Client) -> None:
    wrong = client.post(BOX, {"text": "张", "area": people.areas["v3"].code})
    assert (wrong.status_code, "请从列表里选地方" in wrong.content.decode()) == (422, True)
    assert "王小平" in shown(client, searched(client, "小平", area=people.areas["v2"].code))


def test_nobody_found_says_what_to_do(client: Client) -> None:
    assert "没有找到" in shown(client, searched(client, "没有人"))


def test_a_search_is_ones_own_and_lasts_an_hour(people: Cast, client: Client) -> None:
    page = searched(client, "张小平")
    assert people["village_clerk"].client().get(page).status_code == 404
    Search.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert client.get(page).status_code == 404
    assert services.searches_forget(at=timezone.now() + timedelta(minutes=1)) == 1
    assert not Search.objects.exists()


def test_what_was_looked_for_lies_sealed(client: Client) -> None:
    searched(client, "13800000001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM people_search WHERE county_id = 341181")
        [(kept,)] = cursor.fetchall()
    assert "138" not in kept
    assert Search.objects.get().text == "13800000001"


def test_a_list_goes_on_behind_its_page(people: Cast, client: Client) -> None:
    first = Resident.objects.get(name="王小平")
    Resident.objects.bulk_create(
        Resident(name=f"钱{chr(0x4E00 + n)}", initials="q", lives=first.lives, lives_path=first.lives_path,
                 papers="none", population="settled", created_at=first.created_at) for n in range(45)
    )  # fmt: skip
    page = searched(client, "钱")
    one = shown(client, page)
    assert one.count('data-label="姓名"') == 30
    after = one.split("?after=")[1].split('"')[0]
    assert len(after) < 80
    assert "钱" not in str(Signer(salt="people.find.341181").unsign_object(unquote(after)))
    two = shown(client, f"{page}?after={after}")
    assert two.count('data-label="姓名"') == 15
    assert client.get(f"{page}?after=nonsense").status_code == 302


@pytest.mark.parametrize("text", ["张小平", "zxp", "13800000001", id_number(1), "李庄村3组4号", "没有人"])
def test_eight_statements_at_most_however_many_answer(people: Cast, client: Client, text: str) -> None:
    page = searched(client, text)
    client.get(page)
    with CaptureQueriesContext(connection) as caught:
        shown(client, page)
    counted = [one["sql"] for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SET", "BEGIN"))]
    assert len(counted) <= 8, "\n".join(counted)


def test_nobody_reads_a_county_by_searching(people: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    for _time in range(2):
        searched(client, "张")
    assert client.post(BOX, {"text": "张"}).status_code == 429
    answer = client.post(API, {"text": "张"}, "application/json")
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert people["village_clerk"].client().post(BOX, {"text": "张"}).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("grid_worker", 200), ("branch_secretary", 200), ("auditor", 403), ("accountant", 403)]
)
def test_who_may_look(people: Cast, who: str, status: int) -> None:
    assert people[who].client().get(BOX).status_code == status


def test_programs_look_with_a_body(people: Cast, client: Client) -> None:
    answer = client.post(API, {"text": "小平"}, "application/json")
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    assert sorted(one["name"] for one in found["items"]) == ["张小平", "欧阳小平", "王小平"]
    one = next(item for item in found["items"] if item["name"] == "张小平")
    assert (one["sex"], one["place"], one["population"], one["why"]) == ("男", "张庄村第一网格", "户籍常住", "姓名")
    assert (one["paper"].count("*") > 3, one["phone"].count("*") > 3) == (True, True)
    assert client.get(f"{API}/{found['id']}").json() == found
    assert people["village_clerk"].client().get(f"{API}/{found['id']}").status_code == 404
    assert client.post(API, {"text": "张", "area": people.areas["v3"].code}, "application/json").status_code == 404
    assert client.post(API, {"text": ""}, "application/json").status_code == 422
    assert client.post(API, {"text": "- -"}, "application/json").json()["code"] == "search_empty"
    assert people["auditor"].client().post(API, {"text": "张"}, "application/json").status_code == 403
