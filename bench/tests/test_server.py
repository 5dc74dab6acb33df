"""Processor time of a family of processes."""

import os
import socket
import subprocess
import sys
import time

from bench.server import TICKS, family, free_port, processes, stat_of, yardstick_ms

STAT = "42 (a (b) c) S 7 42 42 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 8 0 1 2 3"


def test_stat_is_read_behind_the_name() -> None:
    assert stat_of(STAT) == (7, 300)


def test_a_family_is_everything_below() -> None:
    stats = {1: (0, 0), 10: (1, 5), 11: (10, 6), 12: (11, 7), 20: (1, 8)}
    assert family(stats, 10) == {10, 11, 12}
    assert family(stats, 12) == {12}
    assert family(stats, 99) == {99}


def test_this_process_and_its_children_are_seen() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        stats = processes()
        assert stats[child.pid][0] == os.getpid()
        assert child.pid in family(stats, os.getpid())
    finally:
        child.kill()
        child.wait()


def test_processor_time_grows_with_work() -> None:
    before, end = processes()[os.getpid()][1], time.process_time() + 0.1
    while time.process_time() < end:
        pass
    assert processes()[os.getpid()][1] - before >= 0.05 * TICKS


def test_a_free_port_can_be_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))


def test_the_yardstick_is_processor_time_and_takes_about_as_long_each_time() -> None:
    found = sorted(yardstick_ms() for _ in range(5))
    assert 0 < found[0] <= found[2] < 1000
