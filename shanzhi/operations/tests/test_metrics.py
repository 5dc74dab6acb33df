"""Metrics: off without a token, counters over processes and their ends, numbers in a format that others read."""

import re
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from shanzhi.notices.models import Delivery
from shanzhi.operations.counters import ENDED, LE, Counters, collected
from shanzhi.operations.middleware import MeasuringMiddleware, route_of
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import OutboxEvent
from tests.cast import report
from tests.source import ROOT

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$')
TOKEN = "a-token-of-the-test"


@pytest.fixture
def open_(settings):
    settings.METRICS_TOKEN = TOKEN


def asked(**headers):
    return Client().get("/metrics/", headers={"Authorization": f"Bearer {TOKEN}", **headers})


def value(text, name):
    """Of the one sample with these words at its beginning."""
    (found,) = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith(name + " ")]
    return float(found)


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer other", TOKEN])
def test_without_the_token_there_is_no_such_page(open_, given):
    assert Client().get("/metrics/", headers={"Authorization": given}).status_code == 404


@pytest.mark.django_db
def test_off_by_default_even_for_an_empty_token(settings):
    assert settings.METRICS_TOKEN == ""
    assert Client().get("/metrics/", headers={"Authorization": "Bearer "}).status_code == 404
    with pytest.raises(MiddlewareNotUsed):
        MeasuringMiddleware(lambda request: HttpResponse())


@pytest.mark.django_db
def test_every_line_is_in_the_format_and_every_series_has_its_words(open_, cast):
    text = asked().content.decode()
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not LINE.match(line)] == []
    helped = set(re.findall(r"^# HELP (\w+) ", text, re.MULTILINE))
    typed = set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
    assert helped == typed
    names = {re.sub(r"_(bucket|sum|count)$", "", re.split(r"[{ ]", line)[0]) for line in samples}
    assert names <= helped
    for name in ("queue_tasks", "outbox_events", "outbox_lag_seconds", "sealer_lag_seconds", "database_bytes"):
        assert f"shanzhi_{name}" in names
    assert value(text, "shanzhi_up") == 1


@pytest.mark.django_db
def test_the_numbers_are_those_of_the_records(open_, cast):
    now = timezone.now()
    with county(341181):
        report(cast)
        OutboxEvent.objects.update(delivered_at=None, at=now - timedelta(seconds=90))
        Delivery.objects.create(channel="sms", topic="code", created_at=now, next_at=now)
        Delivery.objects.create(channel="sms", topic="code", created_at=now, state=Delivery.State.SENT)
        events = OutboxEvent.objects.count()
    text = asked().content.decode()
    assert value(text, "shanzhi_outbox_events") == events > 0
    assert 90 <= value(text, "shanzhi_outbox_lag_seconds") < 120
    assert value(text, 'shanzhi_deliveries_waiting{channel="sms"}') == 1
    assert value(text, "shanzhi_sealer_lag_seconds") >= 0
    assert value(text, "shanzhi_queue_tasks") > 0
    assert value(text, "shanzhi_database_bytes") > 100_000


def test_requests_are_counted_by_page_and_no_value_of_the_address_is_kept(settings, tmp_path):
    settings.METRICS_TOKEN = TOKEN
    client = Client()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", None)  # not a statement for a wrong address
        for path in ("/nowhere/13912345678/", "/nowhere/王桂兰/?phone=13912345678"):
            assert client.get(path).status_code == 404
    counted = collected(tmp_path / "var/metrics")
    assert {key: row[-2] for key, row in counted.items()} == {"GET 404 -": 2}


@pytest.mark.django_db
def test_pages_and_operations_go_by_their_names(settings, cast, tmp_path):
    settings.METRICS_TOKEN = TOKEN
    with county(341181):
        case = report(cast)
    client = cast["village_clerk"].client()
    client.get(f"/341181/cases/{case.number}/")
    client.get(f"/api/v1/341181/cases/{case.number}")
    text = asked().content.decode()
    assert value(text, 'shanzhi_requests_total{route="cases:case",method="GET",status="200"}') == 1
    assert value(text, 'shanzhi_request_seconds_count{route="cases:case"}') == 1
    assert "api/v1/<county:county>/cases/" in text
    assert case.number not in text
    assert "341181" not in text


@pytest.mark.django_db
def test_what_broke_is_counted_as_500(settings, tmp_path):
    settings.METRICS_TOKEN = TOKEN

    def broken(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        MeasuringMiddleware(broken)(RequestFactory().get("/"))
    assert list(collected(tmp_path / "var/metrics")) == ["GET 500 -"]


def test_a_page_that_nobody_found_has_no_name():
    assert route_of(RequestFactory().get("/x/")) == "-"


def test_bounds_are_cumulative_and_the_sum_is_exact(tmp_path):
    counters = Counters(tmp_path)
    for seconds in (0.005, 0.01, 0.3, 60.0):
        counters.add("k", seconds)
    (row,) = collected(tmp_path).values()
    assert row[: len(LE)] == [2, 2, 2, 2, 2, 3, 3, 3, 3, 3]
    assert row[-2:] == [4, pytest.approx(60.315)]


def test_threads_lose_no_request(tmp_path):
    counters = Counters(tmp_path)
    threads = [threading.Thread(target=lambda: [counters.add(f"k{n % 3}", 0.1) for n in range(900)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key: row[-2] for key, row in collected(tmp_path).items()} == {"k0": 1200, "k1": 1200, "k2": 1200}


CHILD = """
import sys
from pathlib import Path
from shanzhi.operations.counters import Counters
counters = Counters(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    counters.add("k", 0.2)
"""


def ended_process(folder, times):
    """Another process counted so many and is gone; without Django, which it does not need."""
    subprocess.run([sys.executable, "-c", CHILD, str(folder), str(times)], check=True, cwd=ROOT)


def test_processes_add_up_and_the_ended_ones_stay_counted_once(tmp_path):
    counters = Counters(tmp_path)
    counters.add("k", 0.2)
    for times in (3, 4):
        ended_process(tmp_path, times)
    for _ in range(3):
        assert collected(tmp_path)["k"][-2] == 8
    assert len(list(tmp_path.glob("*.counts"))) == 1
    assert (tmp_path / ENDED).exists()


def test_a_kill_between_writing_and_removing_counts_nothing_twice(tmp_path):
    ended_process(tmp_path, 5)
    (file,) = tmp_path.glob("*.counts")
    data = file.read_bytes()
    assert collected(tmp_path)["k"][-2] == 5
    file.write_bytes(data)  # as if it had not come to the removing
    assert collected(tmp_path)["k"][-2] == 5


def test_a_key_too_long_or_one_too_many_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("shanzhi.operations.counters.ROWS", 2)
    counters = Counters(tmp_path)
    for key in ("a", "b", "c", "k" * 200):
        counters.add(key, 0.1)
    assert set(collected(tmp_path)) == {"a", "b"}
