"""The indicators of cases: what came, what was done, what stands open, and the rates of `rates/registry.py`."""

from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from shanzhi.access.indicators import PER_CENT, PIECES, Asked, Indicator, declare
from shanzhi.cases.permissions import RATES as SEE
from shanzhi.cases.rates.facts import FACTS, LABELS
from shanzhi.cases.rates.registry import FEW, LEFT_OUT, RATES
from shanzhi.cases.selectors import Tab

BY: Final = {
    "received_at": "收到日期", "close_by": "应办结日期", "dispatched_at": "首次派出日期", "closed_at": "首次办结日期",
    "rated_at": "评价日期", "called": "回访日期", "end": "所选时段的最后一天", "now": "现在",
}  # fmt: skip
OF: Final = {"called": "called", "solved": "called", "open": "end", "overdue": "now"}
WHOLE: Final = "拆出来的分件不单独算。"
DUE: Final = "应办结时间的算法见“办结率”。"
NUMBERS: Final[tuple[tuple[str, str], ...]] = (
    ("reported", "这段时间收到的全部事件，不论来源；不予受理的和并入别件的也算，拆出来的分件不单独算。"),
    ("accepted", "这段时间收到的事件里，到现在已经受理的。" + LEFT_OUT),
    ("dispatched", "这段时间第一次派给网格、单位或下级的事件。" + LEFT_OUT),
    ("returned", "这段时间第一次派出的事件里，被承办的网格、单位或下级退回过的。" + LEFT_OUT),
    ("due", "应在这段时间办结的事件；正在挂账的不算。今天算整天，今天晚些时候到期的也在内。" + DUE + LEFT_OUT),
    ("finished", "应在这段时间办结、到现在已经办结的事件。" + DUE + LEFT_OUT),
    ("in_time", "应在这段时间办结、已经办结，而且最后一次处理完毕没有超过应办结时间的事件。" + DUE + LEFT_OUT),
    ("closed", "这段时间第一次办结的事件；后来重新办理的仍算在第一次办结那天。" + LEFT_OUT),
    ("reopened", "这段时间第一次办结、后来又重新办理的事件。" + LEFT_OUT),
    ("open", "到所选时段最后一天结束时还没有办结的事件，挂账的也算；没过完的时段是现在的数，以前的日子按现在的记录算。"
     + WHOLE),
    ("overdue", "现在还没有办结、当前这一步已经过了时限的事件，挂账的不算。与所选时段无关。" + WHOLE),
    ("to_contact", "应在这段时间办结，又留了电话或由居民账号反映的事件。" + LEFT_OUT),
    ("contacted", "应联系的事件里，收到后 24 小时内联系上反映人的，以“联系反映人”的记录为准。" + LEFT_OUT),
    ("called", "这段时间回访到反映人的事件。打不通和不愿回答的不算。" + LEFT_OUT),
    ("solved", "这段时间回访到、反映人说解决了的事件。" + LEFT_OUT),
    ("rated", "这段时间有评价的事件，反映人自己评价的和回访时说的都算，一件只算一次。" + LEFT_OUT),
    ("satisfied", "这段时间有评价的事件里满意的；自己评价和回访都有的以回访为准。" + LEFT_OUT),
)  # fmt: skip
NOT_OF_DAYS: Final = frozenset({"overdue"})


def records(asked: Asked) -> str:
    """The list of cases, narrowed to exactly those that a fact counts."""
    query = {"tab": Tab.COUNTED, "figure": asked.fact, "figure_from": str(asked.first), "figure_to": str(asked.last),
             "place": asked.area}  # fmt: skip
    return f"{reverse('cases:list', args=[asked.county])}?{urlencode(query)}"


def _by(fact: str) -> str:
    return BY[OF[fact] if fact in OF else FACTS[fact].moment]


declare(
    Indicator(
        code=code, name=LABELS[code], unit=PIECES, definition=definition, counts_by=_by(code), permission=SEE,
        numerator=code, above=LABELS[code], records=records, is_stock=code in ("open", "overdue"),
        has_days=code not in NOT_OF_DAYS, lower_is_better=code in ("returned", "reopened", "open", "overdue"),
    )
    for code, definition in NUMBERS
)  # fmt: skip
declare(
    Indicator(
        code=f"{rate.code}_rate", name=rate.name, unit=PER_CENT, definition=rate.definition, counts_by=_by(rate.under),
        permission=SEE, numerator=rate.above, above=rate.above_words, denominator=rate.under, under=rate.under_words,
        few=FEW, lower_is_better=rate.lower_is_better, records=records,
    )
    for rate in RATES
)  # fmt: skip
