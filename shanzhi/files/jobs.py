"""Recurring work on files, and what a new key asks of them."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from shanzhi.files import storage
from shanzhi.files.services import files_sweep
from shanzhi.jobs.registry import every
from shanzhi.tenancy.rotation import holder


@every(60, title="清理未用文件")
def sweep_files(at: datetime) -> int:
    drafts, orphans = files_sweep(at=at)
    return drafts + orphans


def reseal_files() -> int:
    """Every file of every county that an older key sealed, one after another; returns how many."""
    return sum(map(storage.reseal, storage.kept(Path(settings.VAR_DIR) / "files")))


holder("files", reseal_files)
