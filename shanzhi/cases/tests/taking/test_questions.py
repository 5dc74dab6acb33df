"""The kind's own questions in the form of a report: asked once it is chosen, refused where they stop, kept always."""

import html as markup
from typing import Any

import pytest

from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import fields, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.tests import pictures
from shanzhi.packs.models import Definition, Version
from tests.cast import Cast, report
from tests.kinds import kind_add

NEW = "/341181/cases/new/"
ASK = "/341181/cases/kind-fields/"
LAMP: dict[str, Any] = {
    "label": "路灯水电",
    "department": "住建局",
    "hint": "灯不亮、线掉了",
    "order": 1,
    "fields": [
        {"code": "what", "label": "是什么", "type": "choice", "choices": ["路灯", "电线"], "required": True},
        {"code": "pole", "label": "灯杆编号", "type": "text", "required": True, "shown_if": {"what": ["路灯"]}},
        {"code": "wire", "label": "电线掉在地上没有", "type": "stop", "choices": ["没有", "有"], "stop_if": ["有"],
         "say": "请离开现场，先打 95598。", "shown_if": {"what": ["电线"]}},
        {"code": "who", "label": "联系人", "type": "person"},
        {"code": "view", "label": "灯杆照片", "type": "photo"},
    ],
}  # fmt: skip
ONE: dict[str, Any] = {
    "label": "一问就好", "fields": [{"code": "how", "label": "急吗", "type": "choice", "choices": ["急", "不急"]}]
}  # fmt: skip


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lamp(cast: Cast) -> Version:
    return kind_add("lamp", LAMP)


def lit(cast: Cast, **changes: Any) -> dict[str, Any]:
    return fields(cast, kind="lamp", asked="lamp", a_what="路灯", a_pole="A7", **changes)


