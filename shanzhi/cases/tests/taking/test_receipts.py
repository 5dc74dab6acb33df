"""Receipts: a secret that is read off paper, told to nobody else, and followed by anybody who holds it."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases.models import Case, Miss, Receipt
from shanzhi.cases.taking import following
from shanzhi.cases.taking.following import NEXT, NOW, TOLD, followed
from shanzhi.cases.taking.secrets import ALPHABET, LENGTH, digest_of, secret_new, secret_read, secret_shown
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.cases.tests.taking.people import BODY, FOLLOW, NAME, PHONE, secret_of, taken
from shanzhi.lib.errors import NotFound, TooMany
from shanzhi.tenancy.context import county
from tests.cast import Cast, report

SIGNS = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)
UNKNOWN = "没有找到这件事，请对照回执核对编号和查询码。"


@given(SIGNS)
def test_what_stands_on_paper_reads_as_what_was_made(secret: str) -> None:
    shown = secret_shown(secret)
    assert [len(part) for part in shown.split("-")] == [4, 4, 5]
    for typed in (
        shown,
        shown.lower(),
        shown.replace("-", " "),
        f"  {secret} ",
        shown.replace("-", "－"),
        _wide(secret),
    ):
        assert secret_read(typed) == secret


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_secret_or_nothing(typed: str) -> None:
    read = secret_read(typed)
    assert read == "" or (len(read) == LENGTH and set(read) <= set(ALPHABET))
    assert secret_read(read) == read


def test_no_sign_looks_like_another() -> None:
    assert not set("0O1IL") & set(ALPHABET)
    assert len(ALPHABET) ** LENGTH > 2**60
    assert len({secret_new() for _ in range(1000)}) == 1000


@given(SIGNS, SIGNS)
def test_digests_differ_exactly_as_secrets_do(one: str, other: str) -> None:
    assert (digest_of(one) == digest_of(other)) is (one == other)
    assert one not in digest_of(one)


class TestPaper:
    def test_says_what_somebody_takes_home(self, cast: Cast) -> None:
        case = taken(cast)
        answer = cast["village_clerk"].client().get(address(case, "receipt"))
        words, secret = text_of(answer), secret_shown(secret_of(case))
        for part in (
            case.number,
            BODY,
            NAME,
            "天长市东镇张庄村",
            "道路水电设施",
            secret,
            "24 小时内",
            "/341181/follow/",
        ):
            assert part in words
        assert PHONE not in words
        assert 'src="data:image/svg+xml' in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"

    def test_is_printed_again_as_it_was(self, cast: Cast) -> None:
        case = taken(cast)
        client = cast["village_clerk"].client()
        promise = "24 小时内"
        first = text_of(client.get(address(case, "receipt")))
        act(cast, "village_clerk", "accept", case)
        again = text_of(client.get(address(case, "receipt")))
        assert secret_shown(secret_of(case)) in first
        assert secret_shown(secret_of(case)) in again
        assert first[first.index(promise) :][:60] == again[again.index(promise) :][:60]

    def test_of_what_was_solved_at_once_promises_the_check(self, cast: Cast) -> None:
        case = taken(cast, solved="当场解释清楚了")
        assert "已经当场处理" in text_of(cast["village_clerk"].client().get(address(case, "receipt")))

    def test_is_for_the_office_that_deals_with_it(self, cast: Cast, cast_b: Cast, client: Client) -> None:
        case = taken(cast)
        path = address(case, "receipt")
        assert cast["branch_secretary"].client().get(path).status_code == 200
        assert cast["township_officer"].client().get(path).status_code == 403
        assert cast["grid_worker"].client().get(path).status_code == 403
        assert cast["auditor"].client().get(path).status_code == 403
        assert cast["other_clerk"].client().get(path).status_code == 404
        assert cast_b["village_clerk"].client().get(path).status_code == 404
        assert client.get(path).status_code == 302
        assert cast["village_clerk"].client().get(address(report(cast), "receipt")).status_code == 404

    def test_by_a_program(self, cast: Cast) -> None:
        case = taken(cast)
        path = f"/api/v1/341181/cases/{case.number}/receipt"
        answer = cast["village_clerk"].client().get(path).json()
        assert secret_read(answer["secret"]) == secret_of(case)
        assert answer["page"].endswith("/341181/follow/")
        assert cast["grid_worker"].client().get(path).status_code == 403
        assert cast["township_officer"].client().get(path).status_code == 403

    def test_names_the_public_address_of_the_installation(self, cast: Cast, settings: Any) -> None:
        settings.MESSAGES = {**settings.MESSAGES, "site": "https://shanzhi.example.gov.cn"}
        words = text_of(cast["village_clerk"].client().get(address(taken(cast), "receipt")))
        assert "https://shanzhi.example.gov.cn/341181/follow/" in words


class TestFollow:
    def ask(self, secret: str, number: str = "", **more: Any) -> Any:
        return Client(**more).post(FOLLOW, {"secret": secret, "number": number})

    def test_needs_no_account(self, cast: Cast) -> None:
        case = taken(cast)
        page = Client().get(FOLLOW)
        assert page.status_code == 200
        assert "data-follow" in page.content.decode()
        assert page["X-Robots-Tag"].startswith("noindex")
        answer = self.ask(secret_shown(secret_of(case)).lower(), case.number)
        words = text_of(answer)
        for part in (case.number, "等待受理", "由张庄村决定是否受理", "已登记", "道路水电设施"):
            assert part in words
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"].startswith("noindex")

    def test_tells_no_names_and_no_words_among_staff(self, cast: Cast) -> None:
        case = taken(cast)
        act(cast, "village_clerk", "accept", case)
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], text="内部嘱咐一句")
        act(cast, "grid_worker", "handle", case, text="换了王五家门口的灯")
        answer = self.ask(secret_of(case))
        html = answer.content.decode()
        for part in ("内部嘱咐", NAME, PHONE, secret_of(case), secret_shown(secret_of(case))):
            assert part not in html
        for role in ("village_clerk", "grid_worker"):
            assert cast[role].user.name not in html
        words = text_of(answer)
        for part in (BODY, "换了王五家门口的灯"):
            assert part in words, "said by the reporter, and written for the reporter"
        assert "处理完了，正在核查" in words
        assert words.index("处理完了，等核查") < words.index("已安排人处理") < words.index("已受理 ")

    def test_every_state_and_what_comes_next_has_words(self) -> None:
        assert set(NOW) == set(NEXT)
        assert all(NOW.values())
        assert "note" not in {act.value for act in TOLD}
        assert not {"whistle", "supervise", "moderate", "ask"} & {act.value for act in TOLD}

    def test_what_is_wrong_is_one_sentence(self, cast: Cast, cast_b: Cast) -> None:
        case = taken(cast)
        with county(410927):
            foreign = secret_of(taken(cast_b))
        right = secret_of(case)
        wrong = [secret_new(), right[:-1], foreign, "'; --", "0" * 13]
        answers = [self.ask(secret) for secret in wrong] + [self.ask(right, "2611-9999")]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        assert all(UNKNOWN in text_of(answer) for answer in answers)
        assert self.ask("").status_code == 422
        assert self.ask("x" * 200).status_code == 422

    def test_after_ten_wrong_ones_an_address_waits(self, cast: Cast) -> None:
        right = secret_of(taken(cast))
        for _ in range(10):
            assert self.ask(secret_new()).status_code == 404
        for secret in (secret_new(), right):
            answer = self.ask(secret)
            assert answer.status_code == 429
            assert "请过 10 分钟再试" in text_of(answer)
        assert Miss.objects.count() == 10
        assert self.ask(right, REMOTE_ADDR="198.51.100.7").status_code == 200

    def test_time_heals(self, cast: Cast) -> None:
        right = secret_of(taken(cast))
        now = timezone.now()
        for _ in range(10):
            with pytest.raises(NotFound):
                followed(number="", secret=secret_new(), address="a", at=now)
        with pytest.raises(TooMany):
            followed(number="", secret=right, address="a", at=now + timedelta(minutes=9))
        later = now + timedelta(minutes=10, seconds=1)
        assert followed(number="", secret=right, address="a", at=later).number
        with pytest.raises(NotFound):
            followed(number="", secret="", address="b", at=later)
        assert Miss.objects.count() == 1, "what counts no more is gone"

    def test_right_ones_are_never_counted(self, cast: Cast) -> None:
        right = secret_of(taken(cast))
        for _ in range(15):
            assert self.ask(right).status_code == 200
        assert not Miss.objects.exists()

    def test_the_address_is_kept_as_a_digest(self, cast: Cast) -> None:
        self.ask(secret_new(), REMOTE_ADDR="198.51.100.7")
        source = Miss.objects.get().source
        assert len(source) == 64
        assert source == following.source_digest("198.51.100.7") != following.source_digest("198.51.100.8")

    def test_a_merged_matter_tells_of_the_one_that_it_went_into(self, cast: Cast) -> None:
        case, into = taken(cast), taken(cast)
        act(cast, "village_clerk", "merge", case, text="同一件", into=into)
        act(cast, "village_clerk", "accept", into)
        words = text_of(self.ask(secret_of(case)))
        assert "已受理，正在安排人处理（和另一件同样的事一起办）" in words
        assert case.number in words
        assert into.number not in words
        assert words.count("已登记") == 1
        other = text_of(self.ask(secret_of(into)))
        assert "合在一起办" not in other

    def test_by_a_program(self, cast: Cast) -> None:
        case = taken(cast)
        path = "/api/v1/341181/follow"

        def ask(secret: str) -> Any:
            return Client().post(path, json.dumps({"secret": secret}), content_type="application/json")

        found = ask(secret_of(case)).json()
        assert (found["number"], found["state"], found["ended"]) == (case.number, "等待受理", False)
        assert [step["words"] for step in found["steps"]] == ["已登记"]
        for _ in range(10):
            assert ask(secret_new()).json()["detail"] == UNKNOWN
        assert ask(secret_of(case)).status_code == 429

    def test_a_receipt_is_of_one_case_for_ever(self, cast: Cast) -> None:
        secrets = [secret_of(taken(cast)) for _ in range(3)]
        assert len(set(secrets)) == 3
        assert Receipt.objects.count() == Case.objects.count() == 3
        with patch.object(following, "TRIES", 0), pytest.raises(TooMany):
            followed(number="", secret=secrets[0], address="", at=timezone.now())
