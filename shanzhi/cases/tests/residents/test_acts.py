"""What the holder of a receipt does: adds, rates, says that it is not solved; and who can't."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.cases.models import Case, Step, Visit
from shanzhi.cases.services import Part
from shanzhi.cases.taking.following import JOINED, REPORTER
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.cases.tests.residents.people import (
    FOLLOW,
    closed,
    handled,
    holding,
    secret_of,
    send,
    told,
    verified,
    villager,
)
from shanzhi.cases.tests.taking.people import taken
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Notice
from shanzhi.trail.models import Entry
from tests.cast import Cast

ADD, RATE, REOPEN = f"{FOLLOW}add/", f"{FOLLOW}rate/", f"{FOLLOW}reopen/"
TYPED = "灯还是不亮，每晚七点后一片黑"


def form(case: Case, **more: Any) -> dict[str, Any]:
    case.refresh_from_db()
    return {"version": case.version, "idempotency_key": uuid4().hex, "text": TYPED, **more}


class TestAdd:
    def test_staff_read_it_and_whose_turn_it_is_are_told(self, cast: Cast) -> None:
        case = told(cast)
        act(cast, "village_clerk", "accept", case)
        client = holding(case)
        assert "补充情况" in text_of(client.get(FOLLOW))
        answer = client.post(ADD, form(case))
        assert (answer.status_code, answer["Location"]) == (303, FOLLOW)
        step = Step.objects.get(act="add")
        assert (step.text, step.actor_name, step.actor_id, step.post_id) == (TYPED, REPORTER, None, None)
        assert step.from_state == step.to_state == "accepted"
        assert Entry.objects.filter(object_id=case.id, code="cases.case.added").count() == 1
        page = text_of(cast["village_clerk"].client().get(address(case)))
        assert TYPED in page
        assert REPORTER in page
        assert TYPED in text_of(client.get(FOLLOW))
        drain()
        assert Notice.objects.filter(
            title__startswith="反映人补充了情况", recipient_id=cast["village_clerk"].user.pk
        ).exists()

    def test_the_newest_version_is_not_asked_for(self, cast: Cast) -> None:
        case = told(cast)
        client, typed = holding(case), form(case)
        act(cast, "village_clerk", "accept", case)
        assert client.post(ADD, typed).status_code == 303

    def test_nothing_is_refused(self, cast: Cast) -> None:
        case = told(cast)
        answer = holding(case).post(ADD, form(case, text=" "))
        assert answer.status_code == 422
        assert "请写要补充的情况" in text_of(answer)

    def test_after_the_end_it_is_refused_with_a_sentence(self, cast: Cast) -> None:
        case = closed(cast, told(cast))
        client = holding(case)
        assert "补充情况" not in text_of(client.get(FOLLOW))
        answer = client.post(ADD, form(case))
        assert answer.status_code == 409
        assert "已经结束，不能再补充" in text_of(answer)
        assert TYPED in answer.content.decode()

    def test_of_a_merged_matter_goes_where_it_went(self, cast: Cast) -> None:
        case, into = told(cast), told(cast, body="路灯不亮")
        act(cast, "village_clerk", "merge", case, text="同一件", into=into)
        assert holding(case).post(ADD, form(case)).status_code == 303
        step = Step.objects.get(act="add")
        assert (step.case_id, step.actor_name) == (into.id, JOINED)
        assert TYPED not in text_of(holding(into).get(FOLLOW)), "another person's words"

    def test_sent_twice_it_is_there_once(self, cast: Cast) -> None:
        case = told(cast)
        client, typed = holding(case), form(case)
        for _ in range(2):
            assert client.post(ADD, typed).status_code == 303
        assert Step.objects.filter(act="add").count() == Visit.objects.count() == 1


class TestRate:
    @pytest.mark.parametrize("make", [told, taken], ids=["told", "taken"])
    def test_satisfied_closes_it(self, cast: Cast, make: Any) -> None:
        case = verified(cast, make(cast))
        client = holding(case)
        assert "评价：满意不满意" in text_of(client.get(FOLLOW))
        assert client.post(RATE, form(case, satisfied="yes", text="")).status_code == 303
        case.refresh_from_db()
        step = Step.objects.get(case=case, act="close")
        assert (case.state, step.satisfied, step.actor_name, step.actor_id) == ("closed", True, REPORTER, None)
        assert Entry.objects.filter(object_id=case.id, code="cases.case.closed").count() == 1
        assert "反映人满意" in text_of(cast["village_clerk"].client().get(address(case)))

    def test_not_satisfied_sends_it_back_with_a_reason(self, cast: Cast) -> None:
        case = verified(cast, told(cast))
        client = holding(case)
        refused = client.post(RATE, form(case, satisfied="no", text=""))
        assert refused.status_code == 422
        assert "请写明哪里不满意" in text_of(refused)
        assert client.post(RATE, form(case, satisfied="no")).status_code == 303
        case.refresh_from_db()
        assert (case.state, case.turn_area_id) == ("returned", cast.areas["v1"].id)
        assert TYPED in text_of(cast["village_clerk"].client().get(address(case)))

    def test_without_a_choice(self, cast: Cast) -> None:
        case = verified(cast, told(cast))
        answer = holding(case).post(RATE, form(case))
        assert (answer.status_code, Case.objects.get().state) == (422, "verified")
        assert TYPED in answer.content.decode()

    def test_only_when_it_was_verified(self, cast: Cast) -> None:
        case = handled(cast, told(cast))
        client = holding(case)
        assert "评价：满意不满意" not in text_of(client.get(FOLLOW))
        answer = client.post(RATE, form(case, satisfied="yes"))
        assert answer.status_code == 409
        assert "现在还不能评价" in text_of(answer)

    def test_on_an_old_page_it_is_said_and_kept(self, cast: Cast) -> None:
        case = verified(cast, told(cast))
        client, typed = holding(case), form(case, satisfied="no")
        act(cast, "village_clerk", "note", case, text="内部")
        answer = client.post(RATE, typed)
        assert answer.status_code == 409
        assert "刚刚有人办了这件事" in text_of(answer)
        assert TYPED in answer.content.decode()
        assert f'name="version" value="{Case.objects.get().version}"' in answer.content.decode()

    def test_a_double_tap_rates_once(self, cast: Cast) -> None:
        case = verified(cast, told(cast))
        client, typed = holding(case), form(case, satisfied="yes")
        for _ in range(2):
            assert client.post(RATE, typed).status_code == 303
        assert client.post(RATE, {**typed, "idempotency_key": uuid4().hex}).status_code == 409
        assert Step.objects.filter(act="close").count() == 1


class TestReopen:
    def test_not_solved_is_arranged_anew_once(self, cast: Cast) -> None:
        case = closed(cast, told(cast))
        client = holding(case)
        assert "没有解决，要求重新办理" in text_of(client.get(FOLLOW))
        assert client.post(REOPEN, form(case)).status_code == 303
        case.refresh_from_db()
        assert (case.state, case.reopened) == ("returned", 1)
        act(cast, "village_clerk", "handle", case, text="又修了")
        act(cast, "village_clerk", "verify", case)
        act(cast, "village_clerk", "close", case)
        assert "没有解决，要求重新办理" not in text_of(client.get(FOLLOW))
        answer = client.post(REOPEN, form(case))
        assert answer.status_code == 409
        assert "只能要求重新办理一次" in text_of(answer)

    def test_needs_a_reason_and_an_end(self, cast: Cast) -> None:
        case = told(cast)
        client = holding(case)
        assert client.post(REOPEN, form(case)).status_code == 409
        closed(cast, case)
        answer = client.post(REOPEN, form(case, text=""))
        assert answer.status_code == 422
        assert "请写明哪里没有解决" in text_of(answer)

    def test_twice_with_one_key(self, cast: Cast) -> None:
        case = closed(cast, told(cast))
        client, typed = holding(case), form(case)
        for _ in range(2):
            assert client.post(REOPEN, typed).status_code == 303
        assert Step.objects.filter(act="reopen").count() == 1


class TestStrangers:
    @pytest.mark.parametrize("path", [ADD, RATE, REOPEN])
    def test_without_the_secret_nothing_is_done(self, cast: Cast, path: str) -> None:
        case = verified(cast, told(cast))
        for client in (Client(), villager(), cast["resident"].client()):
            assert client.get(path)["Location"] == FOLLOW
            answer = client.post(path, form(case, satisfied="yes", number=case.number))
            assert (answer.status_code, answer["Location"]) == (303, FOLLOW)
        assert Case.objects.get().version == case.version

    def test_the_receipt_of_another_case(self, cast: Cast) -> None:
        mine, other = told(cast), verified(cast, told(cast, body="别的事"))
        assert holding(mine).post(RATE, form(other, satisfied="yes")).status_code == 409
        assert Case.objects.get(id=other.id).state == "verified"

    def test_what_was_split_is_rated_as_a_whole(self, cast: Cast) -> None:
        case = told(cast)
        act(cast, "village_clerk", "accept", case)
        act(cast, "village_clerk", "split", case, parts=[Part("路灯不亮"), Part("井盖断了")])
        client = holding(case)
        assert "分给几家一起办" in text_of(client.get(FOLLOW))
        assert client.post(RATE, form(case, satisfied="yes")).status_code == 409
        for part in Case.objects.filter(parent_id=case.id):
            act(cast, "village_clerk", "reject", part, text="不用办")
        act(cast, "village_clerk", "handle", case, text="都好了")
        act(cast, "village_clerk", "verify", case)
        assert client.post(RATE, form(case, satisfied="yes")).status_code == 303
        assert Case.objects.get(id=case.id).state == "closed"


class TestApi:
    def test_adds_rates_and_reopens(self, cast: Cast) -> None:
        case, client = told(cast), Client()
        secret, key = secret_of(case), uuid4().hex
        for _ in range(2):
            answer = send(client, "additions", {"secret": secret, "text": TYPED}, **{"Idempotency-Key": key})
            assert answer.status_code == 200
        assert Step.objects.filter(act="add").count() == 1
        assert TYPED in [step["text"] for step in answer.json()["told"]]
        verified(cast, case)
        body = {"secret": secret, "version": 1, "satisfied": True}
        assert send(client, "ratings", body).json()["code"] == "stale"
        body["version"] = Case.objects.get().version
        assert send(client, "ratings", {**body, "satisfied": False}).status_code == 422
        assert send(client, "ratings", body).json()["ended"] is True
        body = {"secret": secret, "version": Case.objects.get().version, "text": TYPED}
        assert send(client, "reopenings", {**body, "text": " "}).status_code == 422
        assert send(client, "reopenings", body).json()["ended"] is False
        assert send(client, "reopenings", body).json()["code"] == "reopened_once"
