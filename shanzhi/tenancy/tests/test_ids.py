"""Ids: unique over threads, processes, forks and clocks that go back."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings

from shanzhi.tenancy import ids
from shanzhi.tenancy.ids import NodesExhausted, _Maker, id_at, new_id


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of nodes of its own."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    monkeypatch.setattr(ids, "_maker", _Maker())
    return tmp_path


def test_ids_grow_and_fit_into_63_bits() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert 0 < made[0] < made[-1] < 2**63


def test_threads_never_share_one() -> None:
    made: list[list[int]] = [[] for _ in range(8)]
    threads = [threading.Thread(target=lambda out=out: out.extend(new_id() for _ in range(3000))) for out in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flat = [one for out in made for one in out]
    assert len(set(flat)) == len(flat)


def test_a_clock_that_goes_back_repeats_nothing(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [new_id() for _ in range(100)]
    now = ids.time.time()
    monkeypatch.setattr(ids.time, "time", lambda: now - 3600)
    after = [new_id() for _ in range(100)]
    assert min(after) > max(before)


def test_a_restart_after_the_clock_went_back_repeats_nothing(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    assert ids._maker.lease is not None
    ids._maker.lease.file.close()  # the process ends: the kernel frees its node
    monkeypatch.setattr(ids, "_maker", _Maker())
    now = ids.time.time()
    monkeypatch.setattr(ids.time, "time", lambda: now - 3600)
    assert new_id() > before


def test_processes_hold_different_nodes_until_they_die(fresh: Path) -> None:
    new_id()
    assert ids._maker.lease is not None
    own = ids._maker.lease.node
    code = "import django; django.setup()\nfrom shanzhi.tenancy.ids import new_id\nprint(new_id() >> 12 & 1023)"
    env = {**os.environ, "SHANZHI_VAR": str(fresh), "DJANGO_SETTINGS_MODULE": "shanzhi.config.settings"}
    nodes = {
        int(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)
        for _ in range(2)
    }
    assert len(nodes) == 1  # the second process got the number that the first one left
    assert own not in nodes


def test_a_fork_takes_a_node_of_its_own(fresh: Path) -> None:
    mine = new_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        ids._maker.after_fork()  # the one made for this test is not registered
        os.write(writer, str(new_id()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reader, 30))
    assert theirs >> 12 & 1023 != mine >> 12 & 1023
    assert new_id() >> 12 & 1023 == mine >> 12 & 1023


def test_a_full_range_says_what_to_widen(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ID_NODES", (7, 7))
    new_id()
    held = ids._maker
    monkeypatch.setattr(ids, "_maker", _Maker())
    with pytest.raises(NodesExhausted, match="SHANZHI_NODES"):
        new_id()
    assert held.lease is not None


def test_ids_are_ranges_of_time() -> None:
    now_ms = int(ids.time.time() * 1000)
    assert id_at(now_ms - 60_000) < new_id() < id_at(now_ms + 3_600_000)
    assert id_at(0) == 0


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", " 1", "1e3", str(2**63), "9" * 19, "9" * 5000])
def test_what_can_be_no_id_is_none(text: str) -> None:
    assert ids.id_of(text) is None


def test_ids_are_read_until_the_last_one() -> None:
    """They have nineteen digits from 2031 on."""
    later = id_at(1_987_654_321_000)
    assert len(str(later)) == 19
    assert [ids.id_of(str(number)) for number in (0, 1, later, ids.LARGEST)] == [0, 1, later, ids.LARGEST]
