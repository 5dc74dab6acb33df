"""What of the staffing the trail proves; never a phone number, only its blind index."""

from collections.abc import Iterator, Sequence

from shanzhi.areas.elsewhere import lying_elsewhere
from shanzhi.areas.registry import path_holder
from shanzhi.staffing.models import Assignment, AssignmentAct, PhoneShown, RuleEntry
from shanzhi.trail.trails import track, trail_labels


def paths_agree(rows: Sequence[Assignment]) -> Iterator[str]:
    """A sentence for each row that lies elsewhere than its place."""
    for row in lying_elsewhere(rows):
        yield f"网格人员 {row.role_label}（编号 {row.id}）所在的地方被改过，和区划对不上。"


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
