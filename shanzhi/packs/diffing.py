"""What changed between two texts, line by line, as a page shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

AROUND: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: `kind` is same, old, new or gap (lines left out); numbers count from 1, 0 for none."""

    kind: str
    text: str
    old: int = 0
    new: int = 0

    @property
    def mark(self) -> str:
        return {"old": "−", "new": "+"}.get(self.kind, "")

    @property
    def word(self) -> str:
        """For a reader who does not see the colour."""
        return {"old": "删去", "new": "新增"}.get(self.kind, "")


def compared(before: str, after: str) -> list[Line]:
    """The changed lines with three around each change; empty if nothing changed."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[Line] = []
    reached = 0
    for group in matcher.get_grouped_opcodes(AROUND):
        if all(tag == "equal" for tag, *_ in group):
            continue
        start = group[0][1]
        if start > reached:
            found.append(Line("gap", f"…… 相同的 {start - reached} 行"))
        for step in group:
            found += _lines(step, old, new)
        reached = group[-1][2]
    if found and reached < len(old):
        found.append(Line("gap", f"…… 相同的 {len(old) - reached} 行"))
    return found


def _lines(step: tuple[str, int, int, int, int], old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    tag, i1, i2, j1, j2 = step
    if tag == "equal":
        for offset in range(i2 - i1):
            yield Line("same", old[i1 + offset], i1 + offset + 1, j1 + offset + 1)
        return
    for index in range(i1, i2):
        yield Line("old", old[index], old=index + 1)
    for index in range(j1, j2):
        yield Line("new", new[index], new=index + 1)
