"""What a file of divisions would change in a county's own tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shanzhi.areas.checking import Row
from shanzhi.areas.models import Area

ADD, RENAME, RECODE, MOVE = "added", "renamed", "recoded", "moved"
KEPT = 500


class Step(NamedTuple):
    """One change: `before` is the former name, code or parent's name, `after` the new one."""

    act: str
    row: Row
    before: str
    after: str


@dataclass(slots=True)
class TreePlan:
    """Steps in the order of the file (parents first); `missing` are open places that the file does not name.

    They are shown and left as they are: only a person abolishes. `astray` rows hang on nothing in this tree.
    """

    steps: list[Step] = field(default_factory=list)
    missing: list[Area] = field(default_factory=list)
    astray: int = 0

    def counts(self) -> dict[str, int]:
        out = dict.fromkeys((ADD, RENAME, RECODE, MOVE), 0)
        for step in self.steps:
            out[step.act] += 1
        return {**out, "missing": len(self.missing), "astray": self.astray}

    def as_json(self) -> dict[str, Any]:
        """For the page: up to 500 of each sort."""
        steps: dict[str, list[dict[str, str]]] = {ADD: [], RENAME: [], RECODE: [], MOVE: []}
        for act, row, before, after in self.steps:
            if len(steps[act]) < KEPT:
                steps[act].append({"code": row.code, "name": row.name, "before": before, "after": after})
        missing = [{"code": area.code, "name": area.name} for area in self.missing[:KEPT]]
        return {**steps, "missing": missing}


class Inside:
    """Which rows of a file belong to the county: its own row, its townships, and the villages of its townships."""

    def __init__(self, tree: Iterable[Area]) -> None:
        self.root = ""
        self.tops: set[str] = set()
        for area in tree:
            if area.parent_id is None:
                self.root = area.code
            if area.level in (Area.Level.COUNTY, Area.Level.TOWNSHIP):
                self.tops.add(area.code)

    def holds(self, row: Row) -> bool:
        if row.code == self.root:
            return True
        if row.parent not in self.tops:
            return False
        if row.level == Area.Level.TOWNSHIP:
            self.tops.add(row.code)
        return True


def tree_load() -> list[Area]:
    """The open official places of the county, without grids, from the root down."""
    return list(Area.objects.filter(valid_to__isnull=True).exclude(level=Area.Level.GRID).order_by("path"))


def tree_plan(rows: Sequence[Row], tree: Sequence[Area]) -> TreePlan:
    """Compare the county's rows with its tree.

    A code that the tree does not know, for a place whose name stands below the same parent under a code that the
    file no longer has, is a new code of the same place; every other unknown code is a new place.
    """
    plan = TreePlan()
    by_code = {area.code: area for area in tree}
    by_id = {area.id: area for area in tree}
    in_file = {row.code for row in rows}
    same_name = {(area.parent_id, area.name): area for area in tree if area.code not in in_file}
    known: dict[str, Area | None] = dict(by_code)
    matched: set[str] = set()
    for row in rows:
        area = by_code.get(row.code)
        if area is not None and area.parent_id is None:
            _compare(plan, row, area, "", "")
        elif row.parent not in known:
            plan.astray += 1
        elif area is not None:
            now = by_id[area.parent_id or 0]
            wanted = known[row.parent]
            _compare(plan, row, area, now.name, "" if wanted is now else wanted.name if wanted else row.parent)
        else:
            parent = known[row.parent]
            twin = same_name.pop((parent.id, row.name), None) if parent else None
            known[row.code] = twin
            if twin is None:
                plan.steps.append(Step(ADD, row, "", parent.name if parent else row.parent))
            else:
                matched.add(twin.code)
                plan.steps.append(Step(RECODE, row, twin.code, row.code))
    gone = {area.code for area in tree if area.parent_id} - in_file - matched
    plan.missing = [area for area in tree if area.code in gone]
    return plan


def _compare(plan: TreePlan, row: Row, area: Area, parent: str, new_parent: str) -> None:
    """Steps for a place that both have; `new_parent` is empty if it stays where it is."""
    if row.name != area.name:
        plan.steps.append(Step(RENAME, row, area.name, row.name))
    if new_parent and area.level == Area.Level.VILLAGE:
        plan.steps.append(Step(MOVE, row, parent, new_parent))
