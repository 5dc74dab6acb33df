"""Background work of imports."""

from datetime import datetime
from typing import Any

from shanzhi.jobs.registry import JobRun, every, job
from shanzhi.people.importing.exporting import EXPORT_JOB, export_run, exports_forget
from shanzhi.people.importing.running import apply_run, check_run
from shanzhi.people.importing.services import APPLY, CHECK, imports_forget
from shanzhi.people.models import RegisterImport


@job(CHECK, title="检查人口名册")
def check(task: JobRun) -> dict[str, Any]:
    sent = check_run(import_id=int(task.args["import_id"]), actor=task.actor, at=task.at, progress=task.progress)
    if sent.state == RegisterImport.State.REFUSED:
        return _answer(sent, f"“{sent.name}”无法读取：{sent.problem}")
    if sent.state == RegisterImport.State.MAPPING:
        return _answer(sent, f"“{sent.name}”的列要先对应，才能检查。")
    return _answer(sent, f"“{sent.name}”检查完毕：{sent.counts['rows']} 行，其中 {sent.counts['bad']} 行有错。")


@job(APPLY, title="导入人口名册")
def apply(task: JobRun) -> dict[str, Any]:
    sent = apply_run(import_id=int(task.args["import_id"]), actor=task.actor, at=task.at, progress=task.progress)
    counts = sent.counts
    return _answer(sent, f"“{sent.name}”已导入：新增 {counts['new']} 人，更新 {counts['changed']} 人。")


@every(720, title="清理过期的人口名册文件")
def forget(at: datetime) -> int:
    return imports_forget(at=at)


@job(EXPORT_JOB, title="导出人口名册")
def export(task: JobRun) -> dict[str, Any]:
    made = export_run(export_id=int(task.args["export_id"]), actor=task.actor, at=task.at, progress=task.progress)
    path = f"/{made.county_id}/people/exports/{made.id}/"
    return {"message": f"{made.place}的名册已导出，共 {made.count} 人。", "path": path, "path_label": "下载名册"}


@every(30, title="销毁过期的导出名册")
def forget_exports(at: datetime) -> int:
    return exports_forget(at=at)


def _answer(sent: RegisterImport, message: str) -> dict[str, Any]:
    path = f"/{sent.county_id}/people/imports/{sent.id}/"
    return {"message": message, "path": path, "path_label": "查看名册"}
