"""What of the staffing the trail proves; never a phone number, only its blind index."""

from collections.abc import Iterator, Sequence

from shanzhi.areas.models import Area, PathMove
from shanzhi.areas.registry import path_holder
from shanzhi.staffing.models import Assignment, AssignmentAct, PhoneShown, RuleEntry
from shanzhi.trail.trails import track, trail_labels


def paths_agree(rows: Sequence[Assignment]) -> Iterator[str]:
    """A sentence for each row that lies elsewhere than its area; as with posts, no digest covers the path.

    The places that an area was merged into count as its own, and so does a path that waits to be rewritten.
    """
    places = Assignment.objects.filter(id__in=[row.id for row in rows]).select_related("area").in_bulk()
    moving = set(PathMove.objects.filter(swept_at=None).values_list("old", flat=True))
    for one in rows:
        row = places.get(one.id)
        if row is None or row.area_path in _paths(row.area):
            continue
        if not any(row.area_path.startswith(old) for old in moving):
            yield f"网格人员 {row.role_label}（编号 {row.id}）所在的地方被改过，和区划对不上。"


def _paths(area: Area | None) -> set[str]:
    found: set[str] = set()
    while area is not None and area.path not in found:
        found.add(area.path)
        area = area.successor
    return found


track(Assignment, also=paths_agree)
track(AssignmentAct)
track(RuleEntry)
track(PhoneShown)
path_holder("staffing.Assignment", "area_path")
trail_labels(
    {
        "staffing.assignment.appointed": "任命网格人员",
        "staffing.assignment.corrected": "更正网格人员资料",
        "staffing.assignment.term": "变更网格人员任期",
        "staffing.assignment.renewed": "网格人员续任",
        "staffing.assignment.ended": "结束网格人员任职",
        "staffing.assignment.act": "网格人员变动",
        "staffing.rule.changed": "修改网格配备标准",
        "staffing.phone.shown": "查看网格人员电话",
    }
)
