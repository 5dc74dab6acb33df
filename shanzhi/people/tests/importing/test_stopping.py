"""Cancelled, killed, overtaken, given up: what went in stays, nothing goes in or is counted twice."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.utils import timezone

from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobStopped
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.people.importing import running, services, writing
from shanzhi.people.models import Household, RegisterImport, Resident
from shanzhi.people.tests.importing.lists import AS_OF, bring, csv_bytes, row, send
from shanzhi.people.tests.importing.test_apply import counted
from shanzhi.tenancy.context import county
from tests.cast import Cast


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 3)
    monkeypatch.setattr(running, "PAUSE", 0)


def lots(count: int = 10) -> bytes:
    return csv_bytes([row(n, 户编号=f"H{n}") for n in range(1, count + 1)])


def begun(cast: Cast) -> RegisterImport:
    sent = send(cast, lots())
    return services.import_apply(actor=cast.actor("township_officer"), sent=sent, version=sent.version)


def run(cast: Cast, sent: RegisterImport, progress: Callable[[int, int], None]) -> None:
    actor = cast.actor("township_officer")
    running.apply_run(import_id=sent.id, actor=actor, at=timezone.now(), progress=progress)


def stop_at(count: int) -> Callable[[int, int], None]:
    """A worker that is killed, or a job that is cancelled, after so many batches."""
    left = [count]

    def progress(done: int, total: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise JobStopped

    return progress


def test_a_stopped_import_goes_on_where_it_ended(cast: Cast) -> None:
    sent = begun(cast)
    with pytest.raises(JobStopped):
        run(cast, sent, stop_at(2))
    assert Resident.objects.count() == 6
    sent = RegisterImport.objects.get(id=sent.id)
    assert (sent.state, sent.so_far["new"], sent.counts["rows"]) == ("applying", 6, 10)
    run(cast, sent, lambda done, total: None)
    sent = RegisterImport.objects.get(id=sent.id)
    assert (sent.state, counted(sent)) == ("applied", (10, 10, 0, 0, 0))
    assert (Resident.objects.count(), Household.objects.count()) == (10, 10)


def test_an_import_that_is_run_again_after_its_end_does_nothing(cast: Cast) -> None:
    sent = begun(cast)
    drain()
    versions = list(RegisterImport.objects.values_list("version", "counts"))
    run(cast, sent, lambda done, total: pytest.fail("it read the list"))
    assert list(RegisterImport.objects.values_list("version", "counts")) == versions


def test_a_cancelled_job_leaves_a_page_that_says_what_went_in(cast: Cast) -> None:
    sent = begun(cast)
    actor = cast.actor("township_officer")
    job_cancel(actor=actor, job=Job.objects.get(id=sent.job_id))
    drain()
    client = cast["township_officer"].client()
    address = f"/341181/people/imports/{sent.id}/"
    said = client.get(address).content.decode()
    assert "导入停下来了" in said
    assert "继续导入" in said
    answer = client.post(f"{address}resumptions/", {"version": sent.version})
    assert answer.status_code == 302
    drain()
    assert RegisterImport.objects.get(id=sent.id).state == "applied"


def test_given_up_half_way_what_went_in_stays(cast: Cast) -> None:
    sent = begun(cast)
    with pytest.raises(JobStopped):
        run(cast, sent, stop_at(1))
    actor = cast.actor("township_officer")
    with pytest.raises(Conflict):  # its job is still open
        services.import_give_up(actor=actor, sent=sent, version=sent.version)
    job_cancel(actor=actor, job=Job.objects.get(id=sent.job_id))
    over = services.import_give_up(actor=actor, sent=sent, version=sent.version)
    assert over.state == "cancelled"
    assert Resident.objects.count() == 3
    page = cast["township_officer"].client().get(f"/341181/people/imports/{sent.id}/").content.decode()
    assert "没有导完就结束了" in page


def test_whoever_was_overtaken_compares_and_writes_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = begun(cast)
    real, failed = writing._people, []

    def once(*args: object) -> None:
        if not failed:
            failed.append(True)
            raise IntegrityError
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "_people", once)
    run(cast, sent, lambda done, total: None)
    assert counted(RegisterImport.objects.get(id=sent.id)) == (10, 10, 0, 0, 0)
    assert Household.objects.count() == 10


def test_overtaken_without_end_it_says_so_and_can_go_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = begun(cast)

    def never(*args: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(writing, "_people", never)
    drain()
    job = Job.objects.get(id=sent.job_id)
    assert (job.state, "继续导入" in job.error) == ("failed", True)
    monkeypatch.undo()
    services.import_resume(actor=cast.actor("township_officer"), sent=sent, version=sent.version)
    drain()
    assert RegisterImport.objects.get(id=sent.id).state == "applied"


def test_a_person_changed_between_comparing_and_writing_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(cast, [row(1)])
    real, done = running.household_numbers, []

    def meanwhile(count: int, at: object) -> list[str]:
        if not done:
            done.append(True)
            person = Resident.objects.get()
            Resident.objects.update(version=person.version + 1, phone_index="x")
        return real(count, at)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "household_numbers", meanwhile)
    sent = bring(cast, [row(1, 姓名="张改名")])
    assert counted(sent) == (1, 0, 1, 0, 0)
    assert Resident.objects.get().version == 3


def test_a_household_is_in_one_piece(cast: Cast) -> None:
    rows = [row(n, 户编号="X" if 2 < n < 6 else f"H{n}", 与户主关系="户主" if n != 4 and n != 5 else "子")
            for n in range(1, 8)]  # fmt: skip
    sent = send(cast, csv_bytes(rows))
    services.import_apply(actor=cast.actor("township_officer"), sent=sent, version=sent.version)
    drain()
    assert RegisterImport.objects.get().so_far["pieces"] == [6, 8]


@pytest.mark.parametrize("act", [services.import_apply, services.import_resume])
def test_states_that_do_not_allow_it_are_refused(cast: Cast, act: Callable[..., object]) -> None:
    sent = bring(cast, [row(1)])
    with pytest.raises(Conflict):
        act(actor=cast.actor("township_officer"), sent=sent, version=sent.version)


def test_another_version_is_refused(cast: Cast) -> None:
    sent = send(cast, lots(1))
    with pytest.raises(Stale):
        services.import_apply(actor=cast.actor("township_officer"), sent=sent, version=sent.version + 1)


def test_the_same_key_begins_it_once(cast: Cast) -> None:
    sent, actor = send(cast, lots(1)), cast.actor("township_officer")
    for _twice in range(2):
        services.import_apply(actor=actor, sent=sent, version=sent.version, key="once")
    assert Job.objects.filter(kind=services.APPLY).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_writers_at_a_time_write_what_one_would(cast_outside: Cast) -> None:
    cast = cast_outside
    rows = [row(n, 户编号=f"H{n % 7}", 与户主关系="子", 门牌="1号") for n in range(1, 60)]
    actor, upload = cast.actor("township_officer"), SimpleUploadedFile("名册.csv", csv_bytes(rows))
    with county(341181):
        services.import_send(actor=actor, upload=upload, as_of=AS_OF)
    drain()
    with county(341181):
        sent = RegisterImport.objects.get()
        services.import_apply(actor=actor, sent=sent, version=sent.version)
    drain()
    with county(341181):
        assert counted(RegisterImport.objects.get()) == (59, 59, 0, 0, 0)
        assert (Resident.objects.count(), Household.objects.count()) == (59, 7)
        assert Resident.objects.values("dwelling_id").distinct().count() == 1
