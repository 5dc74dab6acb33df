"""Public summaries: who confirms them, what is refused in them, what takes them back, and who proves it."""

import json
from typing import Any

import pytest
from django.test import Client

from shanzhi.cases.acts import BESIDE, SIDE, Act, acts_for
from shanzhi.cases.models import Case, Contact, Step
from shanzhi.cases.services import case_act, case_publish
from shanzhi.cases.tests.pages import act, address, post, text_of
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.notices.models import Notice
from shanzhi.trail.models import Entry
from tests.cast import Cast, report
from tests.kinds import kind_add

SAID = "第一网格的路灯修好了，换了 3 盏"


def publish(cast: Cast, case: Case, text: str = SAID, by: str = "village_clerk", **more: Any) -> Case:
    return case_publish(actor=cast.actor(by), case=Case.objects.get(id=case.id), text=text, **more)


def refused(cast: Cast, case: Case, text: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        publish(cast, case, text)
    assert Case.objects.get(id=case.id).summary == case.summary
    return list(caught.value.fields["text"])


def test_it_stands_beside_the_turn_and_behind_the_dots() -> None:
    assert Act.PUBLISH in BESIDE
    assert Act.PUBLISH in SIDE


def test_a_step_and_the_trail_say_who_and_when(cast: Cast) -> None:
    case = publish(cast, report(cast))
    step = Step.objects.get(case=case, act=Act.PUBLISH)
    assert (case.summary, step.text, step.actor_name) == (SAID, SAID, cast["village_clerk"].user.name)
    entry = Entry.objects.get(object_id=case.id, code="cases.case.published")
    assert entry.version == step.version == case.version
    assert "summary" in Case.TRAIL_FIELDS


def test_blanks_are_one(cast: Cast) -> None:
    assert publish(cast, report(cast), " 路灯\n\n修好了  ").summary == "路灯 修好了"


def test_empty_takes_it_back_and_says_so(cast: Cast) -> None:
    case = publish(cast, publish(cast, report(cast)), "")
    assert case.summary == ""
    assert Step.objects.filter(case=case).latest("version").target == "，已撤下"
    page = cast["village_clerk"].client().get(address(case))
    assert "公开摘要，已撤下" in text_of(page)


def test_there_is_nothing_to_take_back(cast: Cast) -> None:
    assert refused(cast, report(cast), "  ") == ["请写给群众看的话，2 到 200 字。"]


@pytest.mark.parametrize("text", ["字", "字" * 201])
def test_two_to_two_hundred(cast: Cast, text: str) -> None:
    assert refused(cast, report(cast), text)[0].startswith("写 2 到 200 字，现在")


def test_the_same_again_is_no_step(cast: Cast) -> None:
    case = publish(cast, report(cast))
    assert refused(cast, case, SAID)[0].startswith("和现在公开的一样")
    assert Step.objects.filter(case=case, act=Act.PUBLISH).count() == 1


class TestPrivate:
    @pytest.mark.parametrize("text", ["请打 13955501234", "身份证 341181198001011234", "写信到 a@b.cn"])
    def test_numbers_of_people(self, cast: Cast, text: str) -> None:
        (sentence,) = refused(cast, report(cast), text)
        assert sentence.endswith("请去掉。")

    def test_who_reported_it(self, cast: Cast) -> None:
        case = report(cast, by="resident", source="resident")
        name = cast["resident"].user.name
        assert refused(cast, case, f"{name}家门口的灯修好了") == [f"里面有人名“{name}”，请去掉。"]

    def test_who_told_it_to_a_desk(self, cast: Cast) -> None:
        case = report(cast)
        Contact(case=case, name="钱小凤", phone="13955501234", phone_index="x").save()
        assert refused(cast, case, "钱 小凤反映的灯修好了") == ["里面有人名“钱小凤”，请去掉。"]

    def test_a_part_was_told_by_who_told_the_whole(self, cast: Cast) -> None:
        whole = report(cast)
        Contact(case=whole, name="钱小凤", phone="", phone_index="").save()
        part = report(cast)
        Case.objects.filter(id=part.id).update(parent_id=whole.id)
        assert refused(cast, part, "钱小凤反映的灯修好了")

    def test_people_in_the_answers_and_answers_that_few_read(self, cast: Cast) -> None:
        questions: list[dict[str, Any]] = [
            {"code": "who", "label": "谁", "type": "person"},
            {"code": "ill", "label": "病情", "type": "text", "seen_by": ["village_clerk"]},
        ]
        kind_add("asked", {"label": "问的", "fields": questions})
        case = report(cast, kind="asked", answers={"who": {"name": "孙大海", "phone": ""}, "ill": "精神二级"})
        found = refused(cast, case, "孙大海家，精神二级，已走访")
        assert found == ["里面有人名“孙大海”，请去掉。", "“精神二级”不宜公开，请去掉。"]

    def test_somebody_without_an_account_has_no_name_to_find(self, cast: Cast) -> None:
        case = report(cast)
        Case.objects.filter(id=case.id).update(reporter_id=None, reporter_post_id=None, reporter_name="群众")
        assert publish(cast, case, "群众反映的路灯修好了").summary

    def test_words_that_were_covered(self, cast: Cast) -> None:
        case = report(cast, title="周家又吵架")
        case_act(
            actor=cast.actor("village_clerk"), case=case, act=Act.MODERATE, what="title", text="有姓氏", instead="吵架"
        )
        fresh = Case.objects.get(id=case.id)
        assert refused(cast, fresh, "周家又吵架，已劝开") == ["“周家又吵架”不宜公开，请去掉。"]


class TestModerated:
    @pytest.mark.parametrize("what", ["title", "body", "place"])
    def test_covering_words_takes_it_back(self, cast: Cast, what: str) -> None:
        case = publish(cast, report(cast))
        case_act(actor=cast.actor("village_clerk"), case=case, act=Act.MODERATE, what=what, text="有姓名")
        assert Case.objects.get(id=case.id).summary == ""
        assert Step.objects.filter(case=case).latest("version").target.endswith("公开摘要同时撤下")

    def test_lifting_a_cover_brings_nothing_back(self, cast: Cast) -> None:
        case = publish(cast, report(cast))
        clerk = cast.actor("village_clerk")
        case = case_act(actor=clerk, case=case, act=Act.MODERATE, what="title", text="有姓名")
        cover = case.moderations.get()  # type: ignore[attr-defined]
        case_act(actor=clerk, case=case, act=Act.MODERATE, what=f"lift:{cover.id}", text="没有姓名")
        assert Case.objects.get(id=case.id).summary == ""

    def test_without_one_nothing_is_said_of_it(self, cast: Cast) -> None:
        case = report(cast)
        case_act(actor=cast.actor("village_clerk"), case=case, act=Act.MODERATE, what="title", text="有姓名")
        assert "公开摘要" not in Step.objects.filter(case=case).latest("version").target


class TestWho:
    def test_the_level_in_charge_only(self, cast: Cast) -> None:
        case = report(cast)
        for who in ("grid_worker", "other_clerk", "township_officer", "resident", "county_leader"):
            with pytest.raises(Forbidden):
                publish(cast, case, by=who)
        act(cast, "village_clerk", "escalate", case, text="办不了")
        with pytest.raises(Forbidden):
            publish(cast, case)
        assert publish(cast, case, by="township_officer").summary == SAID

    @pytest.mark.parametrize("body", [{"public": False}, {"seen_by": ["village_clerk", "grid_worker"]}])
    def test_never_of_a_private_kind(self, cast: Cast, body: dict[str, Any]) -> None:
        kind_add("closed", {"label": "保密类", **body})
        case = report(cast, kind="closed")
        with pytest.raises(Conflict, match="这一类事不对外公开"):
            publish(cast, case)
        assert Act.PUBLISH not in acts_for(cast.actor("village_clerk"), case)
        page = cast["village_clerk"].client().get(address(case))
        assert "公开摘要" not in text_of(page)
        assert "公众看到的样子" not in text_of(page)

    def test_not_of_what_was_rejected_or_merged(self, cast: Cast) -> None:
        case = act(cast, "village_clerk", "reject", report(cast), text="不归村里管")
        with pytest.raises(Conflict):
            publish(cast, case)
        merged = act(cast, "village_clerk", "merge", report(cast), into=report(cast), text="同一件")
        with pytest.raises(Conflict):
            publish(cast, merged)

    def test_of_what_was_closed(self, cast: Cast) -> None:
        case = report(cast)
        for name, more in (("accept", {}), ("handle", {"text": "好了"}), ("verify", {}), ("close", {})):
            act(cast, "village_clerk", name, case, **more)
        assert publish(cast, case).summary == SAID


def test_the_same_key_does_it_once(cast: Cast) -> None:
    case = report(cast)
    for _ in range(2):
        publish(cast, case, key="k1")
    assert Step.objects.filter(case=case, act=Act.PUBLISH).count() == 1


def test_a_page_and_what_stood_there_before(cast: Cast) -> None:
    case, client = report(cast), cast["village_clerk"].client()
    done = post(client, case, "publish", text=SAID)
    assert done.status_code == 302
    page = client.get(done["Location"])
    assert "摘要已公开，群众现在就能看到" in text_of(page)
    assert f'href="/341181/public/cases/{case.number}/"' in page.content.decode()
    assert "公众看到的样子" in text_of(page)
    form = client.get(address(case, "publish-create"))
    assert SAID in form.content.decode()
    assert "看不到：反映的内容" in text_of(form)
    withdrawn = post(client, case, "publish", text="")
    assert "公开摘要已撤下" in text_of(client.get(withdrawn["Location"]))


def test_nothing_typed_is_lost(cast: Cast) -> None:
    answer = post(cast["village_clerk"].client(), report(cast), "publish", text="请打 13955501234 找他")
    assert answer.status_code == 422
    assert "请打 13955501234 找他" in answer.content.decode()
    assert "里面有像电话号码的数字“13955501234”，请去掉。" in text_of(answer)


def test_the_api(cast: Cast) -> None:
    case, client = report(cast), cast["village_clerk"].client()
    path = f"/api/v1/341181/cases/{case.number}/summaries"

    def send(person: Client, text: str) -> Any:
        return person.post(path, json.dumps({"text": text}), content_type="application/json")

    assert send(client, SAID).status_code == 200
    assert Case.objects.get(id=case.id).summary == SAID
    wrong = send(client, "打 13955501234")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["text"])
    assert send(cast["grid_worker"].client(), SAID).status_code == 403
    assert send(cast["other_clerk"].client(), SAID).status_code == 404


def test_the_reporter_is_told_of_what_everybody_reads(cast: Cast) -> None:
    case = publish(cast, report(cast, by="resident", source="resident"))
    drain()
    rows = Notice.objects.filter(recipient_id=cast["resident"].user.id, title__contains="公开摘要")
    assert [row.body for row in rows] == [SAID]
    publish(cast, case, "")
    drain()
    assert rows.count() == 1


def test_who_sees_the_case_only_as_the_own_report_gets_no_panel(cast: Cast) -> None:
    case = publish(cast, report(cast, by="resident", source="resident"))
    assert "对外公开" not in text_of(cast["resident"].client().get(address(case)))
