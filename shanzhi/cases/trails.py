"""What of a case the trail proves."""

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.trail.trails import track, trail_labels

track(Case)
trail_labels({f"cases.case.{act.past}": f"事件{act.done}" for act in Act})
