"""The rates: each with its name, how it is counted in words, and which counts it divides. One list for all.

A rate over nothing is no value: neither 0 % nor 100 %.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from shanzhi.cases.rates.counting import Counts

FEW: Final = 10  # below that a rate says little
TENTH: Final = Decimal("0.1")
UNIT: Final = "%"
LEFT_OUT: Final = "不予受理的和并入别件的不算，拆出来的分件不单独算。"


@dataclass(frozen=True, slots=True)
class Rate:
    """`above` and `under` are names of counts, `above_words` and `under_words` what they are called on a page."""

    code: str
    name: str
    definition: str
    above: str
    under: str
    above_words: str
    under_words: str
    lower_is_better: bool = False
    unit: str = UNIT


RATES: Final = (
    Rate("accepted", "立案率", "这段时间收到的事件里受理了的。不予受理的和并入别件的算收到，不算受理；拆出来的分件不单独算。",
         "accepted", "reported", "受理", "收到"),
    Rate("finished", "办结率", "应在这段时间办结的事件里，到现在已经办结的。应办结时间是派出时定的处理时限，没有派出的按这一类的"
         "处理时限从受理算起；批准延期、挂账和节假日调整顺延，反映人不满意或重新办理的从那时重新定。正在挂账的不算到期。"
         + LEFT_OUT, "finished", "due", "办结", "应办结"),
    Rate("in_time", "按期办结率", "应在这段时间办结的事件里，已经办结而且最后一次处理完毕没有超过应办结时间的。核查和等反映人评价"
         "用的时间不算。改派给别人，时限不重算。" + LEFT_OUT, "in_time", "due", "按期", "应办结"),
    Rate("reopened", "返工率", "这段时间第一次办结的事件里，后来又重新办理的。" + LEFT_OUT,
         "reopened", "closed", "重新办理", "办结", True),
    Rate("accurate", "准确派遣率", "这段时间第一次派出的事件里，没有改派过的。重新办理后再派的不算改派。" + LEFT_OUT,
         "accurate", "dispatched", "一次派准", "派出"),
    Rate("contacted", "响应率", "应在这段时间办结、又留了电话或由居民账号反映的事件里，收到后 24 小时内联系上反映人的（以“联系反映人”"
         "的记录为准）。没有留下联系办法的不算。" + LEFT_OUT, "contacted", "to_contact", "24 小时内联系上", "应联系"),
    Rate("solved", "解决率", "这段时间回访到的事件里，反映人说解决了的。打不通和不愿回答的不算。" + LEFT_OUT,
         "solved", "called", "解决", "回访到"),
    Rate("satisfied", "满意率", "这段时间有评价的事件里满意的。反映人自己评价的和回访时说的都算，一件只算一次，两样都有的以回访为准；"
         "7 天没有评价自动办结的不算评价。" + LEFT_OUT, "satisfied", "rated", "满意", "有评价"),
    Rate("returned", "退回率", "这段时间第一次派出的事件里，被承办的网格、单位或下级退回过的。" + LEFT_OUT,
         "returned", "dispatched", "被退回", "派出", True),
)  # fmt: skip
BY_CODE: Final = {rate.code: rate for rate in RATES}


def per_cent(above: int, under: int) -> Decimal | None:
    """To one place; None over nothing. Only what is whole says 100, only what is nothing says 0."""
    if not under:
        return None
    if above in (0, under):
        return Decimal(0 if above == 0 else 100)
    exact = (Decimal(above) * 100 / under).quantize(TENTH, ROUND_HALF_UP)
    return min(max(exact, TENTH), 100 - TENTH)


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate of a place and a period, with what it was counted from."""

    rate: Rate
    numerator: int
    denominator: int

    @property
    def value(self) -> Decimal | None:
        return per_cent(self.numerator, self.denominator)

    @property
    def text(self) -> str:
        """The number as it is shown; empty for no value."""
        return "" if self.value is None else f"{self.value:f}"

    @property
    def is_few(self) -> bool:
        return 0 < self.denominator < FEW


def figures_of(counts: Counts) -> list[Figure]:
    """Every rate of these counts, in the order of the list."""
    return [Figure(rate, getattr(counts, rate.above), getattr(counts, rate.under)) for rate in RATES]
