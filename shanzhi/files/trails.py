"""A photo is evidence: that it was kept, what it was attached to and that an unused one was dropped can be proved."""

from shanzhi.files.models import StoredFile
from shanzhi.trail.trails import track, trail_labels

STORED, ATTACHED, DROPPED = "files.file.stored", "files.file.attached", "files.file.dropped"
DETACHED = "files.file.detached"

track(StoredFile)
trail_labels({STORED: "传上文件", ATTACHED: "附到记录", DETACHED: "从记录取下", DROPPED: "清理未用文件"})
