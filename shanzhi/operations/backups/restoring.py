"""Restoring: everything is read and built beside what is there, then changed by renames; nothing is ever deleted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from shanzhi.lib.times import show_full
from shanzhi.operations.backups import manifest, sqlite
from shanzhi.operations.backups.files import FOLDER, SEALS, bytes_missing, check_files, copy_hashed, read_list
from shanzhi.operations.backups.folders import MANIFEST, Refused, Say, backups_in, name_at
from shanzhi.operations.backups.making import ROWS
from shanzhi.operations.backups.recovering import Restored, recovered
from shanzhi.operations.running import somebody_runs
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Seal

ASIDE: Final = "replaced-"
BUILT: Final = ".restoring"


@dataclass(frozen=True)
class Wanted:
    """What the operator asked for; `into` is the new data folder of PostgreSQL."""

    place: Path
    at: datetime
    until: datetime | None = None
    into: Path | None = None
    replace: bool = False
    dry_run: bool = False


def chosen(place: Path, until: datetime | None) -> Path:
    """The backup that `place` is, or the newest one in it; with `until` the newest that was whole by then."""
    single = (place / MANIFEST).is_file()
    found = [place] if single else list(reversed(backups_in(place)))
    for folder in found:
        if until is None or datetime.fromisoformat(manifest.read(folder)["ended"]) <= until:
            return folder
    late = "，最早的一份也晚于要恢复到的时间" if found and until else ""
    raise Refused(f"{place} 里没有能用的备份{late}，请核对目录和时间。")


def restore(wanted: Wanted, *, say: Say) -> bool:
    """Restore as asked; True when the trail of what was restored agrees. Refused changes nothing."""
    folder = chosen(wanted.place, wanted.until)
    content = manifest.read(folder)
    say(f"备份 {folder.name}：{show_full(manifest.moment(content))}，{content['product']} 版")
    _refuse_other(content, wanted)
    manifest.check_parts(folder, content)
    count = check_files(folder, read_list(folder), say) if content.get("files") else 0
    say(f"核对过：{len(content['parts'])} 个部分、{count:,} 个文件都完整")
    _notes(content, say)
    targets = _targets(content, wanted)
    there = [path for path in targets if _filled(path)]
    if there and not wanted.replace:
        names = "、".join(str(path) for path in there)
        raise Refused(f"{names} 已经有内容，没有恢复；确定要换掉请加 --replace，原来的会移到一边，不会删除。")
    if somebody_runs(Path(settings.VAR_DIR)):
        raise Refused("网站或后台还在运行，请先停下这两个服务再恢复。")
    if wanted.dry_run:
        say("只是试看，没有改动任何东西。")
        return True
    return _done(folder, content, wanted, there, say)


def _refuse_other(content: dict[str, Any], wanted: Wanted) -> None:
    if content["database"] != connection.vendor:
        raise Refused(
            f"这份备份是 {content['database']} 的，现在设置的是 {connection.vendor}，请核对 SHANZHI_DATABASE。"
        )
    if connection.vendor == "postgresql" and wanted.into is None:
        raise Refused("PostgreSQL 要恢复到一个新的数据目录，请用 --into 指明。")


def _notes(content: dict[str, Any], say: Say) -> None:
    remade, missing = manifest.differing(content), manifest.lacking(content)
    if remade:
        say(f"注意：{remade[0]} 等 {len(remade)} 个迁移与现在的程序不同，是另一个预发布版做的，请用那一版程序。")
    if missing:
        say(
            f"注意：备份比程序旧，恢复后请运行 migrate 和 distribute（差 {len(missing)} 个迁移），再运行 verify_trail。"
        )
    for ring, part in (("SHANZHI_KEY_FILE", "keys"), ("SHANZHI_CLUE_KEY_FILE", "clue_keys")):
        _note_key(Path(getattr(settings, ring)), content.get(part, {}).get("sha256", ""), say)


def _note_key(key: Path, wants: str, say: Say) -> None:
    if wants and not key.is_file():
        say(f"注意：没有密钥文件 {key}，加密的内容打不开，请放回做备份时另存的那一份。")
    elif wants and manifest.sha256_of(key) != wants:
        say(f"注意：密钥文件 {key} 不是做备份时的那一份；后来加过新密钥不要紧，换过就打不开加密的内容。")


def _targets(content: dict[str, Any], wanted: Wanted) -> list[Path]:
    var = Path(settings.VAR_DIR)
    found = [wanted.into] if wanted.into else [_database()]
    if content.get("files"):
        found.append(var / FOLDER)
    return [*found, var / SEALS]


def _database() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _filled(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


@contextmanager
def _beside(var: Path) -> Any:
    """A folder in which the restored parts are built; gone afterwards, whatever happens."""
    built = var / BUILT
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True, mode=0o700)
    try:
        yield built
    finally:
        shutil.rmtree(built, ignore_errors=True)


def _done(folder: Path, content: dict[str, Any], wanted: Wanted, there: Sequence[Path], say: Say) -> bool:
    var = Path(settings.VAR_DIR)
    if connection.vendor == "sqlite" and _database() in there:
        connection.close()
        sqlite.let_go(_database())
    with _beside(var) as built, _database_of(folder, content, wanted, built, say) as restored:
        shutil.copytree(folder / SEALS, built / SEALS)
        if content.get("files"):
            _files(folder, built, restored, say)
        _check_seals(content, restored.ask)
        aside = var / f"{ASIDE}{name_at(wanted.at)}"
        for path in there:
            _move_aside(path, aside, say)
        for name in (SEALS, FOLDER):
            if (built / name).is_dir():
                _into_place(built / name, var / name)
        restored.settle()
        clean = True
        if not restored.ask(f"SELECT id FROM {County._meta.db_table}"):  # noqa: S608 - a name of ours
            say("还没有县，没有留痕可以核对。")
        elif not manifest.lacking(content):
            clean = _verified(restored.url, say)
    if wanted.into:
        say(
            f"数据目录 {wanted.into} 可以用了：把 data_directory 指向它再启动；换一个新的归档目录，马上做一次新的备份。"
        )
    return clean


def _database_of(
    folder: Path, content: dict[str, Any], wanted: Wanted, built: Path, say: Say
) -> AbstractContextManager[Restored]:
    if wanted.into:
        return recovered(folder, content, wanted.into, wanted.until, say)
    copy, target = built / sqlite.DATABASE, _database()
    copy_hashed(folder / sqlite.DATABASE, copy)
    sqlite.check(copy)

    def settle() -> None:
        connection.close()
        _into_place(copy, target)

    def ask(statement: str) -> Sequence[tuple[Any, ...]]:
        return sqlite.ask(copy if copy.exists() else target, statement)

    url = f"sqlite:///{quote(str(target.resolve()))}"
    return nullcontext(Restored(url, ask, settle))


def _files(folder: Path, built: Path, restored: Restored, say: Say) -> None:
    """The files of the backup; for rows of a later moment those of later backups and of what is there now."""
    (built / FOLDER).mkdir()
    listed = read_list(folder)
    for name, digest in listed.items():
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        if copy_hashed(folder / name, built / name) != digest:
            raise Refused(f"{folder.name} 里的 {name} 在复制时变了，没有恢复，请检查磁盘。")
    later = [path / FOLDER for path in backups_in(folder.parent) if path.name > folder.name]
    places = [*later, Path(settings.VAR_DIR) / FOLDER]
    rows = restored.ask(ROWS)
    found = sum(_fetch(row, built / FOLDER, places) for row in bytes_missing(rows, built / FOLDER))
    lack = len(bytes_missing(rows, built / FOLDER))
    say(f"文件：恢复 {len(listed):,} 个{f'，另从别处找回 {found:,} 个' if found else ''}")
    if lack:
        say(f"注意：{lack:,} 个文件只有记录，备份里没有内容。")


def _fetch(row: tuple[int, int], target: Path, places: Sequence[Path]) -> bool:
    county, number = row
    folder = Path(str(county)) / f"{(number >> 32) % 256:02x}"
    for place in places:
        found = [path for path in (place / folder).glob(f"{number}.*") if path.suffix in (".whole", ".thumb")]
        for path in found:
            (target / folder).mkdir(parents=True, exist_ok=True)
            copy_hashed(path, target / folder / path.name)
        if found:
            return True
    return False


def _check_seals(content: dict[str, Any], ask: Callable[[str], Sequence[tuple[Any, ...]]]) -> None:
    """The newest seal of each county that the manifest names must be in the database, unaltered."""
    for county, known in content["seals"].items():
        rows = ask(
            f"SELECT digest FROM {Seal._meta.db_table}"  # noqa: S608 - numbers only
            f" WHERE county_id = {int(county)} AND number = {int(known['number'])}"
        )
        if [bytes(row[0]).hex() for row in rows] != [known["digest"]]:
            raise Refused(f"{county} 的第 {known['number']} 号封存与备份清单不符，没有恢复，请换一份备份。")


def _move_aside(path: Path, aside: Path, say: Say) -> None:
    """On the same disk by a rename; a database goes with its log."""
    aside = aside if path.parent.resolve() == Path(settings.VAR_DIR).resolve() else path.parent / aside.name
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    for tail in ("", "-wal", "-shm"):
        one = path.with_name(path.name + tail)
        if one.exists():
            one.rename(aside / one.name)
    say(f"原来的 {path} 移到了 {aside}")


def _into_place(built: Path, target: Path) -> None:
    """What is there is an empty folder, or nothing: what was filled was moved aside."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        target.rmdir()
    if os.geteuid() == 0:  # root restores what the service writes
        owner = target.parent.stat()
        for path in (built, *built.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    shutil.move(built, target)


def _verified(url: str, say: Say) -> bool:
    """The trail verifier, as anybody runs it, in a process of its own on what was restored."""
    done = subprocess.run(  # noqa: S603 - our own manage.py
        [sys.executable, str(Path(settings.ROOT) / "manage.py"), "verify_trail"],
        env={**os.environ, "SHANZHI_DATABASE": url, "SHANZHI_VAR": str(settings.VAR_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    for line in (done.stdout or done.stderr).splitlines():
        say(line)
    return done.returncode == 0
