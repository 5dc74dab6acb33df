"""Whether the system is well: what it can't serve without, what would be missed later, and what is due soon.

Each check is one cheap statement or a look at the disk. Nothing here names a person, a county or an address of one.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from shanzhi.operations import figures
from shanzhi.operations.backups.folders import backups_in
from shanzhi.operations.backups.manifest import is_ours
from shanzhi.packs.calendars import SHORT

OK, WARN, BAD = "ok", "warn", "bad"
WORKER_LATE: Final = timedelta(minutes=5)
SEAL_LATE: Final = timedelta(minutes=10)
BACKUP_LATE: Final = timedelta(hours=26)  # daily, with two hours for a long one
REMEMBERED: Final = 5.0  # seconds in which the page answers from memory: anybody may ask it
MEBIBYTE: Final = 1024**2


@dataclass(frozen=True)
class Check:
    """`state` bad answers 503, warn does not; `value` in `unit`, None where there is nothing to measure."""

    code: str
    label: str
    state: str
    said: str
    value: float | None = None
    unit: str = ""


def database(at: datetime) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Check("database", "数据库", OK, "连得上。")


def migrations(at: datetime) -> Check:
    """What this version has and the database lacks; a database that is newer than the program counts as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = {(app, name) for app, name in cursor.fetchall()}
    known = _known_migrations()
    lacking, foreign = known - applied, {pair for pair in applied - known if is_ours(".".join(pair))}
    if lacking:
        said = "程序比数据库新，请运行 migrate 和 distribute。"
    elif foreign:
        said = "数据库比程序新，请换上新的程序。"
    else:
        said = "数据库和程序是同一版。"
    count = len(lacking) + len(foreign)
    return Check("migrations", "数据库版本", BAD if count else OK, said, count, "个")


_migrations: set[tuple[str, str]] = set()


def _known_migrations() -> set[tuple[str, str]]:
    """Read once: the files do not change under a running process."""
    if not _migrations:
        _migrations.update(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    return _migrations


def disk(at: datetime) -> Check:
    """Of the folder of files and, on SQLite, of the database."""
    free = shutil.disk_usage(Path(settings.VAR_DIR)).free // MEBIBYTE
    low = free < settings.DISK_FREE_MB
    said = f"只剩 {free:,} MB，请清理或扩容。" if low else f"还有 {free:,} MB。"
    return Check("disk", "磁盘", BAD if low else OK, said, free, "MB")


def worker(at: datetime) -> Check:
    """The last recurring work that ended, or a long job whose heartbeat goes on."""
    last = figures.worker_seen(at)
    age = None if last is None else max((at - last).total_seconds(), 0.0)
    if age is None:
        return Check("worker", "后台", BAD, "后台还没有运行过，请启动 worker。")
    late = age > WORKER_LATE.total_seconds()
    said = f"{_long(age)}没有动静，请重新启动 worker。" if late else f"{_long(age)}前有动静。"
    return Check("worker", "后台", BAD if late else OK, said, round(age), "秒")


def sealer(at: datetime) -> Check:
    """The age of the oldest entry of the trail that lies under no seal yet."""
    oldest = figures.oldest_unsealed()
    if oldest is None:
        return Check("sealer", "留痕封存", OK, "没有等着封存的留痕。", 0, "秒")
    age = max((at - oldest).total_seconds(), 0.0)
    late = age > SEAL_LATE.total_seconds()
    said = f"最早一条已等 {_long(age)}{'，请查后台的日志' if late else ''}。"
    return Check("sealer", "留痕封存", BAD if late else OK, said, round(age), "秒")


def holidays(at: datetime) -> Check:
    """How many days ahead the holiday table of the county that is worst off reaches."""
    days = figures.holiday_days(at)
    if days is None:
        return Check("holidays", "节假日表", OK, "还没有县。")
    if days >= SHORT:
        return Check("holidays", "节假日表", OK, f"还够 {days} 天。", days, "天")
    return Check("holidays", "节假日表", WARN, f"有县的节假日表不够 {SHORT} 天，请补上新一年的安排。", days, "天")


def backup(at: datetime) -> Check:
    """Of the newest whole backup, if the settings name the folder."""
    if not settings.BACKUP_DIR:
        return Check("backup", "备份", WARN, "没有设备份目录（SHANZHI_BACKUP_DIR），不知道有没有备份。")
    age = backup_age(at)
    if age is None:
        return Check("backup", "备份", BAD, "备份目录里还没有备份，请运行 backup。")
    late = age > BACKUP_LATE.total_seconds()
    said = f"最新一份是 {_long(age)}前做的{'，请查备份的定时任务' if late else ''}。"
    return Check("backup", "备份", BAD if late else OK, said, round(age), "秒")


def backup_age(at: datetime) -> float | None:
    """Seconds since the newest backup was whole; None without one."""
    found = backups_in(Path(settings.BACKUP_DIR)) if settings.BACKUP_DIR else []
    return max(at.timestamp() - (found[-1] / "manifest.json").stat().st_mtime, 0.0) if found else None


def _long(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} 秒"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} 分钟"
    return f"{seconds / 3_600:.0f} 小时"


Probe = Callable[[datetime], Check]
READY: Final[tuple[Probe, ...]] = (database, migrations, disk)
LATER: Final[tuple[Probe, ...]] = (worker, sealer, holidays, backup)
LABELS: Final = {"worker": "后台", "sealer": "留痕封存", "holidays": "节假日表", "migrations": "数据库版本"}


@dataclass(frozen=True)
class Health:
    at: datetime
    checks: tuple[Check, ...]

    @property
    def state(self) -> str:
        states = {check.state for check in self.checks}
        return BAD if BAD in states else WARN if WARN in states else OK

    @property
    def status(self) -> int:
        return 503 if self.state == BAD else 200

    @property
    def worst_first(self) -> list[Check]:
        """For people: what has to be done stands above what is well."""
        return sorted(self.checks, key=lambda check: (BAD, WARN, OK).index(check.state))

    def as_json(self) -> dict[str, Any]:
        return {"state": self.state, "at": self.at.isoformat(), "checks": [asdict(check) for check in self.checks]}


_remembered: dict[bool, tuple[float, Health]] = {}


def health(*, at: datetime, ready_only: bool = False) -> Health:
    """All checks, or those without which nothing can be served; remembered for five seconds."""
    hit = _remembered.get(ready_only)
    if hit is not None and hit[0] > time.monotonic():
        return hit[1]
    found = Health(at, tuple(_checked(at, READY if ready_only else READY + LATER)))
    _remembered[ready_only] = (time.monotonic() + REMEMBERED, found)
    return found


def forget_health() -> None:
    _remembered.clear()


def _checked(at: datetime, probes: tuple[Probe, ...]) -> list[Check]:
    """Without a database the checks that ask it are left out: one sentence says why."""
    found: list[Check] = []
    asks = {database, migrations, worker, sealer, holidays}
    gone = False
    for probe in probes:
        if gone and probe in asks:
            continue
        try:
            found.append(probe(at))
        except DatabaseError:
            connection.close_if_unusable_or_obsolete()
            gone = probe is database
            label = LABELS.get(probe.__name__, "数据库")
            said = "连不上，请查数据库服务。" if gone else "查不出来，请看日志。"
            found.append(Check(probe.__name__, label, BAD, said))
        except OSError:
            found.append(
                Check(probe.__name__, "磁盘" if probe is disk else "备份", BAD, "目录读不出来，请查磁盘和权限。")
            )
    return found
