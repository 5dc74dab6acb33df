"""The jobs of an import: progress, cancelled, killed, delivered twice; never half of it."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.areas import services
from shanzhi.areas.models import Area, DivisionImport, ImportFault
from shanzhi.areas.services import imports as module
from shanzhi.areas.tests.factories import (
    REGISTER,
    XIAOGUAN,
    YANGCUN,
    A,
    Tree,
    acts_of,
    changed,
    register_rows,
    today,
    tree_rows,
    upload,
)
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobStopped
from shanzhi.jobs.runner import run_job
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Stale

NEW = ("341181104203", "新建村", "village", YANGCUN)
CHANGES = changed(REGISTER, NEW, (XIAOGUAN, "小关居委会", "village", YANGCUN))


@pytest.fixture
def sender(tree: Tree, admin: User) -> Actor:
    return tree.actor(admin)


@pytest.fixture
def sent(sender: Actor) -> DivisionImport:
    return services.import_send(actor=sender, upload=upload(rows=CHANGES), on=today())


def now(sent: DivisionImport) -> DivisionImport:
    return DivisionImport.objects.select_related("file").get(id=sent.id)


def checked(sent: DivisionImport) -> DivisionImport:
    drain()
    return now(sent)


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


def stop_at(step: int) -> Any:
    """Progress that ends the job at its nth call, as a cancelled or killed one ends."""
    left = [step]

    def progress(done: int, total: int) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise JobStopped

    return progress


def test_progress_is_in_rows_of_the_file(sent: DivisionImport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 5)
    drain()
    job = Job.objects.get()
    assert (job.done, job.total) == (len(CHANGES), len(CHANGES)), "the header is no row"
    assert job.state == "done"


def test_the_result_leads_to_the_import(sent: DivisionImport) -> None:
    drain()
    result = Job.objects.get().result
    assert result is not None
    assert result["message"] == f"“divisions.csv”检查完毕：{len(CHANGES)} 行，其中 0 行有错。"
    assert result["path"] == f"/{A}/areas/imports/{sent.id}/"


def test_a_check_that_is_stopped_leaves_nothing_and_is_begun_again(
    sent: DivisionImport, sender: Actor, desk: Client, tree: Tree
) -> None:
    job = Job.objects.get()
    job_cancel(actor=sender, job=job)
    drain()
    assert now(sent).state == "checking"
    assert not ImportFault.objects.exists()
    url = tree.url(f"areas/imports/{sent.id}/")
    page = desk.get(url).content.decode()
    assert "已经停下来，没有改变任何内容。" in page
    assert "重新检查" in page
    assert desk.post(f"{url}resumptions/", {"version": now(sent).version}).status_code == 302
    drain()
    assert now(sent).state == "checked"


def test_an_import_stopped_while_it_reads_has_changed_nothing(
    sent: DivisionImport, sender: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 3)
    ready = checked(sent)
    before, divisions = tree_rows(), register_rows()
    services.import_apply(actor=sender, sent=ready, version=ready.version)
    for step in (1, 2, 3):
        with pytest.raises(JobStopped):
            services.import_apply_run(import_id=sent.id, actor=sender, at=timezone.now(), progress=stop_at(step))
        assert (tree_rows(), register_rows()) == (before, divisions)
    assert now(sent).state == "applying"
    drain()
    assert now(sent).state == "applied"
    assert Area.objects.get(code=NEW[0]).is_open


def test_an_import_that_breaks_in_its_transaction_is_undone_whole(
    sent: DivisionImport, sender: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = checked(sent)
    before, divisions = tree_rows(), register_rows()
    services.import_apply(actor=sender, sent=ready, version=ready.version)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_finish", broken)
        with pytest.raises(DatabaseError):
            services.import_apply_run(import_id=sent.id, actor=sender, at=timezone.now(), progress=quiet)
    assert (tree_rows(), register_rows()) == (before, divisions)
    assert acts_of(Area.objects.get(code=XIAOGUAN)) == ["opened"]
    drain()
    assert now(sent).state == "applied"
    assert acts_of(Area.objects.get(code=XIAOGUAN)) == ["opened", "imported"]


def test_delivered_twice_it_is_done_once(sent: DivisionImport, sender: Actor) -> None:
    ready = checked(sent)
    services.import_apply(actor=sender, sent=ready, version=ready.version)
    job = Job.objects.order_by("-id")[0]
    drain()
    version = now(sent).version
    assert run_job(job.id, A, heartbeat=False) == "nothing to do"
    services.import_apply_run(import_id=sent.id, actor=sender, at=timezone.now(), progress=quiet)
    services.import_check_run(import_id=sent.id, actor=sender, at=timezone.now(), progress=quiet)
    assert now(sent).version == version
    assert acts_of(Area.objects.get(code=NEW[0])) == ["imported"]


def test_of_two_runners_at_once_only_one_counts(
    sent: DivisionImport, sender: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = checked(sent)
    services.import_apply(actor=sender, sent=ready, version=ready.version)
    real = module._read

    def slow(*args: Any) -> Any:
        reading = real(*args)
        with monkeypatch.context() as patch:
            patch.setattr(module, "_read", real)
            services.import_apply_run(import_id=sent.id, actor=sender, at=timezone.now(), progress=quiet)
        return reading

    with monkeypatch.context() as patch:
        patch.setattr(module, "_read", slow)
        with pytest.raises(Stale):
            services.import_apply_run(import_id=sent.id, actor=sender, at=timezone.now(), progress=quiet)
    assert acts_of(Area.objects.get(code=NEW[0])) == ["imported"]
    assert now(sent).state == "applied"


def test_a_failed_job_is_shown_and_may_be_begun_again(
    sent: DivisionImport, sender: Actor, desk: Client, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_read", broken)
        drain()
    assert Job.objects.get().state == "failed"
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert "处理时出了意外" in page
    services.import_resume(actor=sender, sent=now(sent), version=now(sent).version)
    drain()
    assert now(sent).state == "checked"


def test_what_runs_or_has_ended_is_not_begun_again(sent: DivisionImport, sender: Actor) -> None:
    with pytest.raises(Conflict, match="不需要重新开始"):
        services.import_resume(actor=sender, sent=sent, version=sent.version)
    ready = checked(sent)
    with pytest.raises(Conflict, match="不需要重新开始"):
        services.import_resume(actor=sender, sent=ready, version=ready.version)


def test_begun_again_by_two_people_one_is_told(sent: DivisionImport, sender: Actor) -> None:
    job_cancel(actor=sender, job=Job.objects.get())
    services.import_resume(actor=sender, sent=sent, version=sent.version, key="a")
    assert services.import_resume(actor=sender, sent=sent, version=sent.version, key="a").id == sent.id
    job_cancel(actor=sender, job=Job.objects.order_by("-id")[0])
    with pytest.raises((Stale, Conflict)):
        services.import_resume(actor=sender, sent=sent, version=sent.version, key="b")


def test_the_person_may_stop_a_running_job_from_the_page(sent: DivisionImport, desk: Client, tree: Tree) -> None:
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    cancel = tree.url(f"jobs/{sent.job_id}/cancellations/")
    assert cancel in page
    assert desk.post(cancel).status_code == 302
    assert Job.objects.get().state == "cancelled"


def test_another_administrator_sees_progress_and_no_stop_button(sent: DivisionImport, tree: Tree) -> None:
    from shanzhi.accounts.tests.factories import browser

    other = browser(tree.person("system_admin", "341181000000", "吴系统"))
    page = other.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert "正在检查" in page
    assert "cancellations" not in page
