"""What is wrong with a well-formed kind: parts that don't fit each other, and names that stand for nothing."""

from datetime import date
from typing import Any

import pytest

from shanzhi.areas.models import Area, Unit
from shanzhi.cases.kinds.checks import faults_of
from shanzhi.cases.tests.kinds import FULL, UNSEEN, body_faults, by_path, kind
from shanzhi.packs.families import Place
from tests.cast import Cast

Q = {"label": "问", "type": "text"}
CHOICE = {"code": "what", "label": "是什么", "type": "choice", "choices": ["甲", "乙"]}
CENTRE = "镇城建中心"


def faults(**changes: Any) -> dict[str, str]:
    return body_faults(Place(), **{"routes": [], "papers": [], **changes})


def test_a_sound_kind_has_none(cast: Cast) -> None:
    assert by_path(list(faults_of(kind(), Place()))) == {}


@pytest.mark.parametrize(
    ("fields", "path", "words"),
    [
        ([{"code": "a", **Q}, {"code": "a", **Q}], "fields.1.code", "用了两次"),
        ([{"code": "number", **Q}], "fields.0.code", "系统自带的（编号）"),
        (
            [{"code": "a", **Q, "choices": ["甲"]}],
            "fields.0.choices",
            "“一行文字”没有选项（choices），它只用于单选、多选、止步问题",
        ),
        ([{"code": "a", **Q, "min": 1}], "fields.0.min", "它只用于数字"),
        ([{"code": "a", **Q, "say": "跑"}], "fields.0.say", "它只用于止步问题"),
        ([{"code": "a", **Q, "type": "choice"}], "fields.0.type", "至少写两个选项"),
        ([{**CHOICE, "choices": ["甲", "甲"]}], "fields.0.choices.1", "写了两次"),
        ([{"code": "a", **Q, "type": "number", "min": 9, "max": 3}], "fields.0.min", "比最大值 3 还大"),
        ([{**CHOICE, "type": "stop", "stop_if": ["甲"]}], "fields.0.type", "没有写 say"),
        ([{**CHOICE, "type": "stop", "say": "先打 119。"}], "fields.0.type", "没有写 stop_if"),
        (
            [{**CHOICE, "type": "stop", "say": "打。", "stop_if": ["丙"]}],
            "fields.0.stop_if",
            "“丙”不在“是什么”的选项里",
        ),
        ([{**CHOICE, "type": "stop", "say": "打。", "stop_if": ["甲", "乙"]}], "fields.0.stop_if", "谁也报不上来"),
        ([{"code": "a", **Q, "shown_if": {"zzz": ["甲"]}}], "fields.0.shown_if.zzz", "没有这一项"),
        ([{"code": "a", **Q, "shown_if": {"what": ["甲"]}}, CHOICE], "fields.0.shown_if.what", "请把它移到前面"),
        ([{"code": "a", **Q, "shown_if": {"a": ["甲"]}}], "fields.0.shown_if.a", "请把它移到前面"),
        ([{"code": "a", **Q}, {"code": "b", **Q, "shown_if": {"a": ["甲"]}}], "fields.1.shown_if.a", "条件只能看单选"),
        ([CHOICE, {"code": "b", **Q, "shown_if": {"what": ["丙"]}}], "fields.1.shown_if.what", "“丙”不在"),
        ([CHOICE, {"code": "b", **Q, "shown_if": {"what": []}}], "fields.1.shown_if.what", "没有写答案"),
    ],
)
def test_questions(fields: list[Any], path: str, words: str) -> None:
    assert words in faults(fields=fields)[path]


def stage(code: str, *following: str) -> dict[str, Any]:
    return {"code": code, "label": {"a": "勘查", "b": "责令", "c": "复查"}.get(code, code), "next": list(following)}


@pytest.mark.parametrize(
    ("stages", "path", "words"),
    [
        ([stage("a", "a")], "stages.0.next", "绕成了圈（勘查 → …）"),
        ([stage("a", "b"), stage("b", "c"), stage("c", "b")], "stages.1.next", "绕成了圈"),
        ([stage("a", "z")], "stages.0.next.0", "下一环节“z”不存在"),
        ([stage("a"), stage("b")], "stages.1.code", "从第一个环节走不到"),
        ([stage("a", "b"), stage("a"), stage("b")], "stages.1.code", "用了两次"),
    ],
)
def test_stages(stages: list[Any], path: str, words: str) -> None:
    assert words in faults(stages=stages)[path]


def test_the_ring_of_stages_is_named_in_its_order() -> None:
    found = faults(stages=[stage("a", "b"), stage("b", "c"), stage("c", "a")])
    assert "勘查 → 责令 → 复查" in found["stages.0.next"].replace("责令 → 复查 → 勘查", "勘查 → 责令 → 复查").replace(
        "复查 → 勘查 → 责令", "勘查 → 责令 → 复查"
    )


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        ("{reporter}：\n您反映的{colour}", "文书第 2 行的“{colour}”不认识"),
        ("一个 { 括号", "花括号没有成对"),
        ("{}", "“{}”不认识"),
    ],
)
def test_papers(paper: str, words: str) -> None:
    assert words in faults(papers=[{"code": "p", "label": "告知书", "text": paper}])["papers.0.text"]


