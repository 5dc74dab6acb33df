"""Staff take down what comes by telephone, at a counter or on paper: once, whole, and with somebody to answer to."""

import html as markup
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shanzhi.cases.catalogue import TAKEN_DOWN, Source, State
from shanzhi.cases.models import Case, Contact, Receipt, Step
from shanzhi.cases.taking.contacts import ContactIn, earlier_cases
from shanzhi.cases.tests.pages import address, field, text_of
from shanzhi.cases.tests.taking.people import BODY, MASKED, NAME, PHONE, TAKE_DOWN, sent, taken
from shanzhi.files.models import StoredFile
from shanzhi.files.tests import pictures
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.lib.times import local
from shanzhi.trail.models import Entry
from tests.cast import Cast, report

EARLIER = "/341181/cases/earlier/"
API = "/api/v1/341181/take-downs"


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def test_a_call_becomes_a_case_with_a_receipt(cast: Cast) -> None:
    answer = cast["village_clerk"].client().post(TAKE_DOWN, sent(cast), follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain == [(address(case, "receipt"), 302)]
    assert (case.source, case.state, case.reporter_id) == (Source.PHONE, State.REPORTED, cast["village_clerk"].user.pk)
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.wants_reply) == (NAME, PHONE, True)
    assert Receipt.objects.get().case_id == case.id
    assert "data-draft-done" in answer.content.decode()
    codes = list(Entry.objects.order_by("id").values_list("code", flat=True))
    assert codes == ["cases.case.reported", "cases.contact.taken", "cases.receipt.made"]


