"""What a kind must be besides well-formed: each part fits the others, and what it names is there in the county."""

from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Final

from shanzhi.access.permissions import ADMINISTRATORS, ROLES
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.naming import name_faults
from shanzhi.cases.kinds.papers import WORDS, line_of, placeholders, stray_braces
from shanzhi.cases.kinds.schema import CHOICE_TYPES, FIELD_TYPES, FieldBody, KindBody, StageBody
from shanzhi.cases.permissions import LEVEL_OFFICE
from shanzhi.packs.families import Fault, Place

# Without these no case of the kind could ever come to its end.
NEEDED: Final = (Act.REPORT, Act.ACCEPT, Act.HANDLE, Act.VERIFY, Act.CLOSE)
ACTS: Final = frozenset(act.value for act in Act)
BY_ITSELF: Final = (Act.PASS, Act.ABSORB, Act.PART, Act.RECKON, Act.ADD)
# Acts that answer another one: off only together with it.
FOLLOWS: Final = {
    Act.RESUME: Act.SUSPEND, Act.GRANT: Act.ASK, Act.REFUSE: Act.ASK, Act.ANSWER: Act.SUPERVISE,
    Act.ARRIVE: Act.WHISTLE, Act.FINISH: Act.WHISTLE, Act.DISMISS: Act.WHISTLE, Act.UNMERGE: Act.MERGE,
    Act.START: Act.DISPATCH,
}  # fmt: skip
# What only some types of fields have → those types.
ONLY_FOR: Final[dict[str, frozenset[str]]] = {
    "choices": CHOICE_TYPES,
    "min": frozenset({"number"}),
    "max": frozenset({"number"}),
    "decimals": frozenset({"number"}),
    "unit": frozenset({"number"}),
    "day": frozenset({"date"}),
    "stop_if": frozenset({"stop"}),
    "say": frozenset({"stop"}),
}
KEY_WORDS: Final = {
    "choices": "选项", "min": "最小值", "max": "最大值", "decimals": "小数位数", "unit": "单位", "day": "日期范围",
    "stop_if": "止步的答案", "say": "止步时说的话",
}  # fmt: skip


def faults_of(body: KindBody, place: Place) -> Iterator[Fault]:
    """Everything that is wrong with the kind in this county; nothing if it may be published."""
    yield from _fields(body.fields)
    yield from _stages(body.stages)
    yield from _papers(body)
    yield from _routes(body)
    yield from _words(body)
    yield from name_faults(body, place)


def _repeated(codes: Sequence[str]) -> Iterator[int]:
    """Places of what stood before already."""
    return (at for at, code in enumerate(codes) if code in codes[:at])


def _fields(fields: Sequence[FieldBody]) -> Iterator[Fault]:
    codes = [field.code for field in fields]
    for at in _repeated(codes):
        yield Fault(("fields", at, "code"), f"代码“{codes[at]}”用了两次，每一项的代码要各不相同。")
    for at, field in enumerate(fields):
        here = ("fields", at)
        if field.code in WORDS:
            yield Fault((*here, "code"), f"“{field.code}”是系统自带的（{WORDS[field.code]}），请换一个代码。")
        yield from _settings(field, here)
        yield from _condition(field.shown_if, fields[:at], (*here, "shown_if"), codes[at:])


def _settings(field: FieldBody, here: tuple[str | int, ...]) -> Iterator[Fault]:
    for key, types in ONLY_FOR.items():
        if field.type not in types and getattr(field, key) != FieldBody.model_fields[key].default:
            names = "、".join(FIELD_TYPES[name] for name in FIELD_TYPES if name in types)
            yield Fault(
                (*here, key),
                f"“{FIELD_TYPES[field.type]}”没有{KEY_WORDS[key]}（{key}），它只用于{names}。请去掉这一行。",
            )
    if field.type in CHOICE_TYPES:
        yield from _choices(field, here)
    if field.type == "number" and field.min is not None and field.max is not None and field.min > field.max:
        yield Fault((*here, "min"), f"最小值 {field.min} 比最大值 {field.max} 还大，请对调或改正。")
    if field.type == "stop":
        if not field.say:
            yield Fault((*here, "type"), f"止步问题“{field.label}”没有写 say：请写明这时要人先做什么，例如先打 119。")
        if not field.stop_if:
            yield Fault((*here, "type"), f"止步问题“{field.label}”没有写 stop_if：请写明选了哪个答案就止步。")
        elif set(field.stop_if) >= set(field.choices):
            yield Fault((*here, "stop_if"), f"“{field.label}”选什么都会止步，谁也报不上来，请留一个能继续的答案。")
        for value in field.stop_if:
            if value not in field.choices:
                yield Fault((*here, "stop_if"), f"“{value}”不在“{field.label}”的选项里，请改成其中一个。")