def test_a_paper_may_use_what_every_case_says_and_what_this_kind_asks() -> None:
    text = (
        "{number}{title}{body}{place}{area}{kind}{owner}{handler}{reporter}{received}{due}{result}{county}{today}{what}"
    )
    assert faults(papers=[{"code": "p", "label": "告知书", "text": text}]) == {}
    twice = [{"code": "p", "label": "甲", "text": "甲"}, {"code": "p", "label": "乙", "text": "乙"}]
    assert "用了两次" in faults(papers=twice)["papers.1.code"]


@pytest.mark.parametrize(
    ("route", "path", "words"),
    [
        ({}, "routes.0", "都没写"),
        ({"areas": "village", "units": [CENTRE]}, "routes.0", "现在写了几个"),
        ({"areas": "village", "hours": "18:00-08:00"}, "routes.0.hours", "18:00-24:00 和 00:00-08:00"),
        ({"areas": "village", "hours": "08:00-08:00"}, "routes.0.hours", "前后颠倒"),
        ({"areas": "village", "answers": {"zzz": ["甲"]}}, "routes.0.answers.zzz", "没有这一项"),
        ({"areas": "village", "answers": {"what": ["飞机"]}}, "routes.0.answers.what", "“飞机”不在“是什么”的选项里"),
        ({"areas": "village", "where": ["999999999999"]}, "routes.0.where.0", "没有代码为 999999999999 的地方"),
        ({"units": [CENTRE, CENTRE]}, "routes.0.units.1", "写了两次"),
        ({"units": ["外星办"]}, "routes.0.units.0", "全县没有叫“外星办”的乡镇（街道）部门"),
        ({"units": [CENTRE], "level": "county"}, "routes.0.units.0", "（level）改成 township"),
        ({"person": "nobody"}, "routes.0.person", "没有登录账号为“nobody”"),
    ],
)
def test_routes(cast: Cast, route: dict[str, Any], path: str, words: str) -> None:
    assert words in faults(routes=[route])[path]


def test_routes_name_units_by_name_or_code_places_and_people_that_are_there(cast: Cast) -> None:
    clerk = cast["village_clerk"].user.username
    routes = [
        {"units": [CENTRE, "西镇水务站"]},
        {"units": [cast.units["t1"].code]},
        {"units": ["县住建局"], "level": "county"},
        {"areas": "grid", "where": [cast.areas["v1"].code], "hours": "08:00-24:00"},
        {"person": clerk},
    ]
    assert faults(routes=routes) == {}


def test_an_optional_unit_may_be_one_that_never_was_but_not_one_that_was_abolished(cast: Cast) -> None:
    route = {"units": ["水务站", "供电所"], "optional": True}
    assert faults(routes=[route]) == {}
    area = cast.areas["t1"]
    Unit.objects.create(
        area=area, kind="centre", code=f"{area.code}C009", name="水务站", valid_from=date(2020, 1, 1),
        valid_to=date(2026, 3, 9),
    )  # fmt: skip
    found = faults(routes=[route])
    assert found == {
        "routes.0.units.0": f"“水务站”（东镇，代码 {area.code}C009）2026年3月9日已经撤销，请换成接手的部门，或去掉它。"
    }


def test_a_place_that_was_merged_says_into_which(cast: Cast) -> None:
    old, new = cast.areas["v2"], cast.areas["v1"]
    Area.objects.filter(id=old.id).update(valid_to=date(2026, 3, 9), successor=new)
    route = {"areas": "village", "where": [old.code]}
    assert faults(routes=[route])["routes.0.where.0"] == f"李庄村（{old.code}）已经并入张庄村，请改成 {new.code}。"
    Area.objects.filter(id=old.id).update(successor=None)
    assert "已经撤销" in faults(routes=[route])["routes.0.where.0"]


def test_whose_matter_it_is(cast: Cast) -> None:
    assert "没有叫“航天局”的县级部门" in faults(department="航天局")["department"]
    assert faults(department="县住建局") == {}


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"replies": {"fly": ["飞"]}}, "replies.fly", "没有“fly”这种办理，可用的有：report（上报）"),
        ({"handling": []}, "handling", "至少写一个"),
        ({"replies": {"handle": []}}, "replies.handle", "没有写常用语"),
        ({"acts_off": ["fly"]}, "acts_off.0", "没有“fly”这种办理，可以关掉的有："),
        ({"acts_off": ["handle"]}, "acts_off.0", "“处理完毕”不能关掉"),
        ({"acts_off": ["pass"]}, "acts_off.0", "没有“pass”这种办理"),
        ({"acts_off": ["resume"]}, "acts_off.0", "要关就连 suspend 一起关"),
        ({"acts_off": ["stage"]}, "acts_off.0", "这个类别分环节"),
        ({"seen_by": ["king"]}, "seen_by.0", "没有“king”这种岗位"),
        ({"seen_by": ["audit_admin"]}, "seen_by.0", "审计管理员不看办事内容"),
    ],
)
def test_acts_and_roles(changes: dict[str, Any], path: str, words: str) -> None:
    assert words in faults(**changes)[path]


def test_what_may_be_off(cast: Cast) -> None:
    assert faults(acts_off=["suspend", "resume", "split", "merge"]) == {}
    assert faults(acts_off=["stage"], stages=[]) == {}


def test_the_unseen_kind_is_sound_where_its_units_are(cast: Cast) -> None:
    routes = [{"units": [CENTRE, "西镇水务站"]}]
    assert list(body_faults(Place(), **{**UNSEEN, "routes": routes})) == []
    assert list(body_faults(Place(), **{**FULL, **UNSEEN})) == ["routes.0.units.0", "routes.0.units.1"]