def test_the_number_lies_sealed_in_the_table(cast: Cast) -> None:
    taken(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM cases_contact")
        phone, index = cursor.fetchone()
        cursor.execute("SELECT secret, digest FROM cases_receipt")
        secret, digest = cursor.fetchone()
    assert PHONE not in phone + index
    assert Receipt.objects.get().secret not in secret + digest
    assert len(index) == len(digest) == 64


@pytest.mark.parametrize("source", TAKEN_DOWN)
def test_every_source_is_kept_and_told(cast: Cast, source: Source) -> None:
    client = cast["village_clerk"].client()
    client.post(TAKE_DOWN, sent(cast, source=source.value))
    case = Case.objects.get()
    assert case.source == source
    assert source.label in text_of(client.get(address(case)))
    assert Receipt.objects.filter(case_id=case.id).exists()


def test_nobody_has_to_say_who_they_are(cast: Cast) -> None:
    cast["village_clerk"].client().post(TAKE_DOWN, sent(cast, source="box", caller="", phone="", wants_reply=""))
    assert not Contact.objects.exists()
    assert Receipt.objects.exists()


def test_what_staff_found_themselves_needs_no_receipt(cast: Cast) -> None:
    answer = cast["village_clerk"].client().post(TAKE_DOWN, sent(cast, source="desk", caller="", phone=""))
    assert answer.url == address(Case.objects.get())
    assert not Receipt.objects.exists()


def test_a_letter_of_last_month_starts_its_clock_today(cast: Cast) -> None:
    came = local(timezone.now() - timedelta(days=30)).replace(second=0, microsecond=0)
    cast["village_clerk"].client().post(TAKE_DOWN, sent(cast, source="paper", occurred_at=f"{came:%Y-%m-%dT%H:%M}"))
    case = Case.objects.get()
    assert case.occurred_at == came
    assert case.due_at is not None
    assert case.due_at > timezone.now()
    assert timezone.now() - case.received_at < timedelta(minutes=5)


@pytest.mark.parametrize("days", [-1, 91])
def test_a_letter_of_the_future_or_of_long_ago_is_refused(cast: Cast, days: int) -> None:
    came = local(timezone.now() - timedelta(days=days))
    answer = cast["village_clerk"].client().post(TAKE_DOWN, sent(cast, occurred_at=f"{came:%Y-%m-%dT%H:%M}"))
    assert answer.status_code == 422
    assert "最近 90 天以内" in text_of(answer)
    assert not Case.objects.exists()


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({"source": ""}, "请选是怎么来的。"),
    "a source of somebody else": ({"source": "snap"}, "请选是怎么来的。"),
    "half a number": ({"phone": "13955xx"}, "电话不对，请核对：手机号 11 位，座机带区号。"),
    "a long name": ({"caller": "长" * 41}, "姓名最多写 40 字。"),
    "no words": ({"body": " "}, "请写明是什么情况。"),
    "no kind": ({"kind": ""}, "请选一个类别，拿不准就选“其他”。"),
    "no place": ({"area": ""}, "请先选是哪个村或网格的事。"),
    "another village": ({"area": "341181102203001"}, "不在你的岗位范围内"),
    "no time": ({"occurred_at": "昨天"}, "时间没有写对"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_and_everything_typed_is_there_again(cast: Cast, name: str) -> None:
    changes, sentence = BAD[name]
    data = {**sent(cast), **changes}
    answer = cast["village_clerk"].client().post(TAKE_DOWN, data)
    words = markup.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert sentence in words
    for key in ("caller", "phone", "place"):
        assert field(words, key) == data[key]
    assert data["body"].strip() in words
    assert field(words, "idempotency_key") == data["idempotency_key"]
    assert not Case.objects.exists()
    assert not Contact.objects.exists()


def test_a_double_click_takes_one_call_down(cast: Cast) -> None:
    client, data = cast["village_clerk"].client(), sent(cast)
    first, second = client.post(TAKE_DOWN, data), client.post(TAKE_DOWN, data)
    assert first.url == second.url
    assert (Case.objects.count(), Contact.objects.count(), Receipt.objects.count()) == (1, 1, 1)


def test_another_number_under_a_used_key_is_refused(cast: Cast) -> None:
    client, data = cast["village_clerk"].client(), sent(cast)
    client.post(TAKE_DOWN, data)
    assert client.post(TAKE_DOWN, {**data, "phone": "13955509999"}).status_code == 422
    assert Contact.objects.get().phone == PHONE


def test_the_original_is_photographed(cast: Cast) -> None:
    photo = pictures.upload(pictures.noise(40, 30, seed=1), name="信.jpg")
    cast["village_clerk"].client().post(TAKE_DOWN, sent(cast, source="paper", photos=[photo]))
    assert StoredFile.objects.get().owner_id == Step.objects.get().id


@pytest.mark.parametrize("role", ["grid_worker", "resident", "department_handler", "auditor", "county_leader"])
def test_who_does_not_sit_at_a_desk_takes_nothing_down(cast: Cast, role: str) -> None:
    client = cast[role].client()
    assert client.get(TAKE_DOWN).status_code == 403
    assert client.post(TAKE_DOWN, sent(cast)).status_code == 403
    assert client.post(EARLIER, {"phone": PHONE}).status_code == 403
    assert not Case.objects.exists()


def test_the_service_asks_for_the_permission_too(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        taken(cast, by="grid_worker")
    with pytest.raises(Forbidden):
        report(cast, by="grid_worker", source=Source.COUNTER)
    with pytest.raises(Invalid) as refusal:
        taken(cast, contact=ContactIn("甲" * 41, "123", False))
    assert set(refusal.value.fields) == {"caller"}


def test_a_stranger_and_another_county(cast: Cast, cast_b: Cast, client: Client) -> None:
    assert client.get(TAKE_DOWN).status_code == 302
    assert cast_b["village_clerk"].client().get(TAKE_DOWN).status_code == 404


def test_earlier_matters_of_a_number_however_it_is_typed(cast: Cast) -> None:
    case = taken(cast)
    client = cast["village_clerk"].client()
    for typed in (PHONE, "139-5550-1234", "１３９ ５５５０ １２３４"):
        answer = client.post(EARLIER, {"phone": typed})
        assert address(case) in answer.content.decode()
        assert "以前反映过 1 件" in text_of(answer)
    for typed in ("1395550", "13955501235", "", "x", "\x00"):
        assert client.post(EARLIER, {"phone": typed}).content.strip() == b""
    assert client.get(EARLIER).status_code == 405
    assert PHONE not in client.post(EARLIER, {"phone": PHONE}).content.decode()


def test_earlier_matters_only_where_the_case_may_be_seen(cast: Cast) -> None:
    taken(cast)
    assert earlier_cases(cast.actor("other_clerk"), PHONE) == ([], 0)
    assert earlier_cases(cast.actor("township_officer"), PHONE)[1] == 1
    for _ in range(6):
        taken(cast)
    rows, count = earlier_cases(cast.actor("village_clerk"), PHONE)
    assert (len(rows), count) == (5, 7)
    assert rows[0].number > rows[-1].number


def test_a_form_that_comes_back_still_says_what_was_before(cast: Cast) -> None:
    case = taken(cast)
    answer = cast["village_clerk"].client().post(TAKE_DOWN, sent(cast, body=""))
    assert address(case) in answer.content.decode()


def test_who_called_stands_on_the_case(cast: Cast) -> None:
    case = taken(cast)
    charge = text_of(cast["village_clerk"].client().get(address(case)))
    assert f"{NAME}（来电）" in charge
    assert MASKED in charge
    assert "要求回复" in charge
    assert f"登记：{cast['village_clerk'].user.name}，" in charge
    other = text_of(cast["auditor"].client().get(address(case)))
    assert NAME not in other
    assert MASKED not in other
    assert "钱*凤（来电）" in other
    assert "留了电话" in other


def test_the_desk_finds_it_in_its_menu_and_above_its_list(cast: Cast) -> None:
    html = cast["township_officer"].client().get("/341181/cases/").content.decode()
    assert html.count(f'href="{TAKE_DOWN}"') >= 2
    assert TAKE_DOWN not in cast["grid_worker"].client().get("/341181/cases/").content.decode()


def test_a_county_desk_chooses_the_township_first(cast: Cast) -> None:
    client = cast["county_centre"].client()
    assert "先选乡镇" in text_of(client.get(TAKE_DOWN))
    town = cast.areas["t2"].code
    client.post(TAKE_DOWN, sent(cast, area=cast.areas["g3"].code, township=town))
    assert Case.objects.get().owner_id == cast.areas["county"].id


class TestApi:
    def post(self, cast: Cast, role: str = "village_clerk", key: str = "k1", **changes: Any) -> Any:
        body = {
            "source": "phone", "contact": {"name": NAME, "phone": PHONE, "wants_reply": True}, "body": BODY,
            "kind": "facilities", "area": cast.areas["g1"].code, **changes,
        }  # fmt: skip
        headers = {"HTTP_IDEMPOTENCY_KEY": key}
        return cast[role].client().post(API, json.dumps(body), content_type="application/json", **headers)

    def test_the_same_by_a_program(self, cast: Cast) -> None:
        answer = self.post(cast)
        assert answer.status_code == 201, answer.content
        assert self.post(cast).json()["number"] == answer.json()["number"]
        assert PHONE not in answer.content.decode()
        assert Contact.objects.get().phone == PHONE
        assert answer.json()["source"] == "phone"

    def test_refusals_name_the_fields_as_they_were_sent(self, cast: Cast) -> None:
        answer = self.post(cast, contact={"name": "", "phone": "12x"})
        assert answer.status_code == 422
        assert "contact.phone" in answer.json()["fields"]
        assert self.post(cast, source="snap").status_code == 422
        assert self.post(cast, role="grid_worker").status_code == 403
        assert self.post(cast, area=cast.areas["g3"].code).status_code in (403, 404, 422)
        assert not Case.objects.exists()

    def test_earlier_cases(self, cast: Cast) -> None:
        case = taken(cast)
        client = cast["village_clerk"].client()
        answer = client.post(
            "/api/v1/341181/earlier-cases", json.dumps({"phone": PHONE}), content_type="application/json"
        )
        assert [row["number"] for row in answer.json()["items"]] == [case.number]
        assert answer.json()["total"] == 1
        assert PHONE not in answer.content.decode()

    def test_who_called(self, cast: Cast) -> None:
        case = taken(cast)
        path = f"/api/v1/341181/cases/{case.number}/contact"
        assert cast["village_clerk"].client().get(path).json()["phone"] == MASKED
        assert cast["auditor"].client().get(path).json() == {
            "name": "钱*凤", "phone": "", "has_phone": True, "wants_reply": True
        }  # fmt: skip
        assert cast["other_clerk"].client().get(path).status_code == 404
        assert cast["village_clerk"].client().get(path.replace(case.number, report(cast).number)).status_code == 404
