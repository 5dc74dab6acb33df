"""What may be written in a care group, and the groups that come with the house."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from pydantic import ValidationError

from shanzhi.access.actor import Actor
from shanzhi.packs.families import FAMILIES
from shanzhi.packs.loading import load_files
from shanzhi.packs.reading import read
from shanzhi.people.groups import FAMILY, KLASSES, MAY_SEE, CareGroupBody
from shanzhi.people.permissions import CARE
from shanzhi.people.tests.world import GROUP
from tests.cast import Cast

FILES = sorted((settings.PACKS_DIR / "county" / FAMILY).glob("*.yaml"))
QUESTION = {"code": "need", "label": "需要什么"}


def body(**changes: Any) -> CareGroupBody:
    return CareGroupBody.model_validate({**GROUP, **changes})


def shipped() -> dict[str, CareGroupBody]:
    return {
        path.stem: CareGroupBody.model_validate(read(path.read_bytes(), path.name).value) for path in FILES
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"label": " 空 "}, "前后不留空格"), ({"label": "长" * 31}, "30"), ({"class": "secret"}, "minor"),
        ({"sensitivity": "top"}, "normal"), ({"seen_by": []}, "at least 1"),
        ({"seen_by": ["auditor"]}, "不能看关爱对象"), ({"seen_by": ["system_admin"]}, "不能看关爱对象"),
        ({"basis": ""}, "不能空着"), ({"basis": "一\n二"}, "一行文字"), ({"visit_every_days": -1}, "greater"),
        ({"visit_every_days": 400}, "less"), ({"visited_by": []}, "要写谁去走访"),
        ({"visit_every_days": 0}, "两样都不写"), ({"seen_by": ["village_clerk"]}, "也要写进可以看的岗位"),
        ({"retention_days": 4000}, "less"), ({"extra": 1}, "Extra"),
        ({"questions": [QUESTION, QUESTION]}, "同一个代码"),
        ({"questions": [{**QUESTION, "type": "choice"}]}, "要写 choices"),
        ({"questions": [{**QUESTION, "choices": ["甲"]}]}, "别的问题不写"),
        ({"questions": [{**QUESTION, "code": "Need"}]}, "pattern"), ({"questions": [QUESTION] * 21}, "20"),
    ],
)  # fmt: skip
def test_what_may_not_be_written(said: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        body(**said)


def test_what_may() -> None:
    full = body(questions=[QUESTION, {"code": "state", "label": "怎么样", "type": "choice", "choices": ["好", "不好"]},
                           {"code": "safe", "label": "平安吗", "type": "yes_no", "required": True}])  # fmt: skip
    assert [one.type for one in full.questions] == ["text", "choice", "yes_no"]
    assert full.visited_by_words == "网格员"
    assert full.seen_by_words.startswith("网格员、网格长")
    assert not full.is_strict
    plain = body(visit_every_days=0, visited_by=[], seen_by=["village_clerk", "village_clerk"])
    assert plain.seen_by == ("village_clerk",)


def test_the_file_calls_the_class_class() -> None:
    stored = FAMILIES[FAMILY].stored(body())
    assert stored["class"] == "age"
    assert "klass" not in stored
    assert CareGroupBody.model_validate(stored) == body()


def test_whoever_may_see_a_group_may_look_after_people() -> None:
    actor = {role: Actor(1, "某", 341181) for role in MAY_SEE}
    assert set(actor) == set(MAY_SEE)
    from_permissions = {"grid_worker", "grid_leader", "village_clerk", "branch_secretary", "township_officer"}
    assert set(MAY_SEE) == from_permissions
    assert CARE == "people.care"


def test_the_groups_of_the_issue_come_with_the_house() -> None:
    labels = {one.label for one in shipped().values()}
    assert {
        "留守儿童", "留守老人", "留守妇女", "独居老人", "残疾人", "低保对象", "特困人员", "原建档立卡脱贫户", "退役军人",
        "严重精神障碍患者", "社区矫正对象",
    } <= labels  # fmt: skip
    assert len(labels) == len(FILES) == 14


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_its_right_its_readers_and_its_end(path: Any) -> None:
    one = shipped()[path.stem]
    assert len(one.basis) >= 10
    assert one.klass in KLASSES
    assert one.klass_words
    assert 365 <= one.retention_days <= 1095
    if one.klass == "justice" or path.stem == "mental_illness":
        assert one.is_strict
        assert not {"grid_worker", "grid_leader"} & set(one.seen_by)
    if one.visit_every_days:
        assert one.questions
        assert any(question.required for question in one.questions) or path.stem in ("veteran", "disabled")


def test_order_is_the_order_of_the_list() -> None:
    orders = [one.order for one in shipped().values()]
    assert len(set(orders)) == len(orders)


def test_they_load_and_are_shown_and_edited_like_every_definition(cast: Cast, settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    files = {f"{FAMILY}/{path.name}": path.read_bytes() for path in FILES}
    loaded = load_files(files, actor=Actor.system(cast.county.id), whole=False)
    assert loaded.faults == []
    admin = cast["system_admin"].client()
    listed = admin.get(reverse("packs:list", args=[341181]) + f"?family={FAMILY}")
    one = admin.get(reverse("packs:definition", args=[341181, FAMILY, "left_child"]))
    for answer in (listed, one):
        assert answer.status_code == 200
        assert "留守儿童" in answer.content.decode()
    assert "结束后 365 天自动删除" in one.content.decode()
    form = admin.get(reverse("packs:edit", args=[341181, FAMILY, "left_child"]))
    assert "visit_every_days: 30" in form.content.decode()


def test_a_bad_file_is_named_with_its_line(cast: Cast) -> None:
    bad = b"label: x\nclass: age\nseen_by: [auditor]\nbasis: y\n"
    loaded = load_files({f"{FAMILY}/bad.yaml": bad}, actor=Actor.system(cast.county.id), whole=False)
    [fault] = loaded.faults
    assert "bad.yaml" in str(fault)
    assert "不能看关爱对象" in str(fault)