def _choices(field: FieldBody, here: tuple[str | int, ...]) -> Iterator[Fault]:
    if len(field.choices) < 2:
        yield Fault((*here, "type"), f"“{field.label}”要让人选，至少写两个选项（choices）。")
    for at in _repeated(field.choices):
        yield Fault((*here, "choices", at), f"选项“{field.choices[at]}”写了两次，请去掉一个。")


def _condition(
    condition: dict[str, tuple[str, ...]],
    earlier: Sequence[FieldBody],
    here: tuple[str | int, ...],
    later: Sequence[str] = (),
) -> Iterator[Fault]:
    """Each name is a field that is asked before, and each value one of its choices."""
    known = {field.code: field for field in earlier}
    for code, values in condition.items():
        field = known.get(code)
        if field is None:
            why = "它排在后面，请把它移到前面" if code in later else "没有这一项，请改成前面某一项的代码"
            yield Fault((*here, code), f"条件里的“{code}”用不了：{why}。")
        elif field.type not in CHOICE_TYPES:
            yield Fault((*here, code), f"“{field.label}”是{FIELD_TYPES[field.type]}，条件只能看单选、多选和止步问题。")
        elif not values:
            yield Fault((*here, code), f"条件里的“{code}”没有写答案，请写上选了哪几个才算。")
        else:
            for value in values:
                if value not in field.choices:
                    yield Fault((*here, code), f"“{value}”不在“{field.label}”的选项里，请改成其中一个。")


def _stages(stages: Sequence[StageBody]) -> Iterator[Fault]:
    codes = [stage.code for stage in stages]
    for at in _repeated(codes):
        yield Fault(("stages", at, "code"), f"环节“{codes[at]}”用了两次，代码要各不相同。")
    for at, stage in enumerate(stages):
        for number, name in enumerate(stage.next):
            if name not in codes:
                yield Fault(("stages", at, "next", number), f"下一环节“{name}”不存在，请改成已有的环节代码。")
    if len(set(codes)) != len(codes) or any(set(stage.next) - set(codes) for stage in stages):
        return
    graph = {stage.code: set(stage.next) for stage in stages}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring = [str(code) for code in error.args[1]]
        labels = {stage.code: stage.label for stage in stages}
        words = " → ".join(labels[code] for code in dict.fromkeys(reversed(ring)))
        at = min(codes.index(code) for code in ring)
        yield Fault(("stages", at, "next"), f"环节绕成了圈（{words} → …），永远办不完，请去掉其中一个“下一环节”。")
        return
    reached = _reached(codes, graph)
    for at, stage in enumerate(stages):
        if stage.code not in reached:
            yield Fault(("stages", at, "code"), f"环节“{stage.label}”从第一个环节走不到，请在前面的 next 里写上它。")


