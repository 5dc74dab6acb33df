"""What was reported already is offered; who joins gets a receipt of their own and sees nothing of another's words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.gate.admitting import LIMITS, Limit
from shanzhi.cases.models import Case, Receipt, Step, Visit
from shanzhi.cases.tests.pages import act, address, field, text_of
from shanzhi.cases.tests.residents.people import (
    BODY,
    FOLLOW,
    PHONE,
    RECEIPT,
    closed,
    holding,
    report_page,
    secret_of,
    send,
    sent,
    told,
    verified,
    villager,
)
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast

LIKE = "村口路灯坏了三盏，晚上看不见路，请来修。"
SECRET_WORDS = "王五家门口那盏"


@pytest.fixture
def case(cast: Cast) -> Case:
    return told(cast, place="v1", body=f"{BODY}{SECRET_WORDS}")


class TestOffered:
    def test_before_it_is_written(self, cast: Cast, case: Case) -> None:
        Case.objects.filter(id=case.id).update(summary="路灯报修")
        client = villager()
        answer = client.post(report_page(cast), sent(body=LIKE, phone=PHONE, wants_reply="on"))
        assert answer.status_code == 200
        words, html = text_of(answer), answer.content.decode()
        for part in ("是不是同一件事", "道路水电设施", "张庄村", "待受理", "路灯报修", "就是这一件，我跟着它"):
            assert part in words
        assert SECRET_WORDS not in html
        assert Case.objects.count() == 1
        assert not Visit.objects.exists()
        for name, value in (("body", LIKE), ("phone", PHONE), ("place", "村口")):
            assert field(html, name) == value

    def test_reported_all_the_same_with_everything_typed(self, cast: Cast, case: Case) -> None:
        client, form = villager(), sent(body=LIKE)
        assert client.post(report_page(cast), form).status_code == 200
        assert client.post(report_page(cast), {**form, "apart": "1"}).status_code == 303
        assert Case.objects.exclude(id=case.id).get().body == LIKE

    def test_not_what_the_public_may_not_know_of(self, cast: Cast, case: Case) -> None:
        Case.objects.filter(id=case.id).update(is_public=False)
        assert villager().post(report_page(cast), sent(body=LIKE)).status_code == 303

    def test_not_of_another_village_and_not_what_has_ended(self, cast: Cast, case: Case) -> None:
        assert villager().post(report_page(cast, "v2"), sent(body=LIKE)).status_code == 303
        closed(cast, case)
        assert villager().post(report_page(cast), sent(body=LIKE)).status_code == 303

    def test_not_what_is_old_or_different(self, cast: Cast, case: Case) -> None:
        assert villager().post(report_page(cast), sent(body="塘坝漏水，下游的田要淹了")).status_code == 303
        Case.objects.filter(id=case.id).update(received_at=timezone.now() - timedelta(days=31))
        assert villager().post(report_page(cast), sent(body=LIKE)).status_code == 303

    def test_a_second_tap_is_not_offered_its_own_report(self, cast: Cast) -> None:
        client, form = villager(), sent(body=LIKE)
        assert [client.post(report_page(cast), form).status_code for _ in range(2)] == [303, 303]


class TestJoined:
    def joined(self, cast: Cast, case: Case, **more: Any) -> Client:
        client = villager()
        form = sent(body=LIKE, join=case.number, **more)
        answer = client.post(report_page(cast), form)
        assert (answer.status_code, answer["Location"]) == (303, RECEIPT), text_of(answer)
        return client

    def test_gets_a_receipt_of_their_own(self, cast: Cast, case: Case) -> None:
        version = case.version
        client = self.joined(cast, case, phone=PHONE, wants_reply="on")
        mine = Receipt.objects.get(role="joined")
        assert (mine.case_id, mine.phone) == (case.id, PHONE)
        assert mine.secret != secret_of(case)
        case.refresh_from_db()
        assert (case.joined, case.version) == (1, version), "nobody who works with it is disturbed"
        assert Entry.objects.filter(object_id=mine.id, code="cases.receipt.joined").count() == 1
        words = text_of(client.get(RECEIPT))
        assert "您跟着这一件" in words
        assert case.number in words
        assert SECRET_WORDS not in words
        assert Case.objects.count() == 1

    def test_a_phone_is_kept_only_if_it_is_wanted(self, cast: Cast, case: Case) -> None:
        self.joined(cast, case, phone=PHONE)
        assert Receipt.objects.get(role="joined").phone == ""

    def test_follows_without_the_words_of_others(self, cast: Cast, case: Case) -> None:
        self.joined(cast, case)
        act(cast, "village_clerk", "accept", case)
        act(cast, "village_clerk", "handle", case, text="给王五换了灯")
        words = text_of(holding(case, "joined").get(FOLLOW))
        assert "处理完了，正在核查" in words
        for part in (SECRET_WORDS, "王五", "反映的内容"):
            assert part not in words

    def test_adds_but_does_not_rate(self, cast: Cast, case: Case) -> None:
        self.joined(cast, case)
        verified(cast, case)
        client = holding(case, "joined")
        words = text_of(client.get(FOLLOW))
        assert "补充情况" in words
        assert "评价：满意不满意" not in words
        version = Case.objects.get().version
        for path in ("rate", "reopen"):
            answer = client.post(f"{FOLLOW}{path}/", {"version": version, "satisfied": "yes", "text": "好"})
            assert answer.status_code == 403
            assert "由最先反映的人说" in text_of(answer)
        assert client.post(f"{FOLLOW}add/", {"text": "西边也不亮"}).status_code == 303
        assert Step.objects.get(act="add").actor_name == "跟着反映的人（凭回执）"
        assert "西边也不亮" not in text_of(holding(case).get(FOLLOW))

    def test_staff_see_how_many(self, cast: Cast, case: Case) -> None:
        for _ in range(3):
            self.joined(cast, case)
        client = cast["village_clerk"].client()
        assert "另有 3 人反映同一件事" in text_of(client.get(address(case)))
        assert "另有 3 人反映" in text_of(client.get("/341181/cases/?tab=open"))

    def test_twice_with_one_key_is_once(self, cast: Cast, case: Case) -> None:
        client, form = villager(), sent(body=LIKE, join=case.number)
        for _ in range(2):
            assert client.post(report_page(cast), form).status_code == 303
        case.refresh_from_db()
        assert (case.joined, Receipt.objects.filter(role="joined").count()) == (1, 1)
        assert client.post(report_page(cast), {**form, "join": "", "apart": "1"}).status_code == 303, "may still report"

    def test_what_has_ended_meanwhile_is_said_and_nothing_is_lost(self, cast: Cast, case: Case) -> None:
        closed(cast, case)
        answer = villager().post(report_page(cast), sent(body=LIKE, join=case.number))
        assert answer.status_code == 409
        assert "不能再跟着反映" in text_of(answer)
        assert LIKE in answer.content.decode()

    def test_what_is_not_public_is_not_there(self, cast: Cast, case: Case) -> None:
        Case.objects.filter(id=case.id).update(is_public=False)
        for number in (case.number, "2611-9999"):
            answer = villager().post(report_page(cast), sent(body=LIKE, join=number))
            assert answer.status_code == 404
            assert LIKE in answer.content.decode()
        assert not Receipt.objects.filter(role="joined").exists()

    def test_the_trail_agrees(self, cast: Cast, case: Case) -> None:
        self.joined(cast, case)
        found = verify_county(cast.county.id).findings
        assert [one for one in found if "事件" in one or "回执" in one] == []


class TestApi:
    def test_alike_and_joined(self, cast: Cast, case: Case) -> None:
        village = cast.areas["v1"].code
        (one,) = send(Client(), "alike", {"village": village, "body": LIKE}).json()
        assert (one["number"], one["kind"], one["joined"]) == (case.number, "道路水电设施", 0)
        assert SECRET_WORDS not in str(one)
        body = {"village": village, "number": case.number, "phone": PHONE}
        answers = [send(Client(), "joins", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert send(Client(), "joins", {**body, "phone": "1x"}).status_code == 422
        assert send(Client(), "joins", {**body, "number": "2611-9999"}).status_code == 404
        closed(cast, case)
        assert send(Client(), "joins", body).status_code == 409

    def test_reports(self, cast: Cast) -> None:
        village = cast.areas["v1"].code
        body = {"village": village, "body": BODY, "contact": {"phone": PHONE, "wants_reply": True}}
        answers = [send(Client(), "reports", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        case = Case.objects.get()
        assert (case.kind, case.source, answers[0].json()["number"]) == ("other", "resident", case.number)
        assert send(Client(), "reports", {**body, "village": "341181999999"}).status_code == 404
        for wrong in ({"body": ""}, {"grid": "1"}, {"kind": "complaint"}, {"kind": "nothing"}):
            assert send(Client(), "reports", {**body, **wrong}).status_code == 422

    def test_too_many(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(LIMITS, "report", Limit(device=10, address=3, free=9, free_address=9))
        body = {"village": cast.areas["v1"].code, "body": BODY}
        codes = [send(Client(), "reports", body).status_code for _ in range(4)]
        assert codes == [201] * 3 + [429]
