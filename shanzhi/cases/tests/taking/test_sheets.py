"""What is printed of a case: papers of its kind filled in, and its record."""

from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from docx import Document

from shanzhi.cases.models import Case
from shanzhi.cases.services import Report, case_report
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.cases.tests.taking.people import BODY, NAME, PHONE, taken
from shanzhi.lib.papers import pdf
from tests.cast import Cast, report
from tests.kinds import kind_add

NOTICE: dict[str, Any] = {
    "label": "路灯水电",
    "fields": [
        {"code": "what", "label": "是什么", "type": "choice", "choices": ["路灯", "电线"]},
        {"code": "who", "label": "联系人", "type": "person"},
    ],
    "papers": [
        {"code": "notice", "label": "受理告知书",
         "text": "受理告知书\n{reporter}：\n您反映的{what}问题（{number}）由{county}{owner}办理，结果：{result}。\n联系人 {who}\n"},
        {"code": "talk", "label": "谈话记录", "text": "编号 {number}\n"},
    ],
    "replies": {"handle": ["已现场修复，恢复正常。", "换了新件。"], "accept": ["马上安排。"]},
}  # fmt: skip


@pytest.fixture
def lamp(cast: Cast) -> Case:
    kind_add("lamp", NOTICE)
    answers = {"what": "路灯", "who": {"name": "李小四", "phone": "13955507777"}}
    return case_report(
        actor=cast.actor("village_clerk"),
        report=Report(body=BODY, kind="lamp", source="phone", answers=answers),
        area=cast.areas["g1"],
        contact=ContactIn(NAME, PHONE, True),
    )


def paper(case: Case, code: str = "notice") -> str:
    return f"{address(case)}papers/{code}/"


def test_a_paper_is_filled_from_the_case_and_its_answers(cast: Cast, lamp: Case) -> None:
    answer = cast["village_clerk"].client().get(paper(lamp))
    words = text_of(answer)
    assert f"您反映的路灯问题（{lamp.number}）由天长市东镇张庄村办理" in words
    assert f"{NAME}：" in words
    assert "结果：________" in words
    assert words.count("受理告知书") == 2, "in the title of the page and on the paper"
    assert PHONE not in words
    act(cast, "village_clerk", "accept", lamp)
    act(cast, "village_clerk", "handle", lamp, text="换了灯泡")
    assert "结果：换了灯泡" in text_of(cast["village_clerk"].client().get(paper(lamp)))


def test_a_paper_as_a_file_says_the_same(cast: Cast, lamp: Case) -> None:
    client = cast["village_clerk"].client()
    answer = client.get(f"{paper(lamp)}?format=docx")
    assert answer["Cache-Control"] == "no-store"
    assert quote(f"受理告知书{lamp.number}.docx") in answer["Content-Disposition"]
    lines = [one.text for one in Document(BytesIO(answer.content)).paragraphs if one.text]
    assert lines[:3] == ["天长市东镇张庄村", "受理告知书", lamp.number]
    assert lines[3:5] == [f"{NAME}：", f"您反映的路灯问题（{lamp.number}）由天长市东镇张庄村办理，结果：________。"]
    assert lines[-1] == "（盖章）"
    assert client.get(f"{paper(lamp)}?format=pdf").content.startswith(b"%PDF-")
    assert client.get(f"{paper(lamp)}?format=exe")["Content-Type"].endswith("wordprocessingml.document")
    page = client.get(paper(lamp)).content.decode()
    assert 'href="?format=docx"' in page
    assert 'href="?format=pdf"' in page
    for who, status in (("auditor", 403), ("other_clerk", 404)):
        assert cast[who].client().get(f"{paper(lamp)}?format=docx").status_code == status