def _reached(codes: Sequence[str], graph: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(codes[:1])
    while waiting:
        code = waiting.pop()
        if code not in reached:
            reached.add(code)
            waiting += graph[code]
    return reached


def _papers(body: KindBody) -> Iterator[Fault]:
    known = {*WORDS, *body.fields_by_code}
    codes = [paper.code for paper in body.papers]
    for at in _repeated(codes):
        yield Fault(("papers", at, "code"), f"文书代码“{codes[at]}”用了两次，请换一个。")
    for at, paper in enumerate(body.papers):
        for name in dict.fromkeys(placeholders(paper.text)):
            if name not in known:
                line = line_of(paper.text, name) + 1
                yield Fault(
                    ("papers", at, "text"),
                    f"文书第 {line} 行的“{{{name}}}”不认识：可用的有 {'、'.join(WORDS)}，以及本类别各项的代码。",
                )
        if stray_braces(paper.text):
            yield Fault(("papers", at, "text"), "文书里的花括号没有成对，请写成 {代码}。")


def _routes(body: KindBody) -> Iterator[Fault]:
    for at, route in enumerate(body.routes):
        here = ("routes", at)
        said = [
            name for name, there in (("units", route.units), ("areas", route.areas), ("person", route.person)) if there
        ]
        if len(said) != 1:
            found = "写了几个" if said else "都没写"
            yield Fault(
                here, f"要写明交给谁：部门（units）、所在的网格或村（areas）、一个人（person），写一种，现在{found}。"
            )
        if route.hours:
            begin, end = route.hours.split("-")
            if begin >= end:
                yield Fault(
                    (*here, "hours"),
                    f"时段 {route.hours} 前后颠倒了；要跨过半夜，请写成两条：{begin}-24:00 和 00:00-{end}。",
                )
        for number in _repeated(route.units):
            yield Fault((*here, "units", number), f"“{route.units[number]}”写了两次，请去掉一个。")
        yield from _condition(route.answers, body.fields, (*here, "answers"))


def _words(body: KindBody) -> Iterator[Fault]:
    if not body.handling:
        yield Fault(("handling",), "没有写分派时可以选的时限，请至少写一个，例如 24 hours。")
    for act, lines in body.replies.items():
        if act not in ACTS:
            yield Fault(
                ("replies", act), f"没有“{act}”这种办理，可用的有：{_listed(a for a in Act if a not in BY_ITSELF)}。"
            )
        elif not lines:
            yield Fault(("replies", act), "没有写常用语，请写一句，或去掉这一行。")
    for at, act in enumerate(body.acts_off):
        if act not in ACTS or act in BY_ITSELF:
            off = _listed(a for a in Act if a not in NEEDED and a not in BY_ITSELF)
            yield Fault(("acts_off", at), f"没有“{act}”这种办理，可以关掉的有：{off}。")
        elif act in NEEDED:
            yield Fault(("acts_off", at), f"“{Act(act).done}”不能关掉：少了这一步，事情就办不完。")
        elif FOLLOWS.get(Act(act), act) not in body.acts_off:
            first = FOLLOWS[Act(act)]
            yield Fault(("acts_off", at), f"“{Act(act).done}”是接着“{first.done}”办的，要关就连 {first.value} 一起关。")
        elif act == Act.DISPATCH and (body.stages or body.routes):
            yield Fault(("acts_off", at), "这个类别分环节，或写了派给谁，不能关掉“派给”。")
        elif act == Act.STAGE and body.stages:
            yield Fault(("acts_off", at), "这个类别分环节，不能关掉“进入下一环节”。")
    yield from _readers(body.seen_by, ())
    for number, field in enumerate(body.fields):
        yield from _readers(field.seen_by, ("fields", number))
        if field.seen_by and field.type == "photo":
            yield Fault(("fields", number, "seen_by"), "照片和上报的照片放在一起，不能单独限定谁能看，请去掉。")
    if body.seen_by and not set(body.seen_by) & set(LEVEL_OFFICE):
        offices = "、".join(f"{role}（{ROLES[role].label}）" for role in LEVEL_OFFICE)
        yield Fault(("seen_by",), f"这样没有人能受理。主办的岗位至少写一个：{offices}。")


def _readers(roles: Sequence[str], here: tuple[str | int, ...]) -> Iterator[Fault]:
    """Roles that there are, and that read what cases are about."""
    for at, role in enumerate(roles):
        if role not in ROLES:
            known = "、".join(f"{code}（{one.label}）" for code, one in ROLES.items() if code not in ADMINISTRATORS)
            yield Fault((*here, "seen_by", at), f"没有“{role}”这种岗位，可用的有：{known}。")
        elif role in ADMINISTRATORS:
            yield Fault((*here, "seen_by", at), f"{ROLES[role].label}不看办事内容，请去掉这一行。")


def _listed(acts: Iterable[Act]) -> str:
    return "、".join(f"{act.value}（{act.done.rstrip('：')}）" for act in acts)
