"""A complaint goes one level up: whoever it is about finds it nowhere."""

from typing import Any

import pytest
from django.test import Client

from shanzhi.cases import services
from shanzhi.cases.models import Case, Receipt
from shanzhi.cases.tests.pages import address, text_of
from shanzhi.cases.tests.residents.people import (
    FOLLOW,
    RECEIPT,
    complain_page,
    complaints,
    holding,
    often,
    question_in,
    send,
    told,
    verified,
    villager,
)
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict
from shanzhi.notices.models import Notice
from tests.cast import Cast

WORDS = "会计态度恶劣，材料压了半个月不给办"
VILLAGERS = (
    "village_clerk", "branch_secretary", "grid_worker", "grid_leader", "accountant", "supervisor", "resident",
    "volunteer", "other_clerk",
)  # fmt: skip


def complained(cast: Cast, level: str = "v1", **more: Any) -> Case:
    complaints(cast)
    form = {"whom": cast.areas[level].code, "body": WORDS, "phone": "", "caller": "", **more}
    client = villager()
    answer = client.post(complain_page(cast), form)
    assert (answer.status_code, answer["Location"]) == (303, RECEIPT), text_of(answer)
    case = Case.objects.get(kind="complaint")
    assert case.number in text_of(client.get(RECEIPT))
    return case


class TestAboutTheVillage:
    def test_the_township_has_it(self, cast: Cast) -> None:
        case = complained(cast)
        assert (case.area_id, case.owner_id, case.is_public) == (cast.areas["t1"].id, cast.areas["t1"].id, False)
        assert case.answers == {"whom": "张庄村"}
        words = text_of(cast["township_officer"].client().get(address(case)))
        assert WORDS in words
        assert "张庄村" in words
        assert Receipt.objects.get(case=case).role == "reporter"

    @pytest.mark.parametrize("role", VILLAGERS)
    def test_nobody_of_the_village_finds_it(self, cast: Cast, role: str) -> None:
        case, client = complained(cast), cast[role].client()
        assert client.get(address(case)).status_code == 404
        for query in ("tab=open", "tab=open&q=材料", f"tab=open&q={case.number}", "tab=ended", "tab=mine"):
            page = text_of(client.get(f"/341181/cases/?{query}"))
            assert "材料压了" not in page
            assert case.title not in page
        api = client.get("/api/v1/341181/cases?tab=open")
        assert case.number not in api.content.decode()
        assert client.get(f"/api/v1/341181/cases/{case.number}").status_code in (403, 404)
        assert case.number not in text_of(client.get("/341181/home/", follow=True))

    def test_it_is_in_none_of_their_counts(self, cast: Cast) -> None:
        complaints(cast)
        client = cast["village_clerk"].client()
        before = text_of(client.get("/341181/cases/?tab=open"))
        assert villager().post(complain_page(cast), {"whom": cast.areas["v1"].code, "body": WORDS}).status_code == 303
        assert text_of(client.get("/341181/cases/?tab=open")) == before

    def test_and_no_notice_goes_there(self, cast: Cast) -> None:
        complained(cast)
        drain()
        told_ids = set(Notice.objects.values_list("recipient_id", flat=True))
        assert cast["township_officer"].user.pk in told_ids
        assert not told_ids & {cast[role].user.pk for role in VILLAGERS}

    def test_it_can_be_given_to_nobody_below_but_is_handled_above(self, cast: Cast) -> None:
        case, officer = complained(cast), cast.actor("township_officer")
        services.case_accept(actor=officer, case=case, version=1)
        with pytest.raises(Conflict):
            services.case_dispatch(actor=officer, case=case, version=case.version, area=cast.areas["v1"])
        with pytest.raises(Conflict):
            services.case_classify(actor=officer, case=case, version=case.version, kind="other")
        services.case_handle(actor=officer, case=case, version=case.version, text="已批评教育")
        services.case_verify(actor=officer, case=case, version=case.version)
        words = text_of(holding(case).get(FOLLOW))
        assert "已批评教育" in words
        assert "评价：满意不满意" in words


class TestAboutTheTownship:
    @pytest.mark.parametrize("role", ["township_officer", "command_centre", "department_handler", *VILLAGERS])
    def test_nobody_of_the_township_finds_it(self, cast: Cast, role: str) -> None:
        case = complained(cast, "t1")
        assert case.area_id == case.owner_id == cast.areas["county"].id
        client = cast[role].client()
        assert client.get(address(case)).status_code == 404
        assert case.title not in text_of(client.get("/341181/cases/?tab=open&q=材料"))

    def test_the_county_has_it(self, cast: Cast) -> None:
        case = complained(cast, "t1")
        assert cast["county_centre"].client().get(address(case)).status_code == 200


class TestPage:
    def test_says_who_reads_it(self, cast: Cast) -> None:
        complaints(cast)
        words = text_of(Client().get(complain_page(cast)))
        assert "投诉张庄村的，由东镇办，张庄村的人看不到，也不经手" in words
        assert "投诉东镇的，由天长市办" in words

    def test_from_what_is_followed(self, cast: Cast) -> None:
        complaints(cast)
        case = verified(cast, told(cast))
        client = holding(case)
        page = f"{FOLLOW}complain/"
        assert case.number in text_of(client.get(page))
        answer = client.post(page, {"whom": cast.areas["v1"].code, "body": WORDS})
        assert answer.status_code == 303
        made = Case.objects.get(kind="complaint")
        assert made.answers == {"whom": "张庄村", "about": case.number}
        assert Client().get(page)["Location"] == FOLLOW

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"body": ""}, "请写明是什么问题"), ({"whom": "x"}, "请在列出的里面选"),
            ({"wants_reply": "on"}, "请填手机号"), ({"body": "字" * 2001}, "最多写 2000 字"),
        ],
    )  # fmt: skip
    def test_what_is_wrong(self, cast: Cast, changes: dict[str, str], words: str) -> None:
        complaints(cast)
        form = {"whom": cast.areas["v1"].code, "body": WORDS, **changes}
        answer = villager().post(complain_page(cast), form)
        assert answer.status_code == 422
        assert words in text_of(answer)

    def test_a_county_without_the_kind_says_where_to_go(self, cast: Cast) -> None:
        answer = villager().post(complain_page(cast), {"whom": cast.areas["v1"].code, "body": WORDS})
        assert answer.status_code == 409
        assert "打 12345" in text_of(answer)
        assert WORDS in answer.content.decode()

    def test_five_an_hour_from_one_browser(self, cast: Cast) -> None:
        complaints(cast)
        client, form = villager(), {"whom": cast.areas["v1"].code, "body": WORDS}
        often(client, "complain", 4)
        proof = question_in(client.get(complain_page(cast)))
        codes = [client.post(complain_page(cast), {**form, **proof}).status_code for _ in range(2)]
        assert codes == [303, 429]


def test_by_a_program(cast: Cast) -> None:
    complaints(cast)
    body = {"village": cast.areas["v1"].code, "level": "township", "body": WORDS}
    answer = send(Client(), "complaints", body, **{"Idempotency-Key": "k"})
    assert answer.status_code == 201
    assert send(Client(), "complaints", body, **{"Idempotency-Key": "k"}).json() == answer.json()
    assert Case.objects.get().area_id == cast.areas["county"].id
    assert send(Client(), "complaints", {**body, "body": ""}).status_code == 422
