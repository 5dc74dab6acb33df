"""Background work on places: checking and applying a file of divisions, and rewriting paths after a merge."""

from datetime import datetime
from typing import Any

from shanzhi.areas.models import DivisionImport
from shanzhi.areas.services.imports import APPLY, CHECK, import_apply_run, import_check_run
from shanzhi.areas.services.moving import REWRITE, paths_rewrite, paths_sweep
from shanzhi.jobs.registry import JobRun, every, job


@job(CHECK, title="检查区划文件")
def check(task: JobRun) -> dict[str, Any]:
    sent = import_check_run(import_id=int(task.args["import_id"]), actor=task.actor, at=task.at, progress=task.progress)
    if sent.state == DivisionImport.State.REFUSED:
        return _answer(sent, f"“{sent.name}”无法读取：{sent.problem}")
    counts = sent.counts
    return _answer(sent, f"“{sent.name}”检查完毕：{counts['register_rows']} 行，其中 {counts['register_bad']} 行有错。")


@job(APPLY, title="导入区划")
def apply(task: JobRun) -> dict[str, Any]:
    sent = import_apply_run(import_id=int(task.args["import_id"]), actor=task.actor, at=task.at, progress=task.progress)
    counts = sent.counts
    made = f"新增 {counts['added']} 个、改名 {counts['renamed']} 个、改代码 {counts['recoded']} 个"
    return _answer(sent, f"“{sent.name}”已导入：{made}、改隶属 {counts['moved']} 个。")


@job(REWRITE, title="更新各项记录的所属区划")
def rewrite_paths(task: JobRun) -> dict[str, Any]:
    count = paths_rewrite(int(task.args["act_id"]), at=task.at, progress=task.progress)
    path = f"/{task.county_id}/areas/"
    return {"message": f"已更新 {count} 条记录的所属区划。", "path": path, "path_label": "查看区划"}


@every(15, title="补改所属区划")
def sweep_paths(at: datetime) -> int:
    return paths_sweep(at=at)


def _answer(sent: DivisionImport, message: str) -> dict[str, Any]:
    path = f"/{sent.county_id}/areas/imports/{sent.id}/"
    return {"message": message, "path": path, "path_label": "查看导入", "notes": sent.notes}
