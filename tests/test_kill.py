"""kill -9 under load, of the web server, the worker and PostgreSQL: what was acknowledged is kept, once and whole."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from dev.cluster import NoPostgres, PrivateCluster, server_programs
from shanzhi.cases.models import Case
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import OutboxDelivery, OutboxEvent
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast, build_cast, report
from tests.killing.checking import findings
from tests.killing.elsewhere import Elsewhere
from tests.killing.server import Process, Server, Worker, child_environment, database_url
from tests.killing.world import A, World, make, with_trail
from tests.killing.writers import Writers, post

pytestmark = pytest.mark.slow
PATIENCE = 60
KILLS = 2


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"after {PATIENCE} s: {what}"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_the_server_is_killed_twice_in_mid_write(
    var: Path, tmp_path: Path, started: Callable[[Process], Process]
) -> None:
    world = make()
    server = Server(child_environment(var, database_url()), tmp_path / "server.log")
    started(server)
    with Writers(server.port, world) as writers:
        for _ in range(KILLS):
            writers.wait_for(acked=25)
            server.kill()
            server.start()
        writers.wait_for(acked=10)
        writers.stop()
    book = writers.book
    assert book.refused == []
    assert book.broken >= KILLS, "nothing was under way when the server was killed"
    assert findings(book.as_json()) == []
    again = dict(list(book.acked.items())[::7])  # whoever asks once more, with the same key, gets the same case
    assert {key: post(server.port, world, key)[1]["number"] for key in again} == again
    for key in book.unknown:
        assert post(server.port, world, key)[0] == 201
    with county(A):
        assert Case.objects.count() == len(book.sent)


def _reported(cast: Cast, count: int) -> None:
    with county(A):
        for number in range(count):
            report(cast, spot=f"{number}号")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("counties")
def test_notices_come_once_though_the_worker_was_killed(
    counties: Any, var: Path, tmp_path: Path, started: Callable[[Process], Process]
) -> None:
    """The event, its delivery and the notices stand or fall together; what was under way is taken up again."""
    cast = build_cast(counties[A])
    with_trail(cast)
    _reported(cast, 60)
    quick = {"SHANZHI_JOB_TIMEOUT": "5", "SHANZHI_JOB_RETRY": "6"}
    worker = Worker(child_environment(var, database_url(), **quick), tmp_path / "worker.log")

    def delivered() -> int:
        with county(A):
            return OutboxEvent.objects.filter(delivered_at__isnull=False).count()

    started(worker)
    for goal in (5, 25):
        wait_until(lambda goal=goal: delivered() >= goal, f"fewer than {goal} events delivered")  # type: ignore[misc]
        worker.kill()
        assert delivered() < 60, "the worker was killed too late to prove anything"
        worker.start()
    wait_until(lambda: delivered() == 60, "not all events delivered")
    called = {cast[role].user.pk for role in ("village_clerk", "branch_secretary")}
    with county(A):
        events = set(OutboxEvent.objects.values_list("id", flat=True))
        told = Counter(Notice.objects.values_list("event_id", "recipient_id"))
        assert told == Counter({(event, person): 1 for event in events for person in called})
        taken = Counter(OutboxDelivery.objects.values_list("event_id", "subscriber"))
        assert {event for event, _ in taken} == events
        assert set(taken.values()) == {1}
    assert verify_county(A).findings == []


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    if not django_settings.DATABASE_URL.startswith("postgres"):
        pytest.skip("only meaningful on PostgreSQL")
    try:
        server_programs()
    except NoPostgres as error:
        pytest.skip(str(error))
    cluster = PrivateCluster(durable=True)
    with cluster as urls:
        yield Elsewhere(cluster, urls, tmp_path / "var")


@pytest.mark.postgres
def test_postgresql_is_killed_under_load(
    elsewhere: Elsewhere, tmp_path: Path, started: Callable[[Process], Process]
) -> None:
    world = World(**json.loads(elsewhere.python("-m", "tests.killing", "world")))
    server = Server(elsewhere.env, tmp_path / "server.log")
    started(server)
    with Writers(server.port, world) as writers:
        for kill in (elsewhere.backend_kill, elsewhere.postmaster_kill):
            writers.wait_for(acked=25)
            kill()
            wait_until(elsewhere.answers, "PostgreSQL does not answer")
        writers.wait_for(acked=25)
        writers.stop()
    book = writers.book
    assert book.refused == []
    said = elsewhere.python("-m", "tests.killing", "check", stdin=json.dumps(book.as_json()))
    assert said == ""
    assert len(book.acked) >= 75


def test_the_checker_finds_what_is_wrong(counties: Any, cast: Cast) -> None:
    """A checker that finds nothing proves nothing."""
    with_trail(cast)
    case = report(cast, body="w0-00000，路口井盖断裂")
    wrong = findings({"sent": ["w0-00001"], "acked": {"w0-00001": "2001-0001"}})
    assert {line.split()[0] for line in wrong} >= {"phantom", "lost", "torn:", "key"}, wrong
    assert f"torn: key of {case.number} 0 times" in wrong
