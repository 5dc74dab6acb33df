"""Killed at any moment and begun again, a check and an import come to what one run comes to; files that are gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from shanzhi.accounts.models import Post
from shanzhi.files.models import StoredFile
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobStopped
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict
from shanzhi.people.importing import running, services
from shanzhi.people.models import Dwelling, Household, RegisterFault, RegisterImport, Resident, Stay
from shanzhi.people.tests.importing.lists import AS_OF, bring, csv_bytes, row, send
from shanzhi.people.tests.importing.test_apply import counted, proved
from shanzhi.people.tests.importing.test_stopping import begun, run, stop_at
from shanzhi.trail.models import Entry
from tests.cast import Cast

ROWS = [
    *(row(n, 户编号=f"H{n // 2}", 与户主关系="子" if n % 2 else "户主", 门牌=f"{n // 3}号") for n in range(1, 9)),
    row(9, 联系电话="x"), row(10, 姓名=""), row(11, 村="没有村"),
]  # fmt: skip
COUNTS = (11, 8, 0, 0, 3)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    monkeypatch.setattr(running, "PAUSE", 0)


def fresh(sent: RegisterImport) -> RegisterImport:
    return RegisterImport.objects.get(id=sent.id)


def started(cast: Cast) -> RegisterImport:
    sent = send(cast, csv_bytes(ROWS))
    return services.import_apply(actor=cast.actor("township_officer"), sent=sent, version=sent.version)


def registers() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Resident, Stay, Household, Dwelling))


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
def test_killed_behind_any_batch_it_comes_to_the_same(cast: Cast, batch: int) -> None:
    sent = started(cast)
    with pytest.raises(JobStopped):
        run(cast, sent, stop_at(batch))
    assert Resident.objects.count() <= 2 * batch + 1
    run(cast, sent, lambda done, total: None)
    done = fresh(sent)
    assert (done.state, counted(done)) == ("applied", COUNTS)
    assert registers() == (8, 8, 5, 3)
    assert RegisterFault.objects.filter(source=sent).count() == 3
    assert proved() == []


def test_killed_behind_every_batch_it_comes_to_the_same(cast: Cast) -> None:
    sent = started(cast)
    killed = 0
    while fresh(sent).state == "applying":
        before = len(fresh(sent).so_far.get("pieces", ()))
        try:
            run(cast, sent, stop_at(before + 1))
        except JobStopped:
            killed += 1
    assert killed >= 4
    assert (counted(fresh(sent)), registers()) == (COUNTS, (8, 8, 5, 3))
    assert Entry.objects.filter(code="people.import.finished").count() == 1


def test_killed_within_a_batch_nothing_of_it_is_there(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = started(cast)
    real: Callable[..., None] = running._count

    def killed(*args: Any) -> None:
        real(*args)
        raise JobStopped

    monkeypatch.setattr(running, "_count", killed)
    with pytest.raises(JobStopped):
        run(cast, sent, lambda done, total: None)
    assert registers() == (0, 0, 0, 0)
    assert fresh(sent).so_far == {}
    monkeypatch.undo()
    run(cast, sent, lambda done, total: None)
    assert counted(fresh(sent)) == COUNTS


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_a_check_that_is_killed_and_run_again_counts_once(cast: Cast, batch: int) -> None:
    actor, at = cast.actor("township_officer"), timezone.now()
    sent = send(cast, csv_bytes(ROWS))
    RegisterImport.objects.filter(id=sent.id).update(state="checking", counts={})
    with pytest.raises(JobStopped):
        running.check_run(import_id=sent.id, actor=actor, at=at, progress=stop_at(batch))
    assert fresh(sent).state == "checking"
    running.check_run(import_id=sent.id, actor=actor, at=at, progress=lambda done, total: None)
    done = fresh(sent)
    assert (done.state, counted(done)) == ("checked", COUNTS)
    assert list(RegisterFault.objects.order_by("number").values_list("number", flat=True)) == [10, 11, 12]
    assert registers() == (0, 0, 0, 0)


def test_a_check_that_is_over_is_not_made_again(cast: Cast) -> None:
    sent = send(cast, csv_bytes(ROWS))
    done = running.check_run(
        import_id=sent.id, actor=cast.actor("township_officer"), at=timezone.now(),
        progress=lambda done, total: pytest.fail("it read the list"),
    )  # fmt: skip
    assert done.version == sent.version


def test_progress_goes_up_to_the_whole(cast: Cast) -> None:
    sent, told = started(cast), list[tuple[int, int]]()
    run(cast, sent, lambda done, total: told.append((done, total)))
    assert [done for done, _total in told] == sorted({done for done, _total in told})
    assert all(done <= total for done, total in told)
    assert told[-1][0] == 12


def test_a_halted_check_can_be_begun_again_or_put_aside(cast: Cast) -> None:
    actor = cast.actor("township_officer")
    sent = send(cast, csv_bytes(ROWS))
    job = Job.objects.get(id=sent.job_id)
    RegisterImport.objects.filter(id=sent.id).update(state="checking")
    Job.objects.filter(id=job.id).update(state="queued")
    with pytest.raises(Conflict, match="不需要重新开始"):
        services.import_resume(actor=actor, sent=fresh(sent), version=sent.version)
    with pytest.raises(Conflict, match="请先停止"):
        services.import_give_up(actor=actor, sent=fresh(sent), version=sent.version)
    job_cancel(actor=actor, job=Job.objects.get(id=job.id))
    page = cast["township_officer"].client().get(f"/341181/people/imports/{sent.id}/").content.decode()
    assert "检查停下来了，没有导入任何人" in page
    assert "重新检查" in page
    services.import_resume(actor=actor, sent=fresh(sent), version=sent.version, key="once")
    drain()
    assert (fresh(sent).state, counted(fresh(sent))) == ("checked", COUNTS)
    services.import_resume(actor=actor, sent=fresh(sent), version=sent.version, key="once")
    assert Entry.objects.filter(code="people.import.resumed").count() == 1


def test_rows_that_changed_between_two_runs_are_counted_as_they_are(cast: Cast) -> None:
    """What the killed run wrote and a person changed since is theirs: a piece that went in is not written again."""
    sent = started(cast)
    with pytest.raises(JobStopped):
        run(cast, sent, stop_at(1))
    person = Resident.objects.order_by("id")[0]
    Resident.objects.filter(id=person.id).update(name="张改名", version=2)
    run(cast, sent, lambda done, total: None)
    assert Resident.objects.get(id=person.id).name == "张改名"
    assert counted(fresh(sent)) == COUNTS


def test_beyond_the_most_that_are_kept_bad_rows_are_only_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "KEPT_FAULTS", 4)
    sent = bring(cast, [row(n, 姓名="" if n > 2 else "张三") for n in range(1, 13)])
    kept = RegisterFault.objects.filter(source=sent).count()
    assert (sent.state, sent.counts["bad"], sent.counts["columns"]) == ("applied", 10, {"姓名": 10})
    assert kept == 4


def test_whoever_lost_the_post_takes_nobody_in_and_another_goes_on(cast: Cast) -> None:
    sent = begun(cast)
    Post.objects.filter(id=cast["township_officer"].post.id).update(valid_to=timezone.localdate() - timedelta(days=1))
    drain()
    assert registers() == (0, 0, 0, 0)
    half, job = fresh(sent), Job.objects.get(id=sent.job_id)
    assert (half.state, job.state, RegisterFault.objects.count()) == ("applying", "failed", 0)
    services.import_resume(actor=cast.actor("county_centre"), sent=half, version=half.version)
    drain()
    assert (fresh(sent).state, counted(fresh(sent))) == ("applied", (10, 10, 0, 0, 0))


def test_whoever_lost_the_post_has_nothing_checked(cast: Cast) -> None:
    actor = cast.actor("township_officer")
    sent = services.import_send(actor=actor, upload=SimpleUploadedFile("a.csv", csv_bytes(ROWS)), as_of=AS_OF)
    Post.objects.filter(id=cast["township_officer"].post.id).update(valid_to=timezone.localdate() - timedelta(days=1))
    drain()
    assert (fresh(sent).state, Job.objects.get(id=sent.job_id).state) == ("checking", "failed")
    assert not RegisterFault.objects.exists()


# --- files that are gone --------------------------------------------------------------------------------------------


def test_an_import_that_was_left_half_way_ends_when_its_file_does(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    sent, actor = started(cast), cast.actor("township_officer")
    with pytest.raises(JobStopped):
        run(cast, sent, stop_at(1))
    job_cancel(actor=actor, job=Job.objects.get(id=sent.job_id))
    later = timezone.now() + services.KEPT + timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.imports_forget(at=later) == 1
    assert not RegisterFault.objects.exists()
    assert not StoredFile.objects.exists()
    half = fresh(sent)
    assert (half.state, half.samples, half.so_far["new"]) == ("applying", [], 3)
    services.import_resume(actor=actor, sent=half, version=half.version)
    drain()
    job = Job.objects.get(id=fresh(sent).job_id)
    assert (job.state, job.error) == ("failed", "文件已不在服务器上，请重新上传。")
    over = services.import_give_up(actor=actor, sent=fresh(sent), version=fresh(sent).version)
    assert (over.state, Resident.objects.count()) == ("cancelled", 3)


def test_an_import_that_went_in_keeps_its_counts_when_its_file_goes(cast: Cast) -> None:
    sent = bring(cast, ROWS)
    assert services.imports_forget(at=sent.created_at + services.KEPT) == 0
    assert services.imports_forget(at=sent.created_at + services.KEPT + timedelta(seconds=1)) == 1
    kept = fresh(sent)
    assert (kept.state, kept.file_id, counted(kept)) == ("applied", None, COUNTS)
    page = cast["township_officer"].client().get(f"/341181/people/imports/{sent.id}/").content.decode()
    assert "已导入" in page
    assert "下载错行" not in page
    [entry] = Entry.objects.filter(code="people.import.forgotten")
    assert entry.object_id == sent.id
    assert proved() == []


def test_a_sweep_takes_old_lists_only(cast: Cast) -> None:
    old, young = send(cast, csv_bytes([row(1, 姓名="")])), send(cast, csv_bytes([row(2, 姓名="")]))
    RegisterImport.objects.filter(id=old.id).update(created_at=old.created_at - services.KEPT)
    assert services.imports_forget(at=timezone.now()) == 1
    assert list(RegisterFault.objects.values_list("source_id", flat=True)) == [young.id]
    assert (fresh(young).state, fresh(young).as_of) == ("checked", AS_OF)
