"""The import of a whole country's divisions by `manage.py import_divisions`, and what the database takes bare."""

import csv
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg

from bench.replay import PRAGMAS
from bench.report import Result
from bench.server import Broken
from dev.environment import PYTHON, ROOT

ROWS: Final = 620_000
PROVINCES, PREFECTURES, COUNTIES, TOWNSHIPS = 31, 11, 8, 14  # each below each of the level above
HEADER: Final = ("code", "name", "level", "parent_code")
NAMES: Final = ("桥南", "高庙", "小关", "时家", "北湖", "郭村", "双塘", "同心", "张庄", "李桥", "王店", "大营", "新集")
Line = tuple[str, str, str, str]


def divisions(count: int) -> Iterator[Line]:
    """So many places, each after the one above it, as in the official list: villages share out evenly."""
    uppers = list(_uppers())[:count]
    townships = [line for line in uppers if line[2] == "township"]
    rest = count - len(uppers)
    shares = {line[0]: rest // len(townships) + (n < rest % len(townships)) for n, line in enumerate(townships)}
    for line in uppers:
        yield line
        code = line[0]
        for number in range(1, shares.get(code, 0) + 1):
            last = number if number < 4 else 196 + number  # a few neighbourhoods first, then villages from 200 on
            name = f"{NAMES[(number + int(code[6:9])) % len(NAMES)]}{'社区居委会' if number < 4 else '村委会'}"
            yield f"{code[:9]}{last:03d}", name, "village", code


def _uppers() -> Iterator[Line]:
    for province in range(11, 11 + PROVINCES):
        top = f"{province}".ljust(12, "0")
        yield top, f"第{province}省", "province", ""
        for prefecture in range(1, PREFECTURES + 1):
            middle = f"{province}{prefecture:02d}".ljust(12, "0")
            yield middle, f"第{prefecture}市", "prefecture", top
            for county in range(21, 21 + COUNTIES):
                low = f"{middle[:4]}{county}".ljust(12, "0")
                yield low, f"{NAMES[county % len(NAMES)]}县", "county", middle
                for township in range(100, 100 + TOWNSHIPS):
                    yield f"{low[:6]}{township}000", f"{NAMES[township % len(NAMES)]}镇", "township", low


def file_write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(divisions(count))


def peak_kib(status: str) -> int:
    """VmHWM of /proc/<pid>/status: the most memory that the process ever held, in KiB; 0 once it has ended."""
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) if found else 0


class Peak:
    """Looks at a process's own high-water mark until it ends."""

    def __init__(self, pid: int) -> None:
        self.path, self.kib = Path(f"/proc/{pid}/status"), 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.ended.wait(0.02):
            try:
                self.kib = max(self.kib, peak_kib(self.path.read_text()))
            except OSError:
                return

    def mib(self) -> float:
        self.ended.set()
        self.thread.join()
        return self.kib / 1024


def import_run(path: Path, env: dict[str, str]) -> tuple[float, float]:
    """Seconds of the whole command, its start included, and its peak in MiB."""
    command = [str(PYTHON), "manage.py", "import_divisions", str(path)]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = Peak(process.pid)
    said, _nothing = process.communicate()
    seconds, mib = time.monotonic() - began, peak.mib()
    if process.returncode or "有错 0" not in said:
        raise Broken(f"import_divisions ended with {process.returncode}: {said[:600]}")
    return seconds, mib


def limit(rows: Sequence[Line], owner_url: str) -> float:
    """Rows a second of the bare driver into a table of the same shape, committed to disk."""
    if owner_url.startswith("postgres"):
        return _copied(rows, owner_url)
    return _inserted(rows, Path(owner_url.removeprefix("sqlite:///")))


def _copied(rows: Sequence[Line], url: str) -> float:
    text = "".join(f"{code}\t{name}\t{level}\t{parent}\t\tcurrent\t\n" for code, name, level, parent in rows).encode()
    columns = "code, name, level, parent_code, kind, status, successor_code"
    with closing(psycopg.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_division (LIKE areas_division INCLUDING ALL)")
        connection.commit()
        began = time.monotonic()
        with cursor.copy(f"COPY bench_division ({columns}) FROM STDIN".encode()) as copy:
            copy.write(text)
        connection.commit()
        seconds = time.monotonic() - began
        cursor.execute("DROP TABLE bench_division")
        connection.commit()
    return len(rows) / seconds


def _inserted(rows: Sequence[Line], path: Path) -> float:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'areas_division' AND sql IS NOT NULL"
        )
        made = [sql for (sql,) in found]
    bare = path.with_name("bench-limit.sqlite3")
    with closing(sqlite3.connect(bare, isolation_level=None)) as connection:
        for sql in [*PRAGMAS, *made]:
            connection.execute(sql)
        began = time.monotonic()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO areas_division VALUES (?, ?, ?, ?, '', 'current', '')", rows)
        connection.execute("COMMIT")
        seconds = time.monotonic() - began
    bare.unlink()
    return len(rows) / seconds


def measure(env: dict[str, str], owner_url: str, folder: Path, count: int = ROWS) -> Result:
    """The whole file into the register as it is, then the same rows bare."""
    path = folder / "divisions.csv"
    file_write(path, count)
    seconds, mib = import_run(path, env)
    again, _mib = import_run(path, env)
    bare = limit(list(divisions(count)), owner_url)
    path.unlink()
    return Result(
        "divisions_import", rows_per_s=count / seconds, limit_per_s=bare, seconds=seconds, peak_mb=mib,
        params={"rows": count, "seconds_again": round(again, 1)},
    )  # fmt: skip
