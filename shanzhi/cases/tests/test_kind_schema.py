"""The form of a kind: what its keys may be, and that a body goes out as it came in."""

from typing import Any

import pytest
from hypothesis import given

from shanzhi.cases.kinds.checks import faults_of
from shanzhi.cases.kinds.schema import CLOCKS, KindBody
from shanzhi.cases.tests.kinds import FULL, UNSEEN, bodies, form_faults, kind, unseen
from shanzhi.lib.clocks import Span, Unit
from shanzhi.packs.checking import parsed
from shanzhi.packs.dumping import dump
from shanzhi.packs.families import Place
from shanzhi.packs.reading import read


def test_the_least_that_a_kind_says_is_its_name() -> None:
    body = KindBody.model_validate({"label": "其他"})
    assert body.fields == ()
    assert body.public
    assert body.first_stage == ""
    assert body.span("accept") == Span(Unit.HOURS, 24 * 3600)
    assert [span.words() for span in body.handling_spans] == ["2 小时", "24 小时", "3 天", "7 天"]
    assert body.next_stages("") == ()


def test_clocks_are_spans_and_what_is_urgent_falls_back_on_what_is_usual() -> None:
    body = kind(clocks={"accept": "4 working hours", "handle": "5 working days"}, urgent={"handle": "24 hours"})
    assert body.span("accept") == body.span("accept", urgent=True) == Span(Unit.WORKING_HOURS, 4 * 3600)
    assert body.span("handle") == Span(Unit.WORKING_DAYS, 5)
    assert body.span("handle", urgent=True) == Span(Unit.HOURS, 24 * 3600)
    assert {body.span(name).words() for name in CLOCKS}


def test_stages_lead_on_to_the_next() -> None:
    body = kind()
    assert body.first_stage == "look"
    assert [stage.code for stage in body.next_stages("look")] == ["repair"]
    assert body.next_stages("repair") == ()
    assert body.next_stages("gone") == ()
    assert body.stage_label("repair") == "维修"
    assert body.stage_label("gone") == ""


def test_a_kind_reads_as_a_file_and_is_written_as_the_same_file() -> None:
    for raw in (FULL, UNSEEN):
        body = KindBody.model_validate(raw)
        text = dump(body)
        document = read(text, "case_kind/x.yaml")
        again, faults = parsed(KindBody, document.value)
        assert not document.faults
        assert not faults
        assert again == body
        assert dump(again) == text


@given(bodies())
def test_any_kind_survives_being_dumped_and_loaded(raw: dict[str, Any]) -> None:
    body = KindBody.model_validate(raw)
    document = read(dump(body), "case_kind/x.yaml")
    again, faults = parsed(KindBody, document.value)
    assert not document.faults
    assert not faults
    assert again == body
    assert dump(again) == dump(body)
    assert [span.text() for span in again.handling_spans] == list(body.handling)


@given(bodies())
def test_the_checks_have_nothing_against_a_sensible_kind(raw: dict[str, Any]) -> None:
    codes = [field["code"] for field in raw["fields"]]
    assert list(faults_of(KindBody.model_validate(raw), Place())) == []
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"colour": "红"}, "colour", "没有“colour”这一项"),
        ({"clocks": {"accept": "24"}}, "clocks.accept", "没有写单位"),
        ({"clocks": {"accept": 24}}, "clocks.accept", "没有写单位"),
        ({"clocks": {"accept": "24 moons"}}, "clocks.accept", "不认识期限“24 moons”里的单位"),
        ({"clocks": {"lunch": "1 hours"}}, "clocks.lunch", "没有“lunch”这一项"),
        ({"handling": ["0 days"]}, "handling.0", "要大于 0"),
        ({"icon": "unicorn"}, "icon", "没有叫“unicorn”的图标"),
        ({"label": ""}, "label", "不能空着"),
        ({"label": "长" * 31}, "label", "“label”"),
        ({"label": "两\n行"}, "label", "要写一行文字"),
        ({"public": "yes"}, "public", "“public”"),
        ({"fields": [{"code": "Big", "label": "大", "type": "text"}]}, "fields.0.code", "小写英文字母开头"),
        ({"fields": [{"code": "a", "label": "大", "type": "colour"}]}, "fields.0.type", "photo"),
        ({"fields": [{"code": "a", "label": "大", "type": "number", "min": "1"}]}, "fields.0.min", "“min”"),
        ({"fields": [{"code": "a", "type": "text"}]}, "fields.0.label", "缺少“label”"),
        ({"routes": [{"areas": "village", "hours": "8-18"}]}, "routes.0.hours", "要写成 08:00-18:00 这样"),
        ({"routes": [{"areas": "village", "hours": "08:00-25:00"}]}, "routes.0.hours", "要写成 08:00-18:00 这样"),
        ({"routes": [{"areas": "street"}]}, "routes.0.areas", "village"),
    ],
)
def test_what_a_kind_may_not_say(changes: dict[str, Any], path: str, words: str) -> None:
    found = form_faults(**changes)
    assert words in found[path]
    assert all(sentence.endswith("。") for sentence in found.values())


def test_the_unseen_kind_has_every_type_of_field_two_units_working_days_and_one_stage() -> None:
    body = unseen("派出所", "农业农村中心")
    assert {field.type for field in body.fields} == {
        "text", "long", "number", "choice", "choices", "date", "person", "place", "photo", "stop",
    }  # fmt: skip
    assert len(body.routes[0].units) == 2
    assert len(body.stages) == 1
    assert body.span("handle").unit is Unit.WORKING_DAYS
