"""The gate on the real pages: a proof that is owed, a sender who is kept out, and a flood that is held."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.gate.blocking import block_place
from shanzhi.cases.gate.releasing import held_discard, held_release
from shanzhi.cases.models import Case, Held, Receipt, Sender, Spent, Step, Visit
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.cases.tests.pages import text_of
from shanzhi.cases.tests.residents.people import (
    BODY,
    FOLLOW,
    RECEIPT,
    complain_page,
    complaints,
    holding,
    often,
    question_in,
    report_page,
    send,
    sent,
    told,
    verified,
    villager,
)
from shanzhi.files.models import StoredFile
from shanzhi.files.tests.pictures import camera
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast

OWED = "提交前请回答下面这个小问题"
HELD = "收到了，来得太多，工作人员看过就受理"


def picture() -> Any:
    made = BytesIO(camera())
    made.name = "a.jpg"
    return made


class TestProof:
    def test_a_new_page_carries_the_question_and_its_answer_is_enough(self, cast: Cast) -> None:
        client, page = villager(), report_page(cast)
        assert "proof_question" not in client.get(page).content.decode()
        often(client, "report", 3)
        proof = question_in(client.get(page))
        assert client.post(page, sent(**proof)).status_code == 303
        case = Case.objects.get()
        assert case.number in text_of(client.get(RECEIPT))
        assert Sender.objects.get().case_id == case.id

    def test_what_was_typed_stays_and_the_photos_too(self, cast: Cast) -> None:
        client, page = villager(), report_page(cast)
        often(client, "report", 3)
        form = sent(place="老槐树下")
        asked = client.post(page, {**form, "photos": picture()})
        assert asked.status_code == 422
        html = asked.content.decode()
        file = StoredFile.objects.get()
        for part in (OWED, BODY, "老槐树下", f"/341181/report/photos/{file.id}/"):
            assert part in html
        assert not Case.objects.exists()
        done = client.post(page, {**form, "photo_ids": str(file.id), **question_in(asked)})
        assert done.status_code == 303
        file.refresh_from_db()
        assert file.owner_id == Step.objects.get().id

    def test_a_wrong_answer_is_used_up_and_asked_anew(self, cast: Cast) -> None:
        client, page = villager(), report_page(cast)
        often(client, "report", 3)
        form = sent()
        right = question_in(client.get(page))
        wrong = client.post(page, {**form, **right, "proof_answer": "999"})
        assert wrong.status_code == 422
        assert "没有答对" in text_of(wrong)
        assert Spent.objects.count() == 1
        assert client.post(page, {**form, **right}).status_code == 422, "that question served"
        assert client.post(page, {**form, **question_in(wrong)}).status_code == 303
        assert Case.objects.count() == 1

    def test_an_answer_is_not_spent_by_the_question_whether_it_is_the_same(self, cast: Cast) -> None:
        told(cast, place="v1")
        client, page = villager(), report_page(cast)
        often(client, "report", 3)
        form = sent(**question_in(client.get(page)))
        offered = client.post(page, form)
        assert offered.status_code == 200
        html = offered.content.decode()
        assert form["proof_question"] in html, "kept for the report"
        assert 'for="id_proof_answer"' not in html
        assert not Spent.objects.exists()
        assert client.post(page, {**form, "apart": "1"}).status_code == 303

    def test_whoever_gave_none_is_asked_there(self, cast: Cast) -> None:
        told(cast, place="v1")
        client, page = villager(), report_page(cast)
        often(client, "report", 3)
        form = sent()
        offered = client.post(page, form)
        assert client.post(page, {**form, "apart": "1", **question_in(offered)}).status_code == 303
        assert Case.objects.count() == 2

    def test_one_key_owes_one_proof(self, cast: Cast) -> None:
        client, page = villager(), report_page(cast)
        often(client, "report", 3)
        form = sent(**question_in(client.get(page)))
        assert [client.post(page, form).status_code for _ in range(3)] == [303] * 3
        assert (Case.objects.count(), Spent.objects.count()) == (1, 1)

    def test_joining_asks_on_a_page_of_its_own(self, cast: Cast) -> None:
        case, client, page = told(cast, place="v1"), villager(), report_page(cast)
        often(client, "join", 6)
        form = sent(join=case.number)
        asked = client.post(page, form)
        assert asked.status_code == 422
        words = text_of(asked)
        assert "跟着这一件" in words
        assert OWED in words
        assert BODY in asked.content.decode()
        assert client.post(page, {**form, **question_in(asked)}).status_code == 303
        assert Receipt.objects.filter(role="joined").count() == 1

    def test_complaining_asks(self, cast: Cast) -> None:
        complaints(cast)
        client, page = villager(), complain_page(cast)
        often(client, "complain", 2)
        form = {"whom": cast.areas["v1"].code, "body": "压了半个月", "idempotency_key": uuid4().hex}
        asked = client.post(page, form)
        assert asked.status_code == 422
        assert "压了半个月" in asked.content.decode()
        assert client.post(page, {**form, **question_in(asked)}).status_code == 303

    @pytest.mark.parametrize(
        ("act", "counted", "form"),
        [
            ("add", "add", {"text": "西边也不亮"}),
            ("rate", "rate", {"satisfied": "yes", "text": ""}),
        ],
    )
    def test_what_the_holder_does_asks(self, cast: Cast, act: str, counted: str, form: dict[str, str]) -> None:
        case = verified(cast, told(cast))
        client, page = holding(case), f"{FOLLOW}{act}/"
        often(client, counted, 6)
        form = {**form, "version": str(case.version), "idempotency_key": uuid4().hex}
        proof = question_in(client.get(page))
        asked = client.post(page, form)
        assert asked.status_code == 422
        assert OWED in text_of(asked)
        assert client.post(page, {**form, **proof}).status_code == 303

    def test_programs_find_the_challenge_and_send_the_answer(self, cast: Cast) -> None:
        client = villager()
        often(client, "report", 3)
        body = {"village": cast.areas["v1"].code, "body": BODY}
        asked = send(client, "reports", body)
        assert (asked.status_code, asked.json()["code"]) == (422, "proof_needed")
        question = asked.json()["challenge"]["question"]
        wrong = send(client, "reports", {**body, "proof": {"challenge": question["challenge"], "answer": "999"}})
        assert wrong.status_code == 422
        assert Spent.objects.count() == 1
        page = client.get(report_page(cast))
        proof = question_in(page)
        proved = {"challenge": proof["proof_question"], "answer": proof["proof_answer"]}
        assert send(client, "reports", {**body, "proof": proved}).status_code == 201


def test_who_is_kept_out_reads_it_and_still_follows_and_rates(cast: Cast) -> None:
    client = villager()
    assert client.post(report_page(cast), sent()).status_code == 303
    case = verified(cast, Case.objects.get())
    block_place(
        actor=cast.actor("township_officer"), case=case, what="device", reason="abuse", text="骂人", days=7, key=None,
        at=timezone.now(),
    )  # fmt: skip
    answer = client.post(report_page(cast), sent(body="塘坝漏水，下游的田要淹了"))
    assert answer.status_code == 403
    assert "辱骂、威胁" in text_of(answer)
    assert "塘坝漏水" in answer.content.decode()
    added = client.post(f"{FOLLOW}add/", {"text": "还有"})
    assert added.status_code == 403
    assert client.get(FOLLOW).status_code == 200
    rated = client.post(f"{FOLLOW}rate/", {"satisfied": "yes", "text": "", "version": str(case.version)})
    assert rated.status_code == 303


class TestFlood:
    @pytest.fixture(autouse=True)
    def always(self, settings: Any) -> None:
        settings.GATE = {"normal": 1000, "village": 0, "county": 1000}

    def held(self, cast: Cast, client: Client, **changes: Any) -> Held:
        answer = client.post(report_page(cast), sent(**changes))
        assert (answer.status_code, answer["Location"]) == (303, RECEIPT), text_of(answer)
        return Held.objects.latest("id")

    def test_a_receipt_at_once_and_the_same_secret_after_it_is_released(self, cast: Cast) -> None:
        client = villager()
        held = self.held(cast, client)
        assert not Case.objects.exists()
        receipt = client.get(RECEIPT)
        words, secret = text_of(receipt), secret_shown(held.secret)
        for part in (HELD, secret, "还没有编号", "张庄村"):
            assert part in words
        assert 'src="data:image/svg+xml' in receipt.content.decode()
        assert secret not in receipt.request["PATH_INFO"]
        followed = text_of(client.get(FOLLOW))
        assert HELD in followed
        assert secret not in followed
        assert BODY not in followed
        case = held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
        assert case.number in text_of(client.get(FOLLOW)), "the browser that sent it goes on"
        assert case.number in text_of(client.get(RECEIPT))
        other = villager()
        found = text_of(other.post(FOLLOW, {"secret": secret, "number": ""}))
        assert case.number in found
        assert BODY in found
        assert client.post(f"{FOLLOW}add/", {"text": "又坏了一盏"}).status_code == 303

    def test_the_trail_agrees_after_it_is_released(self, cast: Cast) -> None:
        held = self.held(cast, villager(), phone="13955501234", wants_reply="on")
        held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
        receipt = Receipt.objects.get()
        assert (receipt.secret, receipt.digest) == (held.secret, held.digest)
        found = verify_county(cast.county.id).findings
        assert [one for one in found if any(word in one for word in ("回执", "待甄别", "事件"))] == []

    def test_nothing_else_can_be_done_with_it(self, cast: Cast) -> None:
        client = villager()
        self.held(cast, client)
        for path in ("add", "rate", "reopen", "complain"):
            answer = client.post(f"{FOLLOW}{path}/", {"text": "x"}, follow=True)
            assert "还没有正式登记" in text_of(answer), path
        assert client.get(f"{FOLLOW}photos/1/").status_code == 404

    def test_what_was_put_aside_says_why(self, cast: Cast) -> None:
        client = villager()
        held = self.held(cast, client)
        held_discard(actor=cast.actor("township_officer"), held=held, reason="advert", at=timezone.now())
        words = text_of(client.get(FOLLOW))
        assert "没有登记" in words
        assert "广告、诈骗信息" in words

    def test_it_is_this_browsers_only_and_ends(self, cast: Cast) -> None:
        client = villager()
        held = self.held(cast, client)
        assert Client().get(RECEIPT).status_code == 303
        typed = villager()
        assert HELD in text_of(typed.post(FOLLOW, {"secret": held.secret, "number": ""}))
        assert HELD in text_of(typed.get(FOLLOW)), "held from then on"
        assert typed.get(RECEIPT).status_code == 303, "the secret is shown only where it was made"
        client.post(f"{FOLLOW}leave/")
        assert HELD not in text_of(client.get(FOLLOW))

    def test_photos_go_to_the_first_step(self, cast: Cast) -> None:
        client = villager()
        held = self.held(cast, client, photos=picture())
        assert StoredFile.objects.get().owner_id == held.id
        held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
        file = StoredFile.objects.get()
        assert file.owner_id == Step.objects.get().id
        assert client.get(f"{FOLLOW}photos/{file.id}/").status_code == 200

    def test_one_key_is_one_held_report(self, cast: Cast) -> None:
        client, form = villager(), sent()
        shown = set()
        for _ in range(3):
            assert client.post(report_page(cast), form).status_code == 303
            shown.add(text_of(client.get(RECEIPT)))
        assert (Held.objects.count(), Visit.objects.count(), len(shown)) == (1, 1, 1)

    def test_programs_get_a_secret_without_a_number(self, cast: Cast) -> None:
        body = {"village": cast.areas["v1"].code, "body": BODY}
        answers = [send(Client(), "reports", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        made = answers[0].json()
        assert made == answers[1].json()
        assert made["number"] == ""
        followed = send(Client(), "followed", {"secret": made["secret"]}).json()
        assert (followed["number"], followed["state"], followed["acts"]) == ("", HELD, [])
        refused = send(Client(), "additions", {"secret": made["secret"], "text": "x"})
        assert (refused.status_code, refused.json()["code"]) == (409, "receipt_held")
        held_release(actor=cast.actor("township_officer"), held=Held.objects.get(), at=timezone.now())
        followed = send(Client(), "followed", {"secret": made["secret"]}).json()
        assert followed["number"] == Case.objects.get().number

    def test_after_half_an_hour_the_browser_has_forgotten(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        client = villager()
        self.held(cast, client)
        monkeypatch.setattr("shanzhi.cases.residents.holding.LASTS", timedelta(0) - timedelta(seconds=1))
        assert client.get(RECEIPT).status_code == 303
        assert HELD not in text_of(client.get(FOLLOW))
