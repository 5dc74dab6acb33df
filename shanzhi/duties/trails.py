"""What of an instruction the trail proves, and whose paths move with a place."""

from shanzhi.areas.registry import path_holder
from shanzhi.duties.catalogue import Act
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Duty, Line
from shanzhi.trail.trails import track, trail_labels

track(Duty)
track(Line, also=steps_agree)
path_holder("duties.Duty")
path_holder("duties.Line")
trail_labels({"duties.duty.issued": "下发交办", "duties.duty.passed": "交办随区划并入转交"})
trail_labels({f"duties.line.{act.value}": f"交办：{act.did}" for act in Act})
