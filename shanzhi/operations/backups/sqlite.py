"""A snapshot of SQLite while others write: SQLite's own backup in one read transaction, so never a torn state.

In WAL mode a reader holds up no writer. Without the transaction the copy would begin anew at each commit of another
connection, and under load never end.
"""

import errno
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from shanzhi.operations.backups.folders import Refused, Say

DATABASE: Final = "database.sqlite3"
PAGES: Final = 1_024
TENTHS: Final = 10


def snapshot(source: Path, target: Path, say: Say) -> None:
    """Copy the database as it is at this moment; the copy is one file without a log beside it."""
    if not source.is_file():
        raise Refused(f"没有找到数据库 {source}，请核对 SHANZHI_DATABASE。")
    shown = 0

    def progress(status: int, remaining: int, total: int) -> None:
        nonlocal shown
        reached = (total - remaining) * TENTHS // max(total, 1)
        if reached > shown:
            shown = reached
            say(f"数据库：{reached * 100 // TENTHS}%")

    with (
        closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as reader,
        closing(sqlite3.connect(target, isolation_level=None)) as writer,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        try:
            reader.backup(writer, pages=PAGES, progress=progress, sleep=0.01)
            writer.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from error
            raise
        reader.execute("COMMIT")
    check(target)


def check(path: Path) -> None:
    """SQLite's own look at every page and index; Refused if it finds something."""
    try:
        said = ask(path, "PRAGMA quick_check")
    except sqlite3.DatabaseError as error:
        said = [(str(error),)]
    if said != [("ok",)]:
        raise Refused(f"数据库 {path.name} 没有通过检查（{said[0][0]}），不能用，请换一份备份或检查磁盘。")


def let_go(path: Path) -> None:
    """Its log is written into the database, which nobody else has open; Refused if somebody has."""
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as alone:
            alone.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise Refused(f"数据库 {path.name} 还有程序在用，请先停下网站和后台再恢复。") from error
    except sqlite3.DatabaseError:  # damaged, which may be why it is replaced: it is moved as it is
        return


def ask(path: Path, statement: str) -> Sequence[tuple[Any, ...]]:
    """Rows of one statement, of a database that nobody writes."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as reader:
        return reader.execute(statement).fetchall()
