"""Who lives and works in a demo county: one seat for each post, the cast among them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from shanzhi.demo.chance import chance
from shanzhi.demo.packs import CastPart, CountyPack, parts, words
from shanzhi.demo.places import TownshipPlan, spread
from shanzhi.lib.errors import Invalid

COUNTY_ROLES: Final = ("command_centre", "county_leader", "auditor", "system_admin", "security_admin", "audit_admin")
VILLAGE_ROLES: Final = ("village_clerk", "branch_secretary", "accountant", "supervisor", "resident", "resident")
TOWNSHIP_ROLES: Final = ("township_officer", "township_officer", "command_centre")
BULK_LOGINS: Final = {"grid_leader": "wgz", "grid_worker": "wgy", "volunteer": "zyz"}  # 网格长 网格员 志愿者


@dataclass(frozen=True)
class Seat:
    """A person with one post: at an area by its code, or (`unit`) in a unit of that area by its name."""

    login: str
    name: str
    role: str
    area: str
    unit: str = ""
    cast: bool = False


def county_code(county: CountyPack) -> str:
    return county.code.ljust(12, "0")


def plan_people(county: CountyPack, townships: list[TownshipPlan], cast: tuple[CastPart, ...], seed: str) -> list[Seat]:
    """Every seat of the county, in a fixed order; the cast takes the first free seat of its role and place.

    A part of the cast for which there is no seat gets one of its own, except where a township's numbers count: a
    leader, worker or volunteer more would make the figures wrong, so that is Invalid.
    """
    random = chance(seed, "people", county.code)
    seats = [replace(seat, name=name_of(random, seat.role)) for seat in _seats(county, townships)]
    places = cast_places(county, townships)
    numbers: dict[str, int] = {}
    for part in cast:
        if part.place not in places:
            continue
        numbers[part.role] = number = numbers.get(part.role, 0) + 1
        area, unit = places[part.place]
        login = f"{county.login}.{part.role}" + (f".{number}" if number > 1 else "")
        for index, seat in enumerate(seats):
            if not seat.cast and (seat.role, seat.area, seat.unit) == (part.role, area, unit):
                seats[index] = replace(seat, login=login, cast=True)
                break
        else:
            if part.role in BULK_LOGINS:
                raise Invalid(f"演示包里 {part.place} 没有 {part.role} 的位置。", code="pack_broken")
            seats.append(Seat(login, name_of(random, part.role), part.role, area, unit, cast=True))
    return seats


def cast_places(county: CountyPack, townships: list[TownshipPlan]) -> dict[str, tuple[str, str]]:
    """What the places of the cast mean here: area code and name of the unit."""
    first, second = townships[0], townships[1]
    villages = [first.villages[0], first.villages[1], second.villages[0]]
    out = {"county": (county_code(county), ""), "u0": (county_code(county), county.departments[0])}
    for number, township in ((1, first), (2, second)):
        out[f"t{number}"] = (township.code, "")
        out[f"u{number}"] = (township.code, township.pack.units[0])
    for number, village in enumerate(villages, 1):
        out[f"v{number}"] = (village.code, "")
        if village.grids:
            out[f"g{number}"] = (village.grids[0].code, "")
    return out


def _seats(county: CountyPack, townships: list[TownshipPlan]) -> Iterator[Seat]:
    for number, role in enumerate(COUNTY_ROLES, 1):
        yield Seat(f"{county.login}.x{number:02d}", "", role, county_code(county))
    for number, unit in enumerate(county.departments, 1):
        yield Seat(f"{county.login}.bm{number:02d}", "", "department_handler", county_code(county), unit)
    for township in townships:
        yield from _township_seats(township)


def _township_seats(township: TownshipPlan) -> Iterator[Seat]:
    login = township.pack.login
    for number, role in enumerate(TOWNSHIP_ROLES, 1):
        yield Seat(f"{login}.z{number:02d}", "", role, township.code)
    for number, unit in enumerate(township.pack.units, 1):
        yield Seat(f"{login}.bm{number:02d}", "", "department_handler", township.code, unit)
    number = 0
    for village in township.villages:
        for role in VILLAGE_ROLES:
            number += 1
            yield Seat(f"{login}.c{number:03d}", "", role, village.code)
    grids = [grid.code for village in township.villages for grid in village.grids]
    counts = {"grid_leader": len(grids), "grid_worker": township.pack.workers, "volunteer": township.pack.volunteers}
    for role, total in counts.items():
        number = 0
        for code, share in zip(grids, spread(total, len(grids)), strict=True):
            for _ in range(share):
                number += 1
                yield Seat(f"{login}.{BULK_LOGINS[role]}{number:03d}", "", role, code)


def name_of(random: Random, role: str) -> str:
    """A surname and a given name of two characters; more women among volunteers and accountants, as it is there."""
    bank = words()
    women = 0.6 if role in {"volunteer", "accountant", "resident"} else 0.35
    given = bank["women" if random.random() < women else "men"]
    first, second = random.choice(parts(given["first"])), random.choice(parts(given["second"]))
    while second == first:
        second = random.choice(parts(given["second"]))
    return random.choice(surnames()) + first + second


def surnames() -> list[str]:
    """Frequent ones first, each as often as its place says: 王 is far more common than 郁."""
    bank = parts(words()["surnames"])
    return [surname for rank, surname in enumerate(bank) for _ in range(1 + 60 // (rank + 3))]
