"""The bytes beside the database: photos and other files, and the copies of the seals.

A file is written before the row that names it commits and never altered under its name (`files.storage`). So what is
copied after the snapshot has the bytes of every row in it, and a file of the last backup with the same size and time
is the same file: it is linked, not copied.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from shanzhi.files.storage import kept
from shanzhi.operations.backups.folders import Refused, Say
from shanzhi.operations.backups.manifest import CHUNK, FILES, sha256_of

FOLDER: Final = "files"
SEALS: Final = "seals"
EVERY: Final = 5_000


@dataclass
class Tally:
    """`copied` were read and written now, `linked` are those of the backup before; `gone` while we looked."""

    copied: int = 0
    linked: int = 0
    size: int = 0
    gone: int = 0
    fresh: dict[str, str] = field(default_factory=dict)


def read_list(folder: Path) -> dict[str, str]:
    """The list of a backup's files: name → SHA-256, as `sha256sum -c files.sha256` reads it too."""
    path = folder / FILES
    if not path.exists():
        return {}
    rows = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in rows}


def copy_files(source: Path, made: Path, before: Path | None, say: Say) -> Tally:
    """Fill `made/files` from `source` and write the list; unchanged files become links into the backup `before`."""
    tally, known = Tally(), read_list(before) if before else {}
    (made / FOLDER).mkdir()
    with (made / FILES).open("w", encoding="utf-8") as listed:
        for path in kept(source):
            name = f"{FOLDER}/{path.relative_to(source).as_posix()}"
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                digest = _linked(path, target, before / name if before and name in known else None, known.get(name))
                if digest is None:
                    digest = tally.fresh[name] = copy_hashed(path, target)
                    tally.copied += 1
                else:
                    tally.linked += 1
                tally.size += target.stat().st_size
            except FileNotFoundError:  # swept since the folder was read
                tally.gone += 1
                continue
            listed.write(f"{digest}  {name}\n")
            if (tally.copied + tally.linked) % EVERY == 0:
                say(f"照片和文件：已备 {tally.copied + tally.linked:,} 个")
    return tally


def _linked(path: Path, target: Path, old: Path | None, digest: str | None) -> str | None:
    """The digest, if the file is the one of the backup before and could be linked to it."""
    if old is None or digest is None or not old.is_file():
        return None
    here, there = path.stat(), old.stat()
    if (here.st_size, here.st_mtime_ns) != (there.st_size, there.st_mtime_ns):
        return None
    try:
        os.link(old, target)
    except OSError:  # a filesystem without links, or with too many of this one
        return None
    return digest


def copy_hashed(path: Path, target: Path) -> str:
    """Copy bytes and times; returns the SHA-256 of what was read. A part copy is removed."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as reader, target.open("xb") as writer:
            while chunk := reader.read(CHUNK):
                digest.update(chunk)
                writer.write(chunk)
        shutil.copystat(path, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def check_files(folder: Path, listed: Mapping[str, str], say: Say) -> int:
    """Read each listed file again; Refused names the first that is missing or altered. Returns how many."""
    for count, (name, digest) in enumerate(listed.items(), start=1):
        path = folder / name
        if not path.is_file() or sha256_of(path) != digest:
            raise Refused(f"{folder.name} 里的 {name} 缺失或被改动，不能用来恢复，请换一份备份。")
        if count % EVERY == 0:
            say(f"核对照片和文件：{count:,} / {len(listed):,}")
    return len(listed)


def copy_seals(source: Path, made: Path) -> list[str]:
    """The copies of the seals outside the database, whole lines only; returns the names of the parts.

    Before the snapshot: a seal in the copy that the database lacks would look like one that was removed.
    """
    names = []
    (made / SEALS).mkdir()
    for path in sorted(source.glob("*.jsonl")):
        text = path.read_bytes()
        (made / SEALS / path.name).write_bytes(text[: text.rfind(b"\n") + 1])
        names.append(f"{SEALS}/{path.name}")
    return names


def bytes_missing(rows: Any, files: Path) -> list[tuple[int, int]]:
    """(county, id) of rows whose whole file is not below `files`."""
    return [
        (county, number)
        for county, number in rows
        if not (files / str(county) / f"{(number >> 32) % 256:02x}" / f"{number}.whole").is_file()
    ]
