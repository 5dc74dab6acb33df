"""Words among those who work on a case. No reporter and no resident ever reads them."""

import re
from collections.abc import Sequence
from typing import Final

from shanzhi.cases.acts import Act
from shanzhi.cases.colleagues import Colleague, colleagues_by_id, colleagues_by_name
from shanzhi.cases.models import Step
from shanzhi.cases.services.engine import Change, Moment, decides, limited, required
from shanzhi.lib.errors import Invalid

MOST: Final = 10
# How somebody was contacted; the step's target says it in words, with or without “没联系上”.
HOW: Final = {"phone": "电话", "visit": "当面", "message": "微信短信"}
MISSED: Final = "没联系上"
HOW_MISSING: Final = "请选怎么联系的：电话、当面，还是微信短信。"
CALLED: Final = re.compile(r"@([\u3400-\u9fff·]{2,12}|[A-Za-z][A-Za-z .]{0,38}[A-Za-z])")
LONGEST: Final = 12
NOTHING_SAID: Final = "（没有写说明）"


@decides(Act.NOTE)
def note(
    moment: Moment, *, text: str, mentions: Sequence[int] = (), photo_ids: Sequence[int] = (), instead_of: str = ""
) -> Change:
    """An internal note. Whoever is mentioned, by the picker or by @ and the name in the text, is told.

    Only people who see the case in their post can be mentioned. A name after @ that nobody or somebody outside bears
    stays a word of the text; one that several bear has to be chosen from the picker.

    `instead_of` names a step that was taken without a signal and came too late: its words are kept, nobody is called.
    """
    words = required(text, "请写备注的内容。")
    if instead_of:
        target = f"：没有信号时填的“{instead_of}”到晚了，没有办成，内容留在这里"
        return Change(text=words, target=target, photo_ids=photo_ids)
    people = _mentioned(moment, words, mentions)
    data: dict[str, int | str] = {"mentioned": ",".join(str(one.user_id) for one in people)} if people else {}
    target = "，请看：" + "、".join(one.name for one in people) if people else ""
    return Change(text=words, target=target, photo_ids=photo_ids, data=data)


@decides(Act.CONTACT)
def contact(moment: Moment, *, how: str, reached: bool, text: str = "") -> Change:
    """That whoever told of it was contacted, or that it was tried. The first time they were reached counts for the
    rate; the person reads that they were contacted, and never that they were not at home."""
    if how not in HOW:
        raise Invalid(HOW_MISSING, code="how", fields={"how": [HOW_MISSING]})
    first = {"contacted_at": moment.at} if reached and moment.case.contacted_at is None else {}
    target = HOW[how] if reached else f"{HOW[how]}，{MISSED}"
    return Change(text=limited(text), target=target, changes=first)


def has_reached(step: Step) -> bool:
    """Whether a step of this act reached the person."""
    return step.act == Act.CONTACT and not step.target.endswith(MISSED)


def _mentioned(moment: Moment, words: str, mentions: Sequence[int]) -> list[Colleague]:
    wanted = [number for number in dict.fromkeys(mentions) if number != moment.actor.user_id]
    chosen = colleagues_by_id(moment.case, wanted, at=moment.at)
    if len(chosen) < len(wanted):
        raise _refused("有一位看不到这件事，不能 @ 他，请去掉后重新选。", "mention_outside")
    people = {one.user_id: one for one in chosen}
    for name, found in _named(moment, words).items():
        if len(found) > 1 and not any(one.user_id in people for one in found):
            raise _refused(f"叫{name}的有 {len(found)} 位，请在“提醒谁看”里选一位。", "mention_several")
        if len(found) == 1:
            people[found[0].user_id] = found[0]
    if len(people) > MOST:
        raise _refused(f"一次最多提醒 {MOST} 位，请去掉几位。", "mention_many")
    return list(people.values())


def _named(moment: Moment, words: str) -> dict[str, list[Colleague]]:
    """People after an @: Chinese has no blanks, so the longest beginning that is somebody's name counts."""
    runs = CALLED.findall(words)[:20]
    beginnings = [[run[:end] for end in range(min(len(run), LONGEST if run[0] > "z" else 40), 1, -1)] for run in runs]
    names = list(dict.fromkeys(name for row in beginnings for name in row))
    known = colleagues_by_name(moment.actor, moment.case, names, at=moment.at)
    hits = [next((name for name in row if known[name]), "") for row in beginnings]
    return {name: known[name] for name in hits if name}


def _refused(sentence: str, code: str) -> Invalid:
    return Invalid(sentence, code=code, fields={"mentions": [sentence]})
