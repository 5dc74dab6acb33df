"""Kinds for tests: one with everything, the one that nobody has seen before, and random ones."""

from typing import Any

from hypothesis import strategies as st

from shanzhi.cases.kinds.checks import faults_of
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.packs.checking import parsed
from shanzhi.packs.families import Fault, Place

FULL: dict[str, Any] = {
    "label": "道路水电设施",
    "icon": "road",
    "fields": [
        {"code": "what", "label": "是什么", "type": "choice", "choices": ["路灯", "路面", "供电"], "required": True},
        {"code": "lamp", "label": "灯杆编号", "type": "text", "shown_if": {"what": ["路灯"]}, "required": True},
        {"code": "wire", "label": "有没有电线掉落", "type": "stop", "choices": ["有", "没有"], "stop_if": ["有"],
         "say": "请离开现场，先打供电热线 95598。", "shown_if": {"what": ["供电"]}},
        {"code": "size", "label": "多大", "type": "number", "min": 1, "max": 500, "unit": "平方米", "decimals": 1},
        {"code": "count", "label": "几处", "type": "number", "min": 1},
        {"code": "signs", "label": "有哪些情况", "type": "choices", "choices": ["裂缝", "塌陷", "积水"]},
        {"code": "deep", "label": "多深", "type": "text", "shown_if": {"signs": ["积水", "塌陷"]}},
        {"code": "since", "label": "哪天开始", "type": "date", "day": "past"},
        {"code": "who", "label": "联系人", "type": "person"},
        {"code": "spot", "label": "准确位置", "type": "place"},
        {"code": "story", "label": "经过", "type": "long"},
        {"code": "view", "label": "现场照片", "type": "photo"},
    ],
    "clocks": {"accept": "4 working hours", "handle": "7 days"},
    "urgent": {"handle": "24 hours"},
    "handling": ["2 hours", "3 working days"],
    "stages": [
        {"code": "look", "label": "现场勘查", "next": ["repair"]},
        {"code": "repair", "label": "维修", "next": []},
    ],
    "routes": [{"areas": "village"}],
    "papers": [{"code": "notice", "label": "受理告知书", "text": "{reporter}：\n\n您反映的{what}（{number}）已受理。\n"}],
    "replies": {"handle": ["已现场修复。"]},
}  # fmt: skip

# What the proof loads without any code: every type of field, two units, a clock in working days, one stage.
UNSEEN: dict[str, Any] = {
    "label": "无人机扰民",
    "icon": "world",
    "hint": "低空飞行、偷拍、掉落",
    "fields": [
        {"code": "model", "label": "什么样子", "type": "text", "required": True},
        {"code": "story", "label": "经过", "type": "long"},
        {"code": "height", "label": "飞得多高", "type": "number", "min": 0, "max": 500, "unit": "米", "decimals": 1},
        {"code": "purpose", "label": "在做什么", "type": "choice", "choices": ["打药", "拍摄", "不清楚"], "required": True},
        {"code": "harm", "label": "造成了什么", "type": "choices", "choices": ["惊吓牲畜", "药液飘散", "掉落伤物"]},
        {"code": "drift", "label": "药液飘到哪里", "type": "place", "shown_if": {"purpose": ["打药"]}, "required": True},
        {"code": "seen", "label": "哪天看到的", "type": "date", "day": "past"},
        {"code": "pilot", "label": "飞手", "type": "person"},
        {"code": "view", "label": "照片", "type": "photo"},
        {"code": "falling", "label": "有没有砸到人", "type": "stop", "choices": ["没有", "有"], "stop_if": ["有"],
         "say": "请先打 120，再来上报。", "shown_if": {"harm": ["掉落伤物"]}},
    ],
    "clocks": {"accept": "4 working hours", "handle": "3 working days", "verify": "2 working days"},
    "handling": ["3 working days"],
    "stages": [{"code": "ask", "label": "找到飞手谈话"}],
    "routes": [{"units": ["空管站", "派出所"]}],
    "papers": [{"code": "talk", "label": "谈话记录", "text": "编号：{number}\n飞手：{pilot}\n高度：{height}\n"}],
    "replies": {"handle": ["已登记飞手，约定飞行时间。"]},
    "acts_off": ["split"],
}  # fmt: skip


def kind(**changes: Any) -> KindBody:
    """FULL with some keys replaced."""
    return KindBody.model_validate({**FULL, **changes})


