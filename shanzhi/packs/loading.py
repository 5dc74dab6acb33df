"""Loading a pack: every file read and judged, compared with what is there, and then all of it published or nothing.

What was edited here since is a conflict: it stays as it is until a person says that the pack's counts.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import DomainError, Stale
from shanzhi.packs.checking import parsed
from shanzhi.packs.families import FAMILIES, Family, Place
from shanzhi.packs.history import digest_of
from shanzhi.packs.models import CODE_LENGTH, Definition, Version
from shanzhi.packs.permissions import EDIT
from shanzhi.packs.reading import Document, FileFault, read
from shanzhi.packs.services import CODE, definition_publish, publish_lock
from shanzhi.packs.shipped import HEADER, Header, header_of
from shanzhi.packs.sources import Files, files_in

Key = tuple[str, str]
ENDING: Final = ".yaml"


class State(StrEnum):
    """What loading a file would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass
class Row:
    """One file of a pack beside what is there: `number` is the current version's, 0 if there is none."""

    file: str
    family: Family
    code: str
    body: Any
    stored: dict[str, Any]
    digest: str
    state: State = State.NEW
    number: int = 0
    retired: bool = False
    version: Version | None = None

    @property
    def key(self) -> Key:
        return self.family.code, self.code

    @property
    def title(self) -> str:
        return self.family.title_of(self.body)


@dataclass
class Loaded:
    """What was done, or with a dry run would be. With any fault nothing was."""

    header: Header | None = None
    rows: list[Row] = field(default_factory=list)
    published: list[Row] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)

    def _of(self, state: State) -> list[Row]:
        return [row for row in self.rows if row.state == state]

    @property
    def new(self) -> list[Row]:
        return self._of(State.NEW)

    @property
    def changed(self) -> list[Row]:
        return self._of(State.CHANGED)

    @property
    def unchanged(self) -> list[Row]:
        return self._of(State.UNCHANGED)

    @property
    def conflicts(self) -> list[Row]:
        """What was edited or retired here and differs from the pack, whichever of the two was chosen."""
        return self._of(State.CONFLICT)


