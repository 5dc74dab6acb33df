"""Of this app the county's trail knows who was named to the desk, and nothing else."""

from shanzhi.clues.models import ClueOfficer
from shanzhi.trail.trails import track, trail_labels

APPOINTED = "clues.officer.appointed"
ENDED = "clues.officer.ended"
track(ClueOfficer)
trail_labels({APPOINTED: "任命线索专办员", ENDED: "结束线索专办员"})
