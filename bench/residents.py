"""The import of an invented county's population list, and looking for people among half a million.

The list has one row for each person: the same for the same places and count.

Households of three in homes of their own; every fiftieth row is bad in each of six ways.
"""

import csv
import itertools
import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import xlsxwriter

from bench.divisions import Peak
from bench.load import Call, Client, drive
from bench.report import Result
from bench.server import Broken, Server
from dev.environment import PYTHON, ROOT
from shanzhi.lib.idcards import id_check_digit

NAMES: Final = ("resident_import", "resident_search")
ROWS: Final = 500_000
XLSX_ROWS: Final = 100_000
BARE: Final = 100_000  # rows of the bare COPY
SECONDS: Final = 3.0  # of each kind of search
Run = Callable[..., dict[str, Any]]

HEADS: Final = ("姓名", "性别", "身份证号", "出生日期", "联系电话", "村", "组", "门牌", "与户主关系", "户编号")
FAMILY: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌海燕红梅志鹏春晓宇浩然子轩雨欣思远天佑家豪"
RELATIONS: Final = ("户主", "配偶", "子")
FIRST: Final = date(1940, 1, 1)
DAYS: Final = 27_000
SORTS: Final = 6  # of bad rows
EACH: Final = 50  # one row of so many is bad in one of these ways


def number_of(serial: int) -> tuple[str, date, bool]:
    """A right number of an identity card, its birthday, and whether it is a man's; another one for each serial."""
    born = FIRST + timedelta(days=serial * 7919 % DAYS)
    order = serial // DAYS * 2 + serial % 2
    body = f"341181{born:%Y%m%d}{order:03d}"
    return body + id_check_digit(body), born, bool(order % 2)


def name_of(serial: int) -> str:
    family = FAMILY[serial // 3 * 31 % len(FAMILY)]
    first, second = GIVEN[serial * 17 % len(GIVEN)], GIVEN[serial * 29 // 7 % len(GIVEN)]
    return family + first + (second if serial % 5 else "")


def phone_of(serial: int) -> str:
    return f"1{3 + serial % 7}{serial * 48271 % 1_000_000_000:09d}"


def row_of(serial: int, villages: Sequence[str]) -> list[str]:
    number, born, man = number_of(serial)
    house = serial // 3
    return [
        name_of(serial), "男" if man else "女", number, f"{born}", phone_of(serial), villages[house % len(villages)],
        f"{house % 12 + 1}组", f"{house}号", RELATIONS[serial % 3], f"{house}",
    ]  # fmt: skip


def rows(count: int, villages: Sequence[str], *, first: int = 0) -> Iterator[list[str]]:
    for serial in range(first, first + count):
        row = row_of(serial, villages)
        if serial % EACH < SORTS:
            spoil(row, serial, villages)
        yield row


def spoil(row: list[str], serial: int, villages: Sequence[str]) -> None:
    """A wrong check digit, another birthday, a village that is none, a telephone, no name, somebody who was there."""
    sort = serial % EACH
    if sort == 0:
        row[2] = row[2][:17] + ("1" if row[2][17] == "0" else "0")
    elif sort == 1:
        row[3] = "1901-02-03"
    elif sort == 2:
        row[5] = "没有村"
    elif sort == 3:
        row[4] = "12345"
    elif sort == 4:
        row[0] = ""
    else:
        row[:4] = row_of(max(serial - EACH + SORTS, SORTS), villages)[:4]


def csv_write(path: Path, count: int, villages: Sequence[str], first: int = 0) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADS)
        writer.writerows(rows(count, villages, first=first))


def xlsx_write(path: Path, count: int, villages: Sequence[str], first: int = 0) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEADS, *rows(count, villages, first=first)]):
            page.write_row(number, 0, row)


def imports(run: Run, env: dict[str, str], owner: str, folder: Path) -> Iterator[Result]:
    """A workbook into an empty register, then a text of more people: each written beforehand, then taken in by a
    process of its own. The rate is that of the job that writes; the check before it is told beside."""
    for name, count, first in (("list.xlsx", XLSX_ROWS, ROWS), ("list.csv", ROWS, 0)):
        path = folder / name
        run("write", str(path), "--rows", str(count), "--first", str(first))
        found, mib = taken(path, env)
        path.unlink()
        counted = {key: found[key] for key in ("rows", "new", "same", "bad", "check_s")}
        seconds = found["apply_s"]
        yield Result(
            "resident_import" if path.suffix == ".csv" else "resident_import_xlsx", rows_per_s=count / seconds,
            seconds=seconds, limit_per_s=limit(env["SHANZHI_DATABASE"], owner), peak_mb=mib,
            params={**counted, "cpu_s": found["cpu_s"]},
        )  # fmt: skip


