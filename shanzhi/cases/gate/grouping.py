"""What is held, in groups that a person can judge at once: from one sender, or of nearly the same words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shanzhi.lib.likeness import alike

LIKE: Final = 0.5  # half of all pairs of characters in common: one text with other names, numbers and places
SENDER, LIKENESS = "sender", "likeness"
BY: Final[Mapping[str, str]] = {LIKENESS: "按内容相近分组", SENDER: "按来处分组"}


@dataclass(frozen=True, slots=True)
class Row:
    """What is read of a held report to group it: nothing of what it says."""

    id: int
    device: str
    address: str
    phone_index: str
    signature: tuple[str, ...]
    urgent: bool
    photos: int
    received_at: datetime


@dataclass(slots=True)
class Group:
    """Held reports that belong together, the first of them as their example."""

    rows: list[Row] = field(default_factory=list)

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def urgent(self) -> int:
        return sum(row.urgent for row in self.rows)

    @property
    def photos(self) -> int:
        return sum(row.photos > 0 for row in self.rows)

    @property
    def devices(self) -> int:
        return len({row.device or row.address for row in self.rows})

    @property
    def addresses(self) -> int:
        return len({row.address for row in self.rows})

    @property
    def last_at(self) -> datetime:
        return max(row.received_at for row in self.rows)

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.rows]


def grouped(rows: Iterable[Row], by: str) -> list[Group]:
    """Groups with somebody in danger first, then the largest; each row is in one of them."""
    groups = _by_sender(rows) if by == SENDER else _by_likeness(rows)
    return sorted(groups, key=lambda group: (not group.urgent, -group.count, group.first.id))


def _by_sender(rows: Iterable[Row]) -> Sequence[Group]:
    groups: dict[str, Group] = defaultdict(Group)
    for row in rows:
        groups[row.device or row.address].rows.append(row)
    return list(groups.values())


def _by_likeness(rows: Iterable[Row]) -> Sequence[Group]:
    """Each joins the group whose example it is most like, if it is like it at all. Only groups that share a word of
    the signature are compared: ten thousand rows take a fraction of a second."""
    groups: list[Group] = []
    holding: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        shared = Counter(number for word in row.signature for number in holding.get(word, ()))
        best = max(shared, key=lambda number: (shared[number], -number), default=None)
        if best is not None and alike(row.signature, groups[best].first.signature) >= LIKE:
            groups[best].rows.append(row)
            continue
        for word in row.signature:
            holding[word].append(len(groups))
        groups.append(Group([row]))
    return groups
