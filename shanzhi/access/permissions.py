"""Roles and permissions: declared in code, each by the app that it guards, listed in one place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PUBLIC: Final = "public"
SELF: Final = "access.self"


class Level(StrEnum):
    """Where a post of a role may sit."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"
    UNIT = "unit"


@dataclass(frozen=True)
class Role:
    """A kind of post. `levels` are the places it may be held at; `first_page` is where its holder starts."""

    code: str
    label: str
    levels: tuple[Level, ...]
    first_page: str = "home"
    phone: bool = False


_STAFF_LEVELS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
ROLES: Final[dict[str, Role]] = {
    role.code: role
    for role in (
        Role("resident", "居民", (Level.VILLAGE, Level.GRID), phone=True),
        Role("volunteer", "志愿者", (Level.VILLAGE, Level.GRID), phone=True),
        Role("grid_worker", "网格员", (Level.GRID,), phone=True),
        Role("grid_leader", "网格长", (Level.GRID,), phone=True),
        Role("village_clerk", "村文书", (Level.VILLAGE,)),
        Role("branch_secretary", "村支部书记", (Level.VILLAGE,)),
        Role("accountant", "村会计", (Level.VILLAGE,)),
        Role("supervisor", "村务监督委员", (Level.VILLAGE,)),
        Role("township_officer", "镇综治中心受理员", (Level.TOWNSHIP,)),
        Role("department_handler", "部门经办人", (Level.UNIT,)),
        Role("command_centre", "指挥中心值班员", (Level.TOWNSHIP, Level.COUNTY)),
        Role("county_leader", "县领导", (Level.COUNTY,)),
        Role("auditor", "县审计员", (Level.COUNTY,)),
        Role("system_admin", "系统管理员", (Level.COUNTY,), first_page="areas"),
        Role("security_admin", "安全管理员", (Level.COUNTY,), first_page="users"),
        Role("audit_admin", "审计管理员", (Level.COUNTY,), first_page="trail"),
    )
}
ADMINISTRATORS: Final = frozenset({"system_admin", "security_admin", "audit_admin"})
STAFF: Final = tuple(code for code in ROLES if code not in {"resident", "volunteer"})
OFFICERS: Final = tuple(code for code in STAFF if code not in ADMINISTRATORS)


@dataclass(frozen=True)
class Permission:
    """What a post allows, with the roles that carry it."""

    code: str
    label: str
    roles: frozenset[str]


PERMISSIONS: dict[str, Permission] = {}


def permission(code: str, label: str, *, roles: tuple[str, ...]) -> str:
    """Declare a permission once, at import; unknown roles and second declarations are programming errors."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"{code}: unknown roles {sorted(unknown)}")
    if code in PERMISSIONS:
        raise ValueError(f"{code} is declared twice")
    PERMISSIONS[code] = Permission(code, label, frozenset(roles))
    return code


def known(code: str) -> str:
    """The code itself, if it is declared (or PUBLIC or SELF); ValueError otherwise."""
    if code not in PERMISSIONS and code not in (PUBLIC, SELF):
        raise ValueError(f"permission {code} is not declared")
    return code


def roles_with(code: str) -> frozenset[str]:
    """The roles that carry a permission; SELF is carried by every role."""
    return frozenset(ROLES) if code == SELF else PERMISSIONS[code].roles