def taken(path: Path, env: dict[str, str]) -> tuple[dict[str, Any], float]:
    """What the process said, and its peak in MiB."""
    command = [str(PYTHON), "manage.py", "bench_people", "run", str(path)]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = Peak(process.pid)
    said, wrong = process.communicate()
    mib = peak.mib()
    if process.returncode:
        raise Broken(f"bench_people ended with {process.returncode}: {wrong[-600:]}")
    found: dict[str, Any] = json.loads(said)
    return found, mib


def limit(app: str, owner: str) -> float:
    """Rows a second of the bare driver: people of the register into a table of the same columns and indexes."""
    return _copied(app, owner) if owner.startswith("postgres") else _inserted(Path(owner.removeprefix("sqlite:///")))


def _copied(app: str, owner: str) -> float:
    with closing(psycopg.connect(app)) as connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.county = '341181'")
        with cursor.copy(f"COPY (SELECT * FROM people_resident LIMIT {BARE}) TO STDOUT".encode()) as copy:
            text = b"".join(bytes(part) for part in copy)
    with closing(psycopg.connect(owner)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_resident (LIKE people_resident INCLUDING ALL)")
        connection.commit()
        began = time.monotonic()
        with cursor.copy(b"COPY bench_resident FROM STDIN") as copy:
            copy.write(text)
        connection.commit()
        seconds = time.monotonic() - began
        cursor.execute("DROP TABLE bench_resident")
        connection.commit()
    return text.count(b"\n") / seconds


def _inserted(path: Path) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        rows = connection.execute(f"SELECT * FROM people_resident LIMIT {BARE}").fetchall()
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'people_resident' AND sql IS NOT NULL"
        ).fetchall()
    bare = path.with_name("bench-limit.sqlite3")
    with closing(sqlite3.connect(bare, isolation_level=None)) as connection:
        for (sql,) in found:
            connection.execute(sql)
        began = time.monotonic()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO people_resident VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.execute("COMMIT")
        seconds = time.monotonic() - began
    bare.unlink()
    return len(rows) / seconds


def kinds() -> dict[str, str]:
    """What is typed, by the way that it is looked for; the person is a good row of the list."""
    serial = 123_456 + SORTS
    name = name_of(serial)
    return {
        "surname": name[0], "name": name, "part": name[1:], "initials": "wgm", "paper": number_of(serial)[0],
        "phone": phone_of(serial), "nobody": "没有这个人", "tail": f"{name} {number_of(serial)[0][-4:]}",
    }  # fmt: skip


def searches(site: dict[str, Any], server: Server) -> Iterator[Result]:
    """Each kind of search for the county's desk and for one village's clerk, through HTTP: the operation by a token,
    the page as a browser asks for it. The figure is the slowest kind's."""
    for via in ("api", "page"):
        each: dict[str, list[float]] = {}
        sql, medians, worst = 0, [], 0.0
        for who, told in site["people"].items():
            for kind, number in told["searches"].items():
                call = _call(site["county"], told, number, via)
                client = Client(server.port)
                sql = max(sql, client.call(call, trace=f"resident_search_{via}_{who}_{kind}")[1])
                client.close()
                drive(server.port, [itertools.repeat(call)], 0.5)
                found = drive(server.port, [itertools.repeat(call)], SECONDS)
                medians.append(found.percentile_ms(0.5))
                worst = max(worst, found.percentile_ms(0.95))
                each[f"{who} {kind}"] = [round(found.percentile_ms(share), 1) for share in (0.5, 0.95)]
        yield Result(
            "resident_search", sql=sql, p50_ms=sorted(medians)[len(medians) // 2], p95_ms=worst,
            params={"via": via, "residents": site["residents"], "p50_p95_ms_each": each},
        )  # fmt: skip


def _call(county: int, told: dict[str, Any], number: str, via: str) -> Call:
    if via == "api":
        headers = {"Authorization": f"Bearer {told['token']}", "Accept": "application/json"}
        return Call("GET", f"/api/v1/{county}/people/searches/{number}", headers)
    headers = {"Cookie": f"session={told['cookie']}", "Accept": "text/html", "Accept-Language": "zh-CN"}
    return Call("GET", f"/{county}/people/search/{number}/", headers)