class _Halt(Exception):
    """Undo everything: this file could not be published."""

    def __init__(self, fault: FileFault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def load_pack(
    directory: Path,
    *,
    actor: Actor,
    at: datetime | None = None,
    dry_run: bool = False,
    replace_edited: bool = False,
) -> Loaded:
    """Load a directory with a pack.yaml into the present county. Invalid if there is no such directory."""
    return load_files(files_in(directory), actor=actor, at=at, dry_run=dry_run, replace=replace_edited)


def load_files(
    files: Files,
    *,
    actor: Actor,
    at: datetime | None = None,
    dry_run: bool = False,
    replace: bool | Collection[Key] = False,
    seen: Mapping[Key, int] | None = None,
    whole: bool = True,
) -> Loaded:
    """Load files by their path in a pack; without `whole` no pack.yaml is asked for.

    `replace` are the conflicts in which the pack's counts: all, none, or these. `seen` are the current numbers that a
    person decided by; Stale if one has changed since.
    """
    actor.require(EDIT)
    at = at or timezone.now()
    loaded, documents = _read(files, whole=whole)
    if dry_run:
        _judge(loaded, documents)
        if not loaded.faults:
            loaded.published = [row for row in loaded.rows if _is_due(row, replace)]
        return loaded
    try:
        with atomic():
            place = _judge(loaded, documents, lock=True)
            if not loaded.faults:
                if seen is not None and any(seen.get(row.key, row.number) != row.number for row in loaded.rows):
                    raise Stale("看过之后又有人改了规则，请再核对一遍。")
                _publish(loaded, place, actor, at, replace)
    except _Halt as halt:
        loaded.published = []
        loaded.faults.append(halt.fault)
    return loaded


def _read(files: Files, *, whole: bool) -> tuple[Loaded, dict[str, Document]]:
    """Everything that can be said without looking at the county."""
    loaded, documents = Loaded(), {}
    for name, data in sorted(files.items()):
        if name == HEADER:
            document = read(data, HEADER)
            loaded.header = header_of(document)
            loaded.faults += document.faults
            continue
        family, code, fault = _place_of(name)
        if family is None:
            loaded.faults.append(FileFault(name, 1, fault))
            continue
        document = documents[name] = read(data, name)
        if document.value is not None:
            body, faults = parsed(family.schema, document.value)
            document.take(faults)
            if body is not None and not document.faults:
                stored = family.stored(body)
                loaded.rows.append(Row(name, family, code, body, stored, digest_of(stored)))
        loaded.faults += document.faults
    if whole and HEADER not in files:
        loaded.faults.append(FileFault(HEADER, 1, "规则包里没有 pack.yaml，请补上 code、title 和 description。"))
    elif not loaded.rows and not loaded.faults:
        loaded.faults.append(FileFault(HEADER, 1, "规则包是空的，请放进至少一个文件，如 department/zhujian.yaml。"))
    loaded.rows.sort(key=lambda row: (row.family.order, row.key))
    return loaded, documents


def _place_of(name: str) -> tuple[Family | None, str, str]:
    """Family and code by a file's path, or why it has none."""
    parts = name.split("/")
    if len(parts) != 2:
        return None, "", "文件要放在“种类/代码.yaml”这样的位置，请移过去或删去。"
    family = FAMILIES.get(parts[0])
    if family is None:
        known = "、".join(sorted(FAMILIES))
        return None, "", f"没有“{parts[0]}”这一种规则，目录可以是：{known}。"
    code = parts[1].removesuffix(ENDING)
    if not parts[1].endswith(ENDING):
        return None, "", "文件名要以 .yaml 结尾，请改名或删去。"
    if not re.fullmatch(CODE, code):
        return None, "", f"文件名只用小写字母、数字、横线和下划线，最多 {CODE_LENGTH} 个字符，请改名。"
    return family, code, ""


def _judge(loaded: Loaded, documents: Mapping[str, Document], *, lock: bool = False) -> Place:
    """Hold every body against the county, and compare it with what is there; under the lock if it is to be published.

    Files are judged even if others have mistakes, so that all of them are told at once.
    """
    if lock:
        publish_lock()
    coming: dict[str, dict[str, Any]] = {}
    for row in loaded.rows:
        coming.setdefault(row.family.code, {})[row.code] = row.body
    place = Place(coming=coming)
    there = {(one.family, one.code): one for one in Definition.objects.filter(family__in=coming, current_number__gt=0)}
    for row in loaded.rows:
        document = documents[row.file]
        document.take(list(row.family.check(row.body, place)))
        loaded.faults += document.faults
        _compare(row, there.get(row.key))
    loaded.faults.sort()
    return place


def _compare(row: Row, there: Definition | None) -> None:
    if there is None:
        return
    row.number, row.retired = there.current_number, there.is_retired
    if there.digest == row.digest:
        row.state = State.UNCHANGED
    elif there.origin == Version.Origin.EDITED or there.is_retired:
        row.state = State.CONFLICT
    else:
        row.state = State.CHANGED


def _is_due(row: Row, replace: bool | Collection[Key]) -> bool:
    if row.state == State.CONFLICT:
        return replace if isinstance(replace, bool) else row.key in replace
    return row.state != State.UNCHANGED


def _publish(loaded: Loaded, place: Place, actor: Actor, at: datetime, replace: bool | Collection[Key]) -> None:
    header = loaded.header
    for row in _due(loaded.rows, replace):
        try:
            row.version = definition_publish(
                actor=actor,
                family=row.family.code,
                code=row.code,
                body=row.stored,
                origin=Version.Origin.PACK,
                at=at,
                expected=row.number,
                note=f"装入规则包“{header.title}”" if header else "装入文件",
                pack=header.code if header else "",
                place=place,
            )
        except DomainError as error:
            raise _Halt(FileFault(row.file, 1, error.message)) from error
        loaded.published.append(row)


def _due(rows: list[Row], replace: bool | Collection[Key]) -> Iterator[Row]:
    return (row for row in rows if _is_due(row, replace))