def test_the_questions_come_once_a_kind_is_chosen(cast: Cast, lamp: Version) -> None:
    client = cast["grid_worker"].client()
    answer = client.post(ASK, {"kind": "lamp"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="asked" value="lamp"' in html
    for name in ("a_what", "a_pole", "a_wire", "a_who-name", "a_view"):
        assert f'name="{name}"' in html
    assert "data-shown-if" in html
    assert "请离开现场，先打 95598。" in html
    assert 'name="body"' not in html


def test_what_was_answered_stays_when_the_kind_changes(cast: Cast, lamp: Version) -> None:
    sent = {"kind": "lamp", "a_what": "路灯", "a_pole": "A7", "a_who-name": "张三", "a_other": "x"}
    html = cast["grid_worker"].client().post(ASK, sent).content.decode()
    assert 'value="A7"' in html
    assert 'value="张三"' in html
    assert "checked" in html


@pytest.mark.parametrize("kind", ["facilities", "nonsense", "", "\x00"])
def test_a_kind_that_asks_nothing_gives_nothing(cast: Cast, kind: str) -> None:
    answer = cast["grid_worker"].client().post(ASK, {"kind": kind})
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_fragment_is_for_who_reports(cast: Cast, cast_b: Cast, lamp: Version) -> None:
    assert cast["department_handler"].client().post(ASK, {"kind": "lamp"}).status_code == 403
    assert cast_b["grid_worker"].client().post(ASK, {"kind": "lamp"}).status_code == 404
    assert cast["grid_worker"].client().get(ASK).status_code == 405


def test_answers_are_kept_with_the_case(cast: Cast, lamp: Version) -> None:
    answer = cast["grid_worker"].client().post(NEW, lit(cast), follow=True)
    assert Case.objects.get().answers == {"what": "路灯", "pole": "A7"}
    assert "灯杆编号" in text_of(answer)


def test_without_a_script_the_questions_come_with_the_page_and_one_sentence(cast: Cast, lamp: Version) -> None:
    client = cast["grid_worker"].client()
    upload = pictures.upload(pictures.noise(40, 30, seed=1), name="1.jpg")
    data = fields(cast, kind="lamp", place="老槐树下", photos=[upload])
    answer = client.post(NEW, data)
    html = markup.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "“路灯水电”还要问下面几个问题" in html
    assert "error-summary" not in html, "nothing was done wrong"
    assert 'name="a_pole"' in html
    for key in ("place", "body"):
        assert data[key] in html
    draft = StoredFile.objects.get()
    assert f'name="photo_ids" value="{draft.id}" checked' in html
    assert not Case.objects.exists()
    client.post(NEW, {**lit(cast, place="老槐树下"), "photo_ids": [draft.id]})
    assert Case.objects.get().answers == {"what": "路灯", "pole": "A7"}
    assert StoredFile.objects.get().owner_type == "cases.step"


def test_other_faults_are_told_together_with_the_questions(cast: Cast, lamp: Version) -> None:
    answer = cast["grid_worker"].client().post(NEW, fields(cast, kind="lamp", body=""))
    words = text_of(answer)
    assert "请写明是什么情况。" in words
    assert "还要问下面几个问题" in words
    assert "请选“是什么”" not in words


def test_a_missing_answer_stands_beside_its_question(cast: Cast, lamp: Version) -> None:
    answer = cast["grid_worker"].client().post(NEW, {**lit(cast), "a_pole": " "})
    html = markup.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "请填“灯杆编号”。" in html
    assert 'href="#id_a_pole"' in html
    assert "路口井盖断裂" in html
    assert not Case.objects.exists()


def test_a_stop_question_stops_and_keeps_everything(cast: Cast, lamp: Version) -> None:
    data = {**fields(cast, kind="lamp", asked="lamp", place="老槐树下"), "a_what": "电线", "a_wire": "有"}
    answer = cast["grid_worker"].client().post(NEW, data)
    html = markup.unescape(answer.content.decode())
    assert answer.status_code == 422
    summary = html[html.index("error-summary") :][:900]
    assert "请离开现场，先打 95598。" in summary
    assert "老槐树下" in html
    assert 'value="有"' in html
    assert not Case.objects.exists()
    cast["grid_worker"].client().post(NEW, {**data, "a_wire": "没有", "idempotency_key": "another"})
    assert Case.objects.get().answers["wire"] == "没有"


def test_photos_of_a_question_survive_a_form_that_comes_back(cast: Cast, lamp: Version) -> None:
    upload = pictures.upload(pictures.noise(40, 30, seed=2), name="2.jpg")
    client = cast["grid_worker"].client()
    answer = client.post(NEW, {**lit(cast, a_view=[upload]), "body": ""})
    draft = StoredFile.objects.get()
    assert f'name="a_view-ids" value="{draft.id}" checked' in answer.content.decode()
    client.post(NEW, {**lit(cast), "a_view-ids": [draft.id]})
    assert Case.objects.get().answers["view"] == [str(draft.id)]


def test_a_kind_with_one_question_needs_three_taps(cast: Cast) -> None:
    """Kind, answer, send: all on one page, nothing else has to be filled in beside the words."""
    kind_add("one", {**ONE, "order": 0})
    client = cast["grid_worker"].client()
    html = client.get(NEW).content.decode()
    assert html.index('value="one"') < html.index("<details"), "among the first three"
    assert client.post(NEW, fields(cast, kind="one", asked="one", a_how="急")).status_code == 302


def test_the_kinds_used_most_come_first(cast: Cast) -> None:
    for _ in range(3):
        report(cast, kind="straw")
    report(cast, kind="food")
    html = cast["grid_worker"].client().get(NEW).content.decode()
    assert html.index('value="straw"') < html.index('value="food"') < html.index("<details")
    assert html.index("<details") < html.index('value="dispute"')
    assert "其他 11 类" in html


def test_a_desk_finds_kinds_by_hint_and_department(cast: Cast, lamp: Version) -> None:
    html = cast["township_officer"].client().get(NEW).content.decode()
    assert "data-pick-find" in html
    assert "灯不亮、线掉了" in html
    assert "住建局" in html
    assert '<details class="opt-more"' not in html


def test_suggestions_stand_in_both_forms(cast: Cast) -> None:
    for role in ("grid_worker", "township_officer"):
        assert "data-suggest" in cast[role].client().get(NEW).content.decode()
    assert "data-suggest" in cast["village_clerk"].client().get("/341181/cases/take-down/").content.decode()


def test_a_county_without_kinds_says_who_has_to_do_what(cast: Cast) -> None:
    data = fields(cast)
    Definition.objects.filter(family="case_kind").update(retired_at="2026-01-01T00:00:00Z")
    for role, path in (("grid_worker", NEW), ("township_officer", NEW), ("village_clerk", "/341181/cases/take-down/")):
        answer = cast[role].client().get(path)
        assert answer.status_code == 200
        assert "要请本县的系统管理员先在“办事规则”里装入事项类别" in text_of(answer)
        assert "<form" not in answer.content.decode().split('id="main"')[1].split("</main>")[0]
    assert cast["grid_worker"].client().post(NEW, data).status_code == 409
    assert not Case.objects.exists()


def test_what_is_solved_on_the_spot_has_its_answers(cast: Cast, lamp: Version) -> None:
    cast["grid_worker"].client().post(NEW, {**lit(cast), "outcome": "solved", "solved": "换了灯泡"})
    case = Case.objects.get()
    assert (case.state, case.answers["pole"]) == (State.HANDLED, "A7")