def test_a_pdf_that_can_not_be_made_is_told_so(cast: Cast, lamp: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_has_face", lambda: False)
    answer = cast["village_clerk"].client().get(f"{paper(lamp)}?format=pdf")
    assert answer.status_code == 409
    assert "请先下载 Word 文件" in text_of(answer)


def test_a_paper_by_a_program(cast: Cast, lamp: Case) -> None:
    path = f"/api/v1/341181/cases/{lamp.number}/papers/notice"
    answer = cast["village_clerk"].client().get(path).json()
    assert (answer["code"], answer["label"], answer["paragraphs"][1]) == ("notice", "受理告知书", f"{NAME}：")
    assert cast["auditor"].client().get(path).status_code == 403
    assert cast["other_clerk"].client().get(path).status_code == 404
    assert cast["village_clerk"].client().get(path.replace("notice", "nothing")).status_code == 404


def test_the_case_lists_what_can_be_printed(cast: Cast, lamp: Case) -> None:
    html = cast["village_clerk"].client().get(address(lamp)).content.decode()
    for path in (paper(lamp), paper(lamp, "talk"), address(lamp, "print"), address(lamp, "receipt")):
        assert f'href="{path}"' in html
    watching = cast["auditor"].client().get(address(lamp)).content.decode()
    assert address(lamp, "print") in watching
    assert paper(lamp) not in watching
    assert address(lamp, "receipt") not in watching


def test_papers_are_for_those_who_deal_with_it(cast: Cast, cast_b: Cast, lamp: Case, client: Client) -> None:
    assert cast["branch_secretary"].client().get(paper(lamp)).status_code == 200
    for role in ("auditor", "township_officer", "grid_worker", "county_leader"):
        assert cast[role].client().get(paper(lamp)).status_code == 403
    for somebody in (cast["other_clerk"], cast_b["village_clerk"]):
        assert somebody.client().get(paper(lamp)).status_code == 404
    assert client.get(paper(lamp)).status_code == 302
    assert cast["village_clerk"].client().get(paper(lamp, "nothing")).status_code == 404


def test_the_record_has_everything_but_what_is_private(cast: Cast, lamp: Case) -> None:
    act(cast, "village_clerk", "accept", lamp, text="尽快去看")
    act(cast, "village_clerk", "note", lamp, text="只给同事看的话")
    words = text_of(cast["auditor"].client().get(address(lamp, "print")))
    for part in (
        "事件办理单",
        lamp.number,
        BODY,
        "来电登记",
        "受理",
        "尽快去看",
        "签名",
        "钱*凤",
        "是什么：路灯",
        "李*四",
    ):
        assert part in words
    for part in ("只给同事看", NAME, "李小四", PHONE, "13955507777"):
        assert part not in words


def test_the_record_is_for_who_works_with_the_case(cast: Cast, cast_b: Cast) -> None:
    case = report(cast, by="resident", place="v1", source="resident")
    path = address(case, "print")
    assert cast["village_clerk"].client().get(path).status_code == 200
    assert cast["resident"].client().get(path).status_code == 403
    assert cast["other_clerk"].client().get(path).status_code == 404
    assert cast_b["auditor"].client().get(path).status_code == 404
    assert "打印" not in text_of(cast["resident"].client().get(address(case)))


def test_usual_sentences_stand_below_the_words(cast: Cast, lamp: Case) -> None:
    act(cast, "village_clerk", "accept", lamp)
    client = cast["village_clerk"].client()
    html = client.get(address(lamp, "handle-create")).content.decode()
    assert '<option value="已现场修复，恢复正常。">' in html
    assert "data-replies" in html
    assert "data-replies" not in client.get(address(lamp, "reject-create")).content.decode()


@pytest.mark.parametrize(
    ("text", "reply", "kept"),
    [
        ("", "换了新件。", "换了新件。"),
        ("自己写的", "换了新件。", "自己写的"),
        ("", "马上安排。", None),
        ("", "随便一句", None),
        ("自己写的", "", "自己写的"),
    ],
)
def test_a_chosen_sentence_counts_where_none_was_written(
    cast: Cast, lamp: Case, text: str, reply: str, kept: str | None
) -> None:
    """Without scripts the list is used when the words are empty; only sentences of this kind for this act count."""
    lamp = act(cast, "village_clerk", "accept", lamp)
    sent = {"version": lamp.version, "text": text, "reply": reply, "idempotency_key": "one"}
    answer = cast["village_clerk"].client().post(address(lamp, "handle-create"), sent)
    step = lamp.steps.filter(act="handle").first()
    assert answer.status_code == (302 if kept else 422)
    assert (step.text if step else None) == kept


def test_a_sheet_of_a_case_without_a_caller_names_the_reporter(cast: Cast) -> None:
    words = text_of(cast["village_clerk"].client().get(address(report(cast), "print")))
    assert cast["grid_worker"].user.name in words
    assert text_of(cast["village_clerk"].client().get(address(taken(cast), "print"))).count(NAME) == 1
