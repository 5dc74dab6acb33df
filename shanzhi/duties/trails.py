"""What of an instruction the trail proves, and whose paths move with a place."""

from collections.abc import Iterator, Sequence

from shanzhi.areas.elsewhere import lying_elsewhere
from shanzhi.areas.registry import path_holder
from shanzhi.duties.catalogue import Act
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Duty, Line
from shanzhi.trail.trails import track, trail_labels


def duties_agree(duties: Sequence[Duty]) -> Iterator[str]:
    """A sentence for each instruction that lies elsewhere than the office that issued it."""
    for row in lying_elsewhere(duties):
        yield f"交办 {row.number} 所在的地方被改过，和交办单位的区划对不上。"


def lines_agree(lines: Sequence[Line]) -> Iterator[str]:
    """The steps of each line, and where it lies: that says who sees it."""
    yield from steps_agree(lines)
    for row in lying_elsewhere(lines, "area", "unit__area"):
        yield f"交办清单行 {row.id} 所在的地方被改过，和承办单位的区划对不上。"


track(Duty, also=duties_agree)
track(Line, also=lines_agree)
path_holder("duties.Duty")
path_holder("duties.Line")
trail_labels({"duties.duty.issued": "下发交办", "duties.duty.passed": "交办随区划并入转交"})
trail_labels({f"duties.line.{act.value}": f"交办：{act.did}" for act in Act})