def unseen(*units: str) -> KindBody:
    """UNSEEN, sent to these units of a township."""
    routes = [{"units": list(units)}] if units else []
    return KindBody.model_validate({**UNSEEN, "routes": routes})


def form_faults(**changes: Any) -> dict[str, str]:
    """What the schema says of FULL with these changes: sentence by path."""
    body, faults = parsed(KindBody, {**FULL, **changes})
    assert body is None
    return by_path(faults)


def body_faults(place: Place, **changes: Any) -> dict[str, str]:
    """What the checks say."""
    return by_path(list(faults_of(kind(**changes), place)))


def by_path(faults: list[Fault]) -> dict[str, str]:
    return {".".join(map(str, fault.path)): fault.sentence for fault in faults}


WORDS = st.text(st.sampled_from("路灯水电沟渠塘坝网格甲乙丙abc12"), min_size=1, max_size=8)
SPANS = st.builds(
    "{} {}".format, st.integers(1, 90), st.sampled_from(["minutes", "hours", "working hours", "working days", "days"])
)


@st.composite
def fields(draw: Any, code: str, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """One question, perhaps shown only after an answer to one of the earlier ones."""
    type_ = draw(st.sampled_from(["text", "long", "number", "choice", "choices", "date", "person", "place", "stop"]))
    made: dict[str, Any] = {"code": code, "label": draw(WORDS), "type": type_, "required": draw(st.booleans())}
    if type_ in ("choice", "choices", "stop"):
        made["choices"] = draw(st.lists(WORDS, min_size=2, max_size=4, unique=True))
    if type_ == "stop":
        made |= {"stop_if": made["choices"][:1], "say": "请先打 119。"}
    if type_ == "number":
        low = draw(st.integers(-50, 50))
        made |= {"min": low, "max": low + draw(st.integers(0, 100)), "decimals": draw(st.integers(0, 2))}
    askers = [field for field in earlier if "choices" in field]
    if askers and draw(st.booleans()):
        asker = draw(st.sampled_from(askers))
        made["shown_if"] = {asker["code"]: [draw(st.sampled_from(asker["choices"]))]}
    return made


@st.composite
def bodies(draw: Any) -> dict[str, Any]:
    """A kind without routes that the checks have nothing against."""
    questions: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 6))):
        questions.append(draw(fields(f"f{number}", questions)))
    stages = [{"code": f"s{number}", "label": draw(WORDS)} for number in range(draw(st.integers(0, 4)))]
    for number, stage in enumerate(stages[:-1]):
        stage["next"] = [stages[number + 1]["code"]]
    return {
        "label": draw(WORDS),
        "order": draw(st.integers(0, 999)),
        "public": draw(st.booleans()),
        "fields": questions,
        "clocks": {"accept": draw(SPANS), "handle": draw(SPANS)},
        "handling": draw(st.lists(SPANS, min_size=1, max_size=4)),
        "stages": stages,
        "replies": {"handle": draw(st.lists(WORDS, min_size=1, max_size=3))},
    }


VALUES = st.one_of(
    st.none(), WORDS, st.integers(-200, 200), st.lists(WORDS, max_size=3), st.booleans(),
    st.dictionaries(st.sampled_from(["name", "phone", "x"]), WORDS), st.just("2026-10-01"), st.just("13812345678"),
)  # fmt: skip


@st.composite
def asked(draw: Any) -> tuple[KindBody, dict[str, Any]]:
    """A kind, and what somebody sends as answers: sensible, senseless, or to questions that it doesn't have."""
    body = KindBody.model_validate(draw(bodies()))
    sent: dict[str, Any] = {}
    for field in body.fields:
        sensible: list[Any] = [VALUES]
        if field.choices:
            sensible += [st.sampled_from(field.choices)] * 3
        if field.type == "choices":
            sensible += [st.lists(st.sampled_from(field.choices), max_size=3)] * 3
        if field.type == "number":
            sensible += [st.integers(field.min or 0, field.max or 9).map(str)] * 2
        if field.type == "date":
            sensible += [st.just("2026-10-01")] * 2
        if field.type == "person":
            sensible += [st.just({"name": "张小平", "phone": "13812345678"})] * 2
        sent[field.code] = draw(st.one_of(*sensible))
    return body, sent
