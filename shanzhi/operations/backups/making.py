"""Making a backup: copies of the seals, the database, then the files, then the list of it all, then its name."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from shanzhi.files.models import StoredFile
from shanzhi.lib.times import local
from shanzhi.operations.backups import manifest, postgres, sqlite
from shanzhi.operations.backups.files import SEALS, Tally, bytes_missing, check_files, copy_files, copy_seals
from shanzhi.operations.backups.folders import Refused, Say, backups_in, growing, locked, name_at, prune
from shanzhi.tenancy.keyring import FIELDS

ROWS = f"SELECT county_id, id FROM {StoredFile._meta.db_table}"  # noqa: S608 - a name of ours


def make_backup(folder: Path, *, at: datetime, keep: int | None, with_files: bool, say: Say) -> Path:
    """One backup more in `folder`, verified; then the older ones go down to `keep`. Returns its folder.

    Refused, or an OSError such as a full disk, leaves the folder as it was.
    """
    _refuse_inside(folder)
    with locked(folder):
        before = backups_in(folder)
        with growing(folder, name_at(at)) as made:
            content = _fill(made, before[-1] if before else None, at, with_files, say)
            manifest.write(made, content)
            manifest.check_parts(made, manifest.read(made))
        if keep is not None:
            for name in prune(folder, keep):
                say(f"删去旧备份 {name}")
            if connection.vendor == "postgresql":
                postgres.prune_wal(folder, manifest.read(backups_in(folder)[0])["wal"], say)
    return folder / name_at(at)


def _refuse_inside(folder: Path) -> None:
    files = Path(settings.VAR_DIR).resolve() / "files"
    if folder.resolve().is_relative_to(files):
        raise Refused("备份目录不能放在 var/files 里面，请换一个目录，最好在另一块磁盘上。")


def _fill(made: Path, before: Path | None, at: datetime, with_files: bool, say: Say) -> dict[str, Any]:
    var = Path(settings.VAR_DIR)
    names = copy_seals(var / SEALS, made)
    if connection.vendor == "sqlite":
        sqlite.snapshot(Path(str(connection.settings_dict["NAME"])), made / sqlite.DATABASE, say)
        names.append(sqlite.DATABASE)
        said: dict[str, Any] = manifest.facts(lambda statement: sqlite.ask(made / sqlite.DATABASE, statement))
    else:
        said = manifest.facts(postgres.ask)  # before: the base backup holds at least this
        said["wal"] = postgres.base_backup(made, say)
        names += [f"{postgres.BASE}/{name}" for name in postgres.PARTS]
    ended = timezone.now()
    if with_files:
        tally = copy_files(var / "files", made, before, say)
        check_files(made, tally.fresh, say)
        said["files"] = _told(made, tally, say)
        names.append(manifest.FILES)
    return {
        "at": local(at).isoformat(),
        "ended": local(ended).isoformat(),
        "database": connection.vendor,
        **said,
        "keys": _keys(),
        "clue_keys": _keys("SHANZHI_CLUE_KEY_FILE"),
        "parts": [manifest.part(made, name) for name in names],
    }


def _told(made: Path, tally: Tally, say: Say) -> dict[str, int]:
    """How many there are, and how many rows of the snapshot have no bytes: a draft swept meanwhile, or a damage."""
    missing: list[tuple[int, int]] = []
    if connection.vendor == "sqlite":
        missing = bytes_missing(sqlite.ask(made / sqlite.DATABASE, ROWS), made / "files")
        still = set(sqlite.ask(Path(str(connection.settings_dict["NAME"])), ROWS)) if missing else set()
        missing = [row for row in missing if row in still]
    else:
        missing = bytes_missing(postgres.ask(ROWS), Path(settings.VAR_DIR) / "files")
    for county, number in missing[:10]:
        say(f"注意：{county} 的文件 {number} 只有记录，磁盘上没有内容。")
    if len(missing) > 10:
        say(f"注意：共有 {len(missing)} 个文件只有记录，磁盘上没有内容。")
    return {
        "count": tally.copied + tally.linked, "copied": tally.copied, "linked": tally.linked, "size": tally.size,
        "missing": len(missing),
    }  # fmt: skip


def _keys(ring: str = FIELDS) -> dict[str, str]:
    """Never the keys: where they lie, and by which digest the right copy of them is known."""
    path = Path(getattr(settings, ring))
    return {"file": path.name, "sha256": manifest.sha256_of(path) if path.is_file() else ""}
