"""Copies of the seals outside the database: one line of JSON each in `var/seals/<county>.jsonl`.

Whoever rewrites the whole chain inside the database still has to rewrite every copy; send the file elsewhere daily.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from shanzhi.trail.models import Seal


def bundle_path(county_id: int) -> Path:
    return Path(settings.VAR_DIR) / "seals" / f"{county_id}.jsonl"


def seal_line(seal: Seal) -> dict[str, Any]:
    """What leaves the database of a seal: everything that its digest covers, and the digest."""
    return {
        "county": seal.county_id,
        "number": seal.number,
        "root": seal.root_hex,
        "count": seal.count,
        "previous": seal.previous_hex,
        "sealed_at": seal.sealed_at.isoformat(),
        "digest": seal.digest_hex,
    }


def read_bundle(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a bundle; a last line that a crash cut short is left out. Raises ValueError for others."""
    if not path.exists():
        return []
    return _lines(path.read_text(encoding="utf-8"))


def _lines(text: str) -> list[dict[str, Any]]:
    whole = text.split("\n")[:-1]
    rows = []
    for at, line in enumerate(whole, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            raise ValueError(f"第 {at} 行不是完整的一行封存") from None
        if not isinstance(row, dict) or not isinstance(row.get("number"), int) or "digest" not in row:
            raise ValueError(f"第 {at} 行不是完整的一行封存")
        rows.append(row)
    return rows


def last_number(county_id: int) -> int:
    """The number of the newest copied seal, 0 when there is none or the last line can't be read."""
    path = bundle_path(county_id)
    if not path.exists():
        return 0
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - 4096, 0))
        tail = file.read().decode("utf-8", "replace").split("\n")[:-1]
    try:
        return int(json.loads(tail[-1])["number"]) if tail else 0
    except (ValueError, KeyError, TypeError):
        return 0


def append_seals(county_id: int, seals: Iterable[Seal]) -> int:
    """Copy seals that the file does not have yet, in order, onto the disk; returns how many.

    Safe when two do it at once and after a crash: the file is locked, a line cut short is removed first.
    """
    path = bundle_path(county_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _drop_torn_line(file)
        newest = last_number(county_id)
        lines = [json.dumps(seal_line(seal), ensure_ascii=False) + "\n" for seal in seals if seal.number > newest]
        file.write("".join(lines))
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def _drop_torn_line(file: IO[str]) -> None:
    file.seek(0)
    text = file.read()
    if text and not text.endswith("\n"):
        file.truncate(len(text[: text.rfind("\n") + 1].encode()))
    file.seek(0, os.SEEK_END)
