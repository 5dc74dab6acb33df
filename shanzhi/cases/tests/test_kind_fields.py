"""The questions of a kind as a form: the same rules as for programs, and photos that stay."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from PIL import Image

from shanzhi.access.actor import Actor
from shanzhi.cases.kinds.answers import photo_ids
from shanzhi.cases.kinds.fields import QuestionsForm
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.tests.kinds import kind, unseen
from shanzhi.files.models import StoredFile
from tests.cast import Cast

NOBODY = Actor(user_id=None, name="", county_id=341181)
LAMP = {"a_what": "路灯", "a_lamp": "A-12"}


def filled(body: KindBody, actor: Actor = NOBODY, files: Any = None, **data: Any) -> QuestionsForm:
    sent = QueryDict(mutable=True)
    for name, value in data.items():
        sent.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return QuestionsForm(body, sent, files or MultiValueDict(), actor=actor)


def errors(form: QuestionsForm) -> dict[str, str]:
    return {name: rows[0] for name, rows in form.errors.items()}


def photo(colour: int) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), (colour, 90, 90)).save(out, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), content_type="image/jpeg")


def test_answers_of_every_type_come_out_as_they_are_kept() -> None:
    form = filled(
        kind(), **LAMP, a_size="3,5".replace(",", "."), a_count="2", a_signs=["积水", "裂缝"], a_deep="半米",
        a_since="2026-10-01", a_who__name="张小平", a_who__phone="138 1234 5678", a_spot="老街口", a_story="倒了\r\n两根",
    )  # fmt: skip
    assert form.is_valid(), form.errors
    assert form.cleaned_data["answers"] == {
        "what": "路灯", "lamp": "A-12", "size": "3.5", "count": 2, "signs": ["裂缝", "积水"], "deep": "半米",
        "since": "2026-10-01", "who": {"name": "张小平", "phone": "13812345678"}, "spot": "老街口",
        "story": "倒了\n两根",
    }  # fmt: skip


def test_without_scripts_hidden_questions_are_sent_too_and_dropped() -> None:
    form = filled(kind(), a_what="路面", a_lamp="A-12", a_wire="有")
    assert form.is_valid()
    assert form.cleaned_data["answers"] == {"what": "路面"}


def test_mistakes_stand_at_their_fields_with_the_same_sentences() -> None:
    assert errors(filled(kind())) == {"a_what": "请选“是什么”。"}
    form = filled(kind(), a_what="路灯", a_size="很大", a_who__phone="1", a_who__name="")
    assert not form.is_valid()
    assert set(errors(form)) == {"a_lamp", "a_size", "a_who"}
    assert form.cleaned_data["answers"] == {}


def test_a_stop_question_says_what_to_do_first() -> None:
    form = filled(kind(), a_what="供电", a_wire="有")
    assert errors(form) == {"a_wire": "请离开现场，先打供电热线 95598。"}


def test_a_question_that_came_with_a_newer_version_is_no_reason_to_refuse() -> None:
    form = filled(kind(), **LAMP, a_unknown="x")
    assert form.is_valid()
    assert "unknown" not in form.cleaned_data["answers"]


def test_the_page_knows_when_a_question_is_asked_and_where_it_stops() -> None:
    form = QuestionsForm(kind(), actor=NOBODY)
    by_code = {question.field.code: question for question in form.questions()}
    assert by_code["lamp"].shown_if == '{"a_what": ["路灯"]}'
    assert by_code["what"].shown_if == ""
    assert by_code["wire"].stop_if == '{"a_wire": ["有"]}'
    assert by_code["what"].has_chips
    assert by_code["what"].is_group
    assert not by_code["lamp"].is_group
    assert by_code["view"].room == 3
    assert [question.bound.name for question in form.questions()] == [f"a_{field.code}" for field in kind().fields]


@pytest.mark.parametrize("name", ["a_who-name", "a_who-phone", "a_size", "a_what", "a_since", "a_view"])
def test_every_type_has_its_control(name: str) -> None:
    form = QuestionsForm(kind(), actor=NOBODY)
    html = "".join(str(question.bound) for question in form.questions())
    assert f'name="{name}"' in html
    assert " required" not in html


def test_long_lists_of_choices_are_a_list() -> None:
    choices = [f"第{number}种" for number in range(9)]
    body = kind(fields=[{"code": "what", "label": "是什么", "type": "choice", "choices": choices}])
    assert "<select" in str(QuestionsForm(body, actor=NOBODY)["a_what"])


def test_answers_that_are_known_fill_the_form_in() -> None:
    form = QuestionsForm(kind(), actor=NOBODY)
    form.ask(kind(), {"lamp": "A-7", "who": {"name": "张小平", "phone": "13812345678"}})
    html = str(form["a_lamp"]) + str(form["a_who"])
    assert "A-7" in html
    assert "张小平" in html
    assert "13812345678" in html


def test_a_form_that_asks_nothing_has_no_questions() -> None:
    form = QuestionsForm(kind(fields=[]), QueryDict(""), actor=NOBODY)
    assert form.is_valid()
    assert form.cleaned_data["answers"] == {}
    assert form.questions() == []


def test_the_unseen_kind_is_a_form_like_any_other() -> None:
    body = unseen()
    form = filled(body, a_model="白色", a_purpose="打药", a_harm=["掉落伤物"])
    assert errors(form) == {"a_drift": "请填“药液飘到哪里”。", "a_falling": "请选“有没有砸到人”。"}
    good = filled(body, a_model="白色", a_purpose="打药", a_harm=["掉落伤物"], a_drift="鱼塘", a_falling="没有")
    assert good.is_valid(), good.errors


def test_photos_become_drafts_and_come_back_when_something_else_is_wrong(cast: Cast) -> None:
    actor = cast.actor("grid_worker")
    files = MultiValueDict({"a_view": [photo(10), photo(20)]})
    wrong = filled(kind(), actor, files, a_what="路灯")
    assert not wrong.is_valid()
    drafts = next(question for question in wrong.questions() if question.field.type == "photo").drafts
    assert len(drafts) == 2
    ids = [str(draft.id) for draft in drafts]
    good = filled(kind(), actor, None, **LAMP, a_view__ids=ids)
    assert good.is_valid(), good.errors
    assert good.cleaned_data["answers"]["view"] == ids
    assert photo_ids(kind(), good.cleaned_data["answers"]) == [int(one) for one in ids]
    assert StoredFile.objects.count() == 2


def test_photos_of_others_too_many_and_what_is_none(cast: Cast) -> None:
    actor = cast.actor("grid_worker")
    mine = filled(kind(), actor, MultiValueDict({"a_view": [photo(30)]}), **LAMP)
    assert mine.is_valid()
    stranger = filled(
        kind(), cast.actor("village_clerk"), None, **LAMP, a_view__ids=mine.cleaned_data["answers"]["view"]
    )
    assert "过期" in errors(stranger)["a_view"]
    many = filled(kind(), actor, MultiValueDict({"a_view": [photo(n) for n in (1, 2, 3, 4)]}), **LAMP)
    assert "最多 3 张" in errors(many)["a_view"]
    text = SimpleUploadedFile("a.txt", b"hello", content_type="text/plain")
    assert "a_view" in errors(filled(kind(), actor, MultiValueDict({"a_view": [text]}), **LAMP))


def test_the_same_form_sent_twice_stores_a_photo_once(cast: Cast) -> None:
    actor = cast.actor("grid_worker")
    for _ in range(2):
        sent = filled(kind(), actor, MultiValueDict({"a_view": [photo(77)]}), a_what="路灯", idempotency_key="k" * 32)
        assert not sent.is_valid()
    assert StoredFile.objects.count() == 1
