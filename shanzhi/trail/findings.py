"""What a verification found: each finding one Chinese sentence that names the thing that was altered or is missing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shanzhi.lib.times import show_full
from shanzhi.trail.models import Entry
from shanzhi.trail.trails import TRACKED, code_label, type_label

KEPT: Final = 1_000


@dataclass
class Report:
    """Counts, and the first 1,000 findings; `total` counts them all."""

    county_id: int
    entries: int = 0
    objects: int = 0
    seals: int = 0
    erased: int = 0
    total: int = 0
    findings: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.total += 1
        if len(self.findings) < KEPT:
            self.findings.append(sentence)

    @property
    def clean(self) -> bool:
        return self.total == 0


def entry_name(entry: Entry) -> str:
    """How a finding names an entry: its id, what was done, when, to what."""
    return f"留痕记录 {entry.id}（{code_label(entry.code)}，{moment(entry.at)}，{object_name(entry)}）"


def object_name(entry: Entry) -> str:
    """The object of an entry as people know it, looked up now; by its id when it is gone."""
    if entry.size:
        return f"{type_label(entry.object_type)} {entry.size} 条"
    known = TRACKED.get(entry.object_type)
    row = known.model.objects.filter(id=entry.object_id).first() if known else None
    if known and row is not None:
        return known.name(row)
    return f"{type_label(entry.object_type)}（编号 {entry.object_id}）"


def moment(at: datetime) -> str:
    return show_full(at)
