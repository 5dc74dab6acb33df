"""How many there must be on a day: at one place, else at its level, else by the default."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from shanzhi.staffing.catalogue import DEFAULT
from shanzhi.staffing.models import RuleEntry


@dataclass(frozen=True)
class Rule:
    """Numbers by (level, role), and by (area, role) where a place has its own: a dedicated grid, a micro-grid."""

    general: Mapping[tuple[str, str], int]
    own: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def least(self, level: str, role: str, area_id: int = 0) -> int:
        own = self.own.get((area_id, role))
        return self.general.get((level, role), 0) if own is None else own

    def needs(self, level: str, area_id: int = 0) -> dict[str, int]:
        """Roles that are needed at a place of this level, with how many."""
        found = {role: least for (at, role), least in self.general.items() if at == level}
        found |= {role: least for (one, role), least in self.own.items() if one == area_id}
        return {role: least for role, least in found.items() if least}


def rule_on(day: date) -> Rule:
    """What counted on a day; one statement."""
    general: dict[tuple[str, str], int] = dict(DEFAULT)
    own: dict[tuple[int, str], int] = {}
    rows = RuleEntry.objects.filter(since__lte=day).order_by("number", "id")
    found: Iterable[Any] = rows.values_list("level", "role", "area_id", "least")
    for level, role, area_id, least in found:
        if area_id is None:
            general[level, role] = DEFAULT.get((level, role), 0) if least is None else least
        elif least is None:
            own.pop((area_id, role), None)
        else:
            own[area_id, role] = least
    return Rule(general, own)


def rule_entries() -> QuerySet[RuleEntry]:
    """Every change of the rule, the newest first."""
    return RuleEntry.objects.select_related("area__parent").order_by("-at", "-id")
