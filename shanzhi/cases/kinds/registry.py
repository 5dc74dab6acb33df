"""The kinds that count now, and the version that a case keeps; parsed once a version and process."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shanzhi.cases.kinds.schema import KindBody
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.errors import NotFound
from shanzhi.packs.calendars import calendar_from
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of, current_versions

if TYPE_CHECKING:
    from shanzhi.cases.models import Case

FAMILY: Final = "case_kind"
HOLIDAYS: Final = "holidays"


@dataclass(frozen=True, slots=True)
class KindVersion:
    """A kind as it counts now. `body` is shared by all who read it."""

    code: str
    version_id: int
    number: int
    body: KindBody

    @property
    def label(self) -> str:
        return self.body.label


def _kinds_of(versions: Iterable[Version]) -> dict[str, KindVersion]:
    kinds = [KindVersion(v.code, v.id, v.number, body_of(v.id)) for v in versions if v.family == FAMILY]
    return {kind.code: kind for kind in sorted(kinds, key=lambda kind: (kind.body.order, kind.code))}


def kinds_now() -> dict[str, KindVersion]:
    """Kinds under which a case may begin, in the order in which they are offered; one statement."""
    return _kinds_of(current_versions(FAMILY))


def with_calendar() -> tuple[dict[str, KindVersion], Calendar]:
    """The same and the holiday table, in one statement."""
    versions = current_versions(FAMILY, HOLIDAYS)
    return _kinds_of(versions), calendar_from(v for v in versions if v.family == HOLIDAYS)


def kind_of(case: "Case") -> KindBody:
    """The kind as it was when this case began; no statement, if this process has read that version before."""
    body: KindBody = body_of(case.definition_id)
    return body


def kind_at(version_id: int) -> KindBody:
    """A version by its id; NotFound if the county has no such version."""
    body = body_of(version_id)
    if not isinstance(body, KindBody):
        raise NotFound
    return body


def labels_of(kinds: Iterable[KindVersion]) -> list[tuple[str, str]]:
    """Choices of (code, label)."""
    return [(kind.code, kind.label) for kind in kinds]
