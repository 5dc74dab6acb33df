"""What a village or township shows everybody of a month: what came in, what was done, and three rates with their words.

Only kinds that the public may know of are counted. A rate over nothing is no value, and is said so.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.cases.rates.counting import ANYBODY, below, counted, summed
from shanzhi.cases.rates.periods import Period, month_of
from shanzhi.cases.rates.registry import figures_of

SHOWN: Final = ("finished", "in_time", "satisfied")
NO_VALUE: Final = {
    "finished": "这个月没有到期要办结的，算不出。",
    "in_time": "这个月没有到期要办结的，算不出。",
    "satisfied": "这个月还没有人评价，算不出。",
}


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """`text` is empty where there is no value; `from_words` says what it was counted from, or why there is none."""

    code: str
    label: str
    text: str
    unit: str
    from_words: str
    few: bool
    definition: str


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of a place in one month, as `portal/month.html` shows them under the name `month`."""

    area: Area
    period: Period
    figures: tuple[MonthFigure, ...]

    @property
    def words(self) -> str:
        """2026年11月"""
        return self.period.words


def month_figures(area: Area, month: date) -> Month:
    """Seven statements. `month` is any day of it. Open is what is open now, whenever it came in."""
    period = month_of(month)
    counts = summed(counted(area, period.start, period.end).values())
    still = Case.objects.filter(below(area), ANYBODY, ended_at=None, parent=None).count()
    plain = (
        _count("reported", "收到", counts.reported, "这个月收到的事件，一件只数一次。"),
        _count("closed", "办结", counts.closed, "这个月第一次办结的事件，不管是哪个月收到的；合并和不予受理的不算。"),
        _count("open", "正在办", still, "现在还没有办结的全部事件，不管是哪个月收到的。"),
    )
    rates = []
    for figure in figures_of(counts):
        if figure.rate.code not in SHOWN:
            continue
        rate = figure.rate
        words = f"{rate.under_words} {figure.denominator:,} 件，{rate.above_words} {figure.numerator:,} 件"
        rates.append(
            MonthFigure(
                rate.code, rate.name, figure.text, rate.unit, words if figure.text else NO_VALUE[rate.code],
                figure.is_few, f"{rate.above_words} ÷ {rate.under_words}。{rate.definition}",
            )
        )  # fmt: skip
    return Month(area, period, (*plain, *rates))


def _count(code: str, label: str, number: int, definition: str) -> MonthFigure:
    return MonthFigure(code, label, f"{number:,}", "件", "", False, definition)
