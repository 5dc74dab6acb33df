"""What of a visit the trail proves; never a word of what was found."""

from shanzhi.areas.registry import path_holder
from shanzhi.trail.trails import track, trail_labels
from shanzhi.visits.models import Visit

track(Visit)
path_holder("visits.Visit", "path")
trail_labels({"visits.visit.made": "登记走访", "visits.visit.erased": "删除走访记录"})
