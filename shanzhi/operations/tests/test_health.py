"""The health page: each check bad and well, 200 or 503, in JSON and for people, cheap, and nothing about anybody."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Task

from shanzhi.jobs.models import Job
from shanzhi.jobs.schedules import FUNCTION
from shanzhi.operations import health as module
from shanzhi.operations.health import BAD, OK, WARN, forget_health, health
from shanzhi.packs.models import Definition
from shanzhi.tenancy.context import county
from shanzhi.tenancy.ids import id_at
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry
from shanzhi.trail.sealing import seal_county
from tests.cast import report

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def state_of(code, at=None):
    forget_health()
    return next(check for check in health(at=at or timezone.now()).checks if check.code == code)


def beat(at):
    """What the queue writes when recurring work has ended."""
    Task.objects.create(
        id=f"{Task.objects.count():032d}", name="seal", func=FUNCTION, success=True, started=at, stopped=at
    )


def holidays(year, county_id=341181):
    with county(county_id):
        Definition.objects.create(family="holidays", code=str(year), title="放假", current_number=1)


def reported(cast, **words):
    """A case of the cast's county, and what the trail wrote of it first."""
    with county(cast.county.id):
        report(cast, **words)
        entry = Entry.objects.order_by("id").first()
    assert entry is not None
    return entry


@pytest.fixture
def well(cast, settings, tmp_path):
    """A system of which nothing is to be said."""
    settings.BACKUP_DIR = str(tmp_path / "b")
    made = tmp_path / "b" / "20261130-100000"
    made.mkdir(parents=True)
    (made / "manifest.json").write_text("{}")
    for place in County.objects.values_list("id", flat=True):
        holidays(timezone.now().year + 1, place)
    beat(timezone.now())
    return cast


def test_a_system_that_is_well(well):
    answer = Client().get("/health/")
    assert answer.status_code == 200
    said = json.loads(answer.content)
    assert said["state"] == OK, said
    codes = ["database", "migrations", "disk", "worker", "sealer", "holidays", "backup"]
    assert [check["code"] for check in said["checks"]] == codes
    assert all(set(check) == {"code", "label", "state", "said", "value", "unit"} for check in said["checks"])


def test_nothing_about_anybody_and_no_county(well):
    reported(well, body="王桂兰 13912345678 报的")
    for accept in ("application/json", "text/html"):
        forget_health()
        text = Client().get("/health/", headers={"Accept": accept}).content.decode()
        assert "天长市" not in text
        assert not re.search(r"(?<!\d)(341181|410927|1[3-9]\d{9})(?!\d)", text)
        assert "王桂兰" not in text


def test_people_get_a_page_without_a_session(well):
    answer = Client().get("/health/", headers={"Accept": "text/html,*/*"})
    assert answer["Content-Type"].startswith("text/html")
    assert "系统正常" in answer.content.decode()
    assert answer["Vary"] == "Accept"
    assert not answer.cookies


def test_what_has_to_be_done_stands_first(well, settings):
    settings.BACKUP_DIR = ""
    Task.objects.update(stopped=timezone.now() - timedelta(hours=1))
    found = health(at=timezone.now())
    assert [check.code for check in found.worst_first][:3] == ["worker", "backup", "database"]
    text = Client().get("/health/", headers={"Accept": "text/html"}).content.decode()
    assert "系统有问题" in text
    assert text.index('id="check-worker"') < text.index('id="check-backup"') < text.index('id="check-database"')


def test_without_a_database_it_says_so_at_once(well, monkeypatch):
    def gone(at):
        raise DatabaseError("no")

    gone.__name__ = "database"
    monkeypatch.setattr(module, "database", gone)
    monkeypatch.setattr(module, "READY", (gone, module.migrations, module.disk))
    for accept in ("application/json", "text/html"):
        forget_health()
        answer = Client().get("/health/", headers={"Accept": accept})
        assert answer.status_code == 503
        assert "连不上，请查数据库服务。" in answer.content.decode()
    forget_health()
    assert [check.code for check in health(at=NOW).checks] == ["database", "disk", "backup"]


def test_one_check_that_breaks_does_not_hide_the_others(well, monkeypatch):
    def broken(at):
        raise DatabaseError("no")

    broken.__name__ = "worker"
    monkeypatch.setattr(module, "LATER", (broken, module.holidays, module.backup))
    found = health(at=timezone.now())
    assert [(check.code, check.state) for check in found.checks][3] == ("worker", BAD)
    assert len(found.checks) == 6
    assert found.status == 503


