"""Recurring work on files."""

from datetime import datetime

from shanzhi.files.services import files_sweep
from shanzhi.jobs.registry import every


@every(60, title="清理未用文件")
def sweep_files(at: datetime) -> int:
    drafts, orphans = files_sweep(at=at)
    return drafts + orphans
