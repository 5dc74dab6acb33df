"""The measurement of a flood: what it believes, and what it refuses to call a result."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from bench import flood
from bench.load import Outcome
from bench.management.commands import bench_flood
from bench.server import Broken
from shanzhi.cases.gate.challenges import SORTS
from shanzhi.cases.models import Case, Held
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import build_cast

GOOD = {"sent": 10, "seconds": 1.0, "follow": 10, "cases": 3, "held": 7, "limit": 3}


def saying(found: dict[str, Any], code: int = 0) -> "subprocess.Popen[str]":
    program = f"import sys; print({json.dumps(json.dumps(found))}); sys.exit({code})"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_what_the_flood_says_is_taken() -> None:
    assert flood.told(saying(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"follow": 9}, "1 of 10 receipts lead nowhere"), ({"cases": 4}, "4 reports reached the lists, 3 may")],
)
def test_a_lost_receipt_or_a_full_list_is_no_result(changes: dict[str, int], words: str) -> None:
    with pytest.raises(Broken, match=re.escape(words)):
        flood.told(saying({**GOOD, **changes}))


def test_a_flood_that_broke_is_no_result() -> None:
    with pytest.raises(Broken, match="ended with 3"):
        flood.told(saying(GOOD, code=3))


def test_the_lists_are_asked_for_by_those_who_read_them() -> None:
    site = {"county": 341181, "officer": {"token": "a"}, "centre": {"token": "b"}}
    made = flood.calls(site, "centre")
    first = next(made)
    assert first.path.startswith("/api/v1/341181/cases?tab=")
    assert first.headers["Authorization"] == "Bearer b"
    assert next(made).path != first.path


@pytest.mark.parametrize("sort", range(len(SORTS)))
def test_the_one_who_is_measured_can_answer(sort: int) -> None:
    for _ in range(30):
        words, answer = SORTS[sort]()
        assert bench_flood.answer_to(words) == str(answer)


@pytest.mark.django_db(transaction=True)
def test_a_small_flood_leaves_the_lists_as_they_are(settings: Any) -> None:
    """Three hundred at once from as many browsers: no more than the limits reach a list, every receipt follows."""
    settings.GATE = {"normal": 20, "village": 5, "county": 12}
    build_cast(County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now()))
    out = StringIO()
    call_command(bench_flood.Command(), reports=300, seconds=1.0, threads=4, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["sent"], found["receipts"], found["follow"]) == (300, 300, 300)
    assert found["cases"] <= 12
    assert found["cases"] + found["held"] == 300
    assert found["groups"] < 300
    with county(341181):
        assert (Case.objects.count(), Held.objects.count()) == (found["cases"], found["held"])


def test_the_measure_gathers_lists_until_the_flood_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def drive(port: int, sources: Any, seconds: float) -> Any:
        asked.append(len(sources))
        return flood_outcome()

    monkeypatch.setattr(flood, "drive", drive)
    server: Any = type("S", (), {"port": 1})()
    start: Callable[[dict[str, str]], Any] = lambda env: saying(GOOD)  # noqa: E731
    result = flood.measure({"county": 1, "officer": {"token": "a"}, "centre": {"token": "b"}}, server, {}, start)
    assert asked[0] == 1
    assert set(asked[1:]) <= {2}
    assert (result.name, result.seconds, result.rows_per_s) == ("public_flood", 1.0, 10.0)
    assert result.params["lists_read"] == len(asked)


def flood_outcome() -> Any:
    return Outcome(times=[0.05], seconds=0.05)
