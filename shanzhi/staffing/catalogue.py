"""The roles of the grids' staff: at which level each may be held, and whether it comes from a post or is kept here.

A grid worker or leader signs in and holds a post, so the post is the entry and nobody types it twice. Whoever needs no
account (instructors, police, lawyers …) is kept as an assignment. Volunteers are both.
"""

from dataclasses import dataclass
from typing import Final

from shanzhi.access.permissions import ROLES as POST_ROLES
from shanzhi.access.permissions import Level

COUNTY, TOWNSHIP, VILLAGE, GRID = Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE, Level.GRID


@dataclass(frozen=True, slots=True)
class StaffRole:
    """`post` is the role of accounts whose posts count as this one; `own`: kept as an assignment."""

    code: str
    label: str
    levels: tuple[Level, ...]
    post: str = ""
    own: bool = True

    @property
    def is_office(self) -> bool:
        """Named beside the grids' staff for who is responsible, but nothing that a rule asks for."""
        return self.code in OFFICES


def _posted(code: str, post: str, levels: tuple[Level, ...], *, own: bool = False) -> StaffRole:
    return StaffRole(code, POST_ROLES[post].label, levels, post, own)


OFFICES: Final = frozenset({"secretary", "clerk", "officer", "centre"})
# In the order in which a list shows them: who leads first.
ROLES: Final[dict[str, StaffRole]] = {
    role.code: role
    for role in (
        StaffRole("chief", "总网格长", (COUNTY, TOWNSHIP, VILLAGE)),
        _posted("secretary", "branch_secretary", (VILLAGE,)),
        StaffRole("deputy", "分网格长", (VILLAGE, GRID)),
        _posted("leader", "grid_leader", (GRID,)),
        StaffRole("instructor", "网格指导员", (TOWNSHIP, VILLAGE, GRID)),
        _posted("worker", "grid_worker", (GRID,)),
        _posted("clerk", "village_clerk", (VILLAGE,)),
        _posted("officer", "township_officer", (TOWNSHIP,)),
        _posted("centre", "command_centre", (TOWNSHIP, COUNTY)),
        StaffRole("police", "驻村民警", (TOWNSHIP, VILLAGE, GRID)),
        StaffRole("lawyer", "村法律顾问", (TOWNSHIP, VILLAGE, GRID)),
        StaffRole("judicial", "司法所人员", (TOWNSHIP, VILLAGE, GRID)),
        StaffRole("security", "治安员", (TOWNSHIP, VILLAGE, GRID)),
        StaffRole("member", "网格成员", (VILLAGE, GRID)),
        _posted("volunteer", "volunteer", (VILLAGE, GRID), own=True),
    )
}
LEADER: Final = "leader"
CROWD: Final = "volunteer"  # too many to name one by one where only somebody to call is looked for
OWN: Final = tuple(code for code, role in ROLES.items() if role.own)
BY_POST: Final = {role.post: code for code, role in ROLES.items() if role.post}
RANKS: Final = {code: number for number, code in enumerate(ROLES)}
LEVELS: Final[dict[str, str]] = {COUNTY: "县", TOWNSHIP: "乡镇（街道）", VILLAGE: "村（社区）", GRID: "网格"}
# What is needed at least at each place of a level, until the county says otherwise: 1 + 2 + 1 in each grid.
DEFAULT: Final[dict[tuple[str, str], int]] = {
    (TOWNSHIP, "chief"): 1,
    (GRID, "leader"): 1,
    (GRID, "instructor"): 2,
    (GRID, "worker"): 1,
}
MOST: Final = 99


def rulable() -> list[tuple[str, StaffRole]]:
    """Every level with every role that a rule may ask for there, in the order of the tree and of the list."""
    return [(level, role) for level in LEVELS for role in ROLES.values() if level in role.levels and not role.is_office]