def test_a_database_older_or_newer_than_the_program(well, monkeypatch):
    known = set(module._known_migrations())
    monkeypatch.setattr(module, "_known_migrations", lambda: known | {("cases", "0099_more")})
    assert (state_of("migrations").state, state_of("migrations").said) == (
        BAD,
        "程序比数据库新，请运行 migrate 和 distribute。",
    )
    monkeypatch.setattr(module, "_known_migrations", lambda: known - {("cases", "0001_initial")})
    assert (state_of("migrations").state, state_of("migrations").said) == (BAD, "数据库比程序新，请换上新的程序。")


def test_a_worker_that_never_ran_or_fell_silent(cast):
    assert state_of("worker").state == BAD
    now = timezone.now()
    beat(now - timedelta(minutes=6))
    assert (state_of("worker", now).state, state_of("worker", now).value) == (BAD, 360)
    beat(now - timedelta(minutes=4))
    assert state_of("worker", now).state == OK


def test_a_long_job_is_a_sign_of_life(cast):
    now = timezone.now()
    beat(now - timedelta(hours=1))
    job = {"kind": "areas.import", "created_by": 1, "created_at": now, "state": Job.State.RUNNING}
    with county(341181):
        Job.objects.create(lease_until=now + timedelta(seconds=40), **job)
    assert state_of("worker", now).state == OK


def test_a_sealer_that_is_behind(cast):
    assert state_of("sealer").state == OK
    first = reported(cast)
    assert state_of("sealer", first.at + timedelta(minutes=2)).state == OK
    late = state_of("sealer", first.at + timedelta(minutes=11))
    assert (late.state, late.value) == (BAD, 660)
    seal_county(341181, at=timezone.now())
    assert state_of("sealer", first.at + timedelta(days=1)).state == OK
    reported(cast)
    assert state_of("sealer", timezone.now() + timedelta(hours=1)).state == BAD


def test_each_county_is_asked_for_its_own_newest_seal(cast, cast_b):
    reported(cast)
    reported(cast_b)
    seal_county(341181, at=timezone.now())
    assert state_of("sealer", timezone.now() + timedelta(hours=1)).state == BAD
    seal_county(410927, at=timezone.now())
    assert state_of("sealer", timezone.now() + timedelta(hours=1)).state == OK


def test_a_disk_that_is_nearly_full(cast, settings):
    settings.DISK_FREE_MB = 10**9
    found = state_of("disk")
    assert found.state == BAD
    assert found.said.startswith("只剩 ")


def test_holidays_are_due_but_keep_nobody_from_working(well):
    year = timezone.now().year
    assert state_of("holidays", datetime(year + 1, 11, 1, tzinfo=UTC)).state == OK
    found = state_of("holidays", datetime(year + 1, 11, 3, tzinfo=UTC))
    assert (found.state, found.value) == (WARN, 58)
    with county(341181):
        Definition.objects.update(retired_at=timezone.now())
    forget_health()
    answer = Client().get("/health/")
    assert (answer.status_code, json.loads(answer.content)["state"]) == (200, WARN)


def test_a_backup_that_is_late_missing_or_not_set(well, settings, tmp_path):
    assert state_of("backup", timezone.now() + timedelta(hours=27)).state == BAD
    settings.BACKUP_DIR = str(tmp_path / "none")
    assert state_of("backup").state == BAD
    settings.BACKUP_DIR = ""
    assert state_of("backup").state == WARN


def test_a_load_balancer_asks_only_for_what_serving_needs(cast):
    assert Client().get("/health/").status_code == 503  # no worker
    ready = Client().get("/health/ready/")
    assert ready.status_code == 200
    assert [check["code"] for check in json.loads(ready.content)["checks"]] == ["database", "migrations", "disk"]


def test_it_is_cheap_and_asked_again_answers_from_memory(well):
    with CaptureQueriesContext(connection) as first:
        Client().get("/health/")
    with CaptureQueriesContext(connection) as again:
        Client().get("/health/")
    own = [query for query in first if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET ", "RESET"))]
    assert len(own) <= 7
    assert len(again) == 0


def test_the_oldest_unsealed_entry_is_one_step_in_an_index(cast, settings):
    """Whatever lies under seals is not looked at."""
    reported(cast)
    with CaptureQueriesContext(connection) as queries:
        state_of("sealer")
    statement = next(query["sql"] for query in queries if "trail_sealitem" in query["sql"])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plan = [row[3] for row in cursor.fetchall()]
        assert not [line for line in plan if line.startswith("SCAN") and "tenancy_county" not in line], plan


def test_ids_follow_time(cast):
    """The check reads them so: what came later has the greater id."""
    entry = reported(cast)
    assert entry.id >= id_at(int((entry.at - timedelta(seconds=60)).timestamp() * 1000))


def test_on_the_machine_itself_it_is_not_sent_to_tls(well, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/health/").status_code == 200
    assert Client().get("/").status_code == 301


def test_writing_to_it_is_refused(well):
    assert Client().post("/health/").status_code == 405


def test_the_system_check_finds_nothing():
    call_command("check", verbosity=0)
