"""A base backup of PostgreSQL, beside which the server archives its WAL without a pause: any point in time after it."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from shanzhi.operations.backups.folders import WAL, Refused, Say
from shanzhi.operations.backups.programs import connection_of, program, run
from shanzhi.tenancy.context import cross_county

BASE: Final = "base"
UNPACKED: Final = ".unpacked"
MAIN: Final = "base.tar.gz"
LOG: Final = "pg_wal.tar.gz"
PARTS: Final = ("backup_manifest", MAIN, LOG)


def ask(statement: str) -> Sequence[tuple[Any, ...]]:
    """Rows of one statement over all counties, of the running database."""
    with cross_county("backup: what the manifest says"), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def major() -> int:
    connection.ensure_connection()
    return int(connection.pg_version) // 10_000  # type: ignore[attr-defined]


def base_backup(made: Path, say: Say) -> dict[str, Any]:
    """`pg_basebackup` as compressed tar with the WAL of its own duration, then checked by `pg_verifybackup`.

    Returns what the manifest keeps of it: major version, timeline, first WAL segment and where it is consistent.
    """
    if not settings.DATABASE_BACKUP:
        raise Refused("请设 SHANZHI_DATABASE_BACKUP（有 REPLICATION 权限的数据库角色），见 docs/operations/backup.md。")
    where, secret = connection_of(settings.DATABASE_BACKUP)
    running = major()
    target = made / BASE
    target.mkdir(mode=0o700)
    say("数据库：基础备份开始")
    run(
        [program("pg_basebackup", running), "-d", where, "-D", target, "-F", "tar", "-z", "-X", "stream",
         "-c", "fast", "--manifest-checksums=SHA256", "--no-password", "-l", "shanzhi"],
        more=secret,
    )  # fmt: skip
    extra = sorted({path.name for path in target.iterdir()} - set(PARTS))
    if extra:
        raise Refused(f"数据库用了表空间（{extra[0]}），这个命令只备份一个数据目录，请改用 pgBackRest。")
    say("数据库：核对基础备份")
    unpacked = made / UNPACKED
    unpack(target, unpacked)
    verify(unpacked, running)
    shutil.rmtree(unpacked)
    return {"major": running, **_wal(target), **_archiving(say)}


def unpack(base: Path, target: Path) -> None:
    """The tar files as a data folder with its WAL in place."""
    target.mkdir(mode=0o700)
    run(["tar", "-xzf", base / MAIN, "-C", target])
    run(["tar", "-xzf", base / LOG, "-C", target / "pg_wal"])
    shutil.copy2(base / "backup_manifest", target / "backup_manifest")


def verify(data: Path, version: int) -> None:
    """Every file against PostgreSQL's own manifest, and the WAL that makes it consistent read through."""
    run([program("pg_verifybackup", version), "-q", data])


def _wal(base: Path) -> dict[str, Any]:
    said = json.loads((base / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"][0]
    return {"timeline": said["Timeline"], "start": said["Start-LSN"], "end": said["End-LSN"]}


def segment(timeline: int, lsn: str, size: int) -> str:
    """The name of the WAL segment in which a position lies."""
    high, low = (int(half, 16) for half in lsn.split("/"))
    number, in_high = (high << 32 | low) // size, 0x1_0000_0000 // size
    return f"{timeline:08X}{number // in_high:08X}{number % in_high:08X}"


def _archiving(say: Say) -> dict[str, Any]:
    """Whether the server archives, and how large its segments are; says so if no point in time can be had."""
    names = "'archive_mode', 'wal_segment_size'"
    found = dict(ask(f"SELECT name, setting FROM pg_settings WHERE name IN ({names})"))  # noqa: S608
    failed = ask(
        "SELECT last_failed_wal FROM pg_stat_archiver"
        " WHERE last_failed_time > coalesce(last_archived_time, '-infinity'::timestamptz)"
    )
    if found["archive_mode"] == "off":
        say("注意：数据库没有连续归档（archive_mode=off），只能恢复到这份备份做完的时候。")
    elif failed:
        say(f"注意：数据库归档 {failed[0][0]} 一直没有成功，请查数据库日志里的 archive_command。")
    return {"archived": found["archive_mode"] != "off", "segment_size": int(found["wal_segment_size"])}


def prune_wal(folder: Path, oldest: dict[str, Any], say: Say) -> None:
    """Remove archived WAL that no kept backup needs; what can't be removed stays and is told."""
    archive = folder / WAL
    if not archive.is_dir():
        return
    first = segment(oldest["timeline"], oldest["start"], oldest["segment_size"])
    try:
        run([program("pg_archivecleanup", oldest["major"]), archive, first])
    except Refused as error:
        say(f"注意：旧的归档没有清理。{error}")
