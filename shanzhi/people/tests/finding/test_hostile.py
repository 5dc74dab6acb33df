"""Words that attack the box, ids and cursors of others, pages without scripts, what is left behind of a search."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.accounts.models import Post
from shanzhi.people.finding.selectors import find
from shanzhi.people.models import Look, Resident, Search
from shanzhi.people.tests.importing.lists import bring, id_number, row
from shanzhi.trail.models import Entry
from tests.cast import Cast

BOX = "/341181/people/search/"
API = "/api/v1/341181/people/searches"
HOSTILE = (
    "<img src=x onerror=alert(1)>", "' OR 1=1 --", '"; DROP TABLE people_resident; --', "%' OR '1'='1", "{{ 7*7 }}",
    "../../etc/passwd", "张\u202e平小", "\u0000张小平\u0000", "\u200b张", "\ufeff", "😀" * 60, "ﷺ" * 60, "İ" * 60,
    "ß" * 60, "1" * 60, "A" * 60, "张" * 60, "张小平" + " " * 57, "a" * 30 + "1" * 30, "()" * 30, "组" * 60, "３" * 60,
    "\r\n张", "·" * 60, "张·" * 30, "a-b_c.d", "١٣٨٠٠٠٠٠٠٠١", "Ⅷ号", "㈱", "\U0010ffff", "e\u0301" * 30, "张庄村\t第一网格\n1号",
)  # fmt: skip


@pytest.fixture
def client(people: Cast) -> Client:
    return people["township_officer"].client()


def api(client: Client, body: Any) -> Any:
    return client.post(API, body, "application/json")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_words_are_a_page_or_a_sentence(people: Cast, client: Client, text: str) -> None:
    answer = client.post(BOX, {"text": text})
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
        assert answer.status_code == 200
    else:
        assert "请" in re.sub(r"<[^>]+>", "", answer.content.decode())
    assert "<img src=x" not in answer.content.decode()
    told = api(client, {"text": text})
    assert told.status_code in (201, 422)
    assert "code" in told.json() or "items" in told.json()
    assert Resident.objects.count() == 8


@pytest.mark.parametrize("text", HOSTILE)
def test_any_words_keep_within_the_scope(people: Cast, text: str) -> None:
    inside = people.areas["v1"].path
    for hit in find(people.actor("village_clerk"), text).rows:
        one = hit.resident
        assert one.lives_path.startswith(inside) or one.registered_path.startswith(inside), text


def test_what_was_typed_wrong_stays_in_the_box(client: Client) -> None:
    long = client.post(BOX, {"text": "张" * 61, "area": ""})
    page = long.content.decode()
    assert (long.status_code, "最多 60 个字，请缩短。" in page) == (422, True)
    assert f'value="{"张" * 61}"' in page
    nothing = client.post(BOX, {})
    assert (nothing.status_code, "请输入姓名" in nothing.content.decode()) == (422, True)
    assert not Search.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"text": None}, {"text": 5}, {"text": ["张"]}, {"text": "张" * 61}, {"text": "张", "area": "x"}, [],
     {"text": "张", "area": "341181' OR 1=1"}, {"text": "张", "area": "\0" * 12}, {"text": "张", "area": "1" * 13}],
)  # fmt: skip
def test_programs_are_refused_in_words(client: Client, body: Any) -> None:
    answer = api(client, body)
    assert (answer.status_code, bool(answer.json()["code"])) == (422, True)
    assert not Search.objects.exists()


@pytest.mark.parametrize("area", ["999999999999", "１" * 12])
def test_a_place_that_is_none_is_not_found(client: Client, area: str) -> None:
    assert api(client, {"text": "张", "area": area}).status_code in (404, 422)
    wrong = client.post(BOX, {"text": "张", "area": area})
    assert (wrong.status_code, "请从列表里选地方" in wrong.content.decode()) == (422, True)


@pytest.mark.parametrize("who", ["village_clerk", "other_officer", "county_centre", "auditor", "resident"])
def test_a_search_of_somebody_else_is_nothing(people: Cast, client: Client, who: str) -> None:
    made = api(client, {"text": "张小平"}).json()
    other = people[who].client()
    for path in (f"{BOX}{made['id']}/", f"{API}/{made['id']}", f"{BOX}{made['id']}/?after=x"):
        answer = other.get(path)
        assert answer.status_code in (403, 404)
        assert "张小平" not in answer.content.decode()


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1, 2**63, 10**30])
def test_ids_of_nothing(client: Client, number: int) -> None:
    assert client.get(f"{BOX}{number}/").status_code == 404
    assert client.get(f"{API}/{number}").status_code in (404, 422)


def test_a_search_is_looked_up_with_the_rights_of_now(people: Cast, client: Client) -> None:
    """Whoever lost the post since finds nobody by a search that is still there."""
    made = api(client, {"text": "张小平"}).json()
    assert len(made["items"]) == 1
    Post.objects.filter(id=people["township_officer"].post.id).update(valid_to=timezone.localdate() - timedelta(days=1))
    for path in (f"{BOX}{made['id']}/", f"{API}/{made['id']}"):
        answer = people["township_officer"].client().get(path)
        assert (answer.status_code in (302, 403, 404), "张小平" in answer.content.decode()) == (True, False)


def test_a_search_shows_the_register_of_now(people: Cast, client: Client) -> None:
    made = api(client, {"text": "张平"}).json()
    Resident.objects.filter(name="张平").update(name="李平")
    assert client.get(f"{API}/{made['id']}").json()["items"] == []


def test_a_cursor_of_one_county_or_another_salt_is_refused(people: Cast, client: Client) -> None:
    made = api(client, {"text": "小平"}).json()
    for after in ("x", "a:b:c", "." * 500, "WzAsMV0:forged", "张"):
        assert client.get(f"{API}/{made['id']}?after={after}").status_code in (400, 422), after
        assert client.get(f"{BOX}{made['id']}/?after={after}").status_code == 302, after


def test_the_box_and_its_results_work_without_scripts(people: Cast, client: Client) -> None:
    form = re.search(
        r'<form method="post" class="form" role="search".*?</form>', client.get(BOX).content.decode(), re.DOTALL
    )
    assert form is not None
    assert 'name="csrfmiddlewaretoken"' in form[0]
    assert re.search(r'<input[^>]*name="text"', form[0])
    assert re.search(r'<select[^>]*name="area"', form[0])
    assert "<button" in form[0]
    answer = client.post(BOX, {"text": "小平", "area": people.areas["v2"].code}, follow=True)
    page = answer.content.decode()
    again = re.search(rf'<form class="search flt-q"[^>]*action="({BOX})".*?</form>', page, re.DOTALL)
    assert again is not None
    assert again[1] == BOX
    assert f'name="area" value="{people.areas["v2"].code}"' in again[0]
    assert 'value="小平"' in again[0]
    first = Resident.objects.get(name="王小平")
    assert f'href="/341181/people/residents/{first.id}/"' in page or str(first.id) in page


def test_a_get_searches_nothing_and_another_method_is_refused(client: Client) -> None:
    assert client.get(f"{BOX}?text=张小平").content.decode().count("张小平") == 0
    assert not Search.objects.exists()
    assert client.delete(BOX).status_code == 405
    made = api(client, {"text": "张"}).json()
    assert client.post(f"{BOX}{made['id']}/", {"text": "李"}).status_code == 405
    assert client.get(API).status_code == 405


def test_masked_numbers_are_in_no_answer(people: Cast, client: Client) -> None:
    for text in (id_number(1), "13800000001", "张小平", "李庄村", f"张小平 {id_number(1)[-4:]}"):
        answer = client.post(BOX, {"text": text}, follow=True)
        shown = re.sub(r'<input class="form-control" id="id_text".*?>', "", answer.content.decode(), flags=re.DOTALL)
        told = str(api(client, {"text": text}).json())
        for secret in (*(id_number(n) for n in range(1, 7)), "13800000001", "13800000003"):
            assert secret not in shown, text
            assert secret not in told, text


def test_a_search_leaves_no_word_in_the_trail_and_no_look(people: Cast, client: Client) -> None:
    before = Entry.objects.count(), Look.objects.count()
    client.post(BOX, {"text": id_number(1)}, follow=True)
    told = " ".join(str(vars(entry)) for entry in Entry.objects.order_by("id")[before[0] :])
    assert id_number(1) not in told
    assert "张小平" not in told
    assert Look.objects.count() == before[1]


def test_more_people_cost_no_more_statements(people: Cast, client: Client) -> None:
    def statements(text: str) -> int:
        page = client.post(BOX, {"text": text})["Location"]
        client.get(page)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page).status_code == 200
        return len(caught)

    texts = ("张", "小平", "z", "张庄村", "张庄村第一网格")
    before = [statements(text) for text in texts]
    bring(people, [row(n, 姓名="张小平", 户编号=f"H{n}") for n in range(20, 60)])
    assert all(statements(text) <= cost for text, cost in zip(texts, before, strict=True))
