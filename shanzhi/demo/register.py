"""Who lives in the villages of the demo: dwellings, families with their history, and who is looked after.

Nobody is meant: numbers of papers begin with a division that does not exist (990001), those of telephones with 1380000.
The families of a village are written by its own clerk through the services, in the order in which they became known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.demo.chance import chance
from shanzhi.demo.packs import parts, words
from shanzhi.demo.people import surnames
from shanzhi.demo.places import Grid, Village
from shanzhi.demo.plan import SEED, CountyPlan
from shanzhi.lib.idcards import id_check_digit
from shanzhi.lib.shapes import DEGREE
from shanzhi.lib.times import local
from shanzhi.people.models import Dwelling, Resident
from shanzhi.people.services import (
    Facts,
    Home,
    Whither,
    dwelling_add,
    household_open,
    membership_begin,
    resident_add,
    resident_event,
)

NOWHERE: Final = "990001"  # a division that does not exist
PHONE: Final = "1380000{:04d}"
VILLAGES: Final = 1  # of each township
FAMILIES: Final = 9  # of a grid
GRIDS: Final = 3  # of a village
AWAY: Final = ("江苏省苏州市", "江苏省南京市", "上海市松江区", "浙江省宁波市")
FROM: Final = ("河南省固始县", "四川省南充市", "安徽省定远县")
Seated = Callable[[str], Actor]


@dataclass(frozen=True, slots=True)
class Person:
    """One of a family; `years` old at the end of the plan, `group` the code of a care group."""

    relation: str
    sex: int
    years: int
    group: str = ""
    away: bool = False


def families(random: Random) -> Iterator[tuple[list[Person], bool]]:
    """Whom the families of a grid consist of, in turn, and whether they come from outside of the county."""
    adult = random.randrange(32, 44)
    yield [Person("0", 1, adult, away=True), Person("1", 2, adult - 1, away=True),
           Person("2", 1, 9, "left_child"), Person("5", 2, adult + 26, "left_old")], False  # fmt: skip
    yield [Person("0", 1, 78, "alone")], False
    yield [Person("0", 1, 46), Person("1", 2, 44), Person("3", 2, 17), Person("5", 1, 73)], False
    yield [Person("0", 1, 35, away=True), Person("1", 2, 33, "left_woman"), Person("3", 2, 5)], False
    yield [Person("0", 2, 61), Person("2", 1, 38, "disabled")], False
    yield [Person("0", 1, 29), Person("1", 2, 28)], True
    yield [Person("0", 1, 55, "veteran"), Person("1", 2, 54), Person("2", 1, 30), Person("4", 2, 3)], False
    yield [Person("0", 1, 69, "destitute")], False
    yield [Person("0", 1, 50, "registered_poor"), Person("1", 2, 49), Person("2", 1, 22, away=True)], False


class Register:
    """Writes the register of a county; `seated` gives the actor of a login."""

    def __init__(self, plan: CountyPlan, seated: Seated) -> None:
        self.plan, self.seated = plan, seated
        self.random = chance(SEED, "register", plan.pack.code)
        self.at: datetime = plan.end - timedelta(days=44, hours=14)
        self.today: date = local(plan.end).date()
        self.order = 0

    def write(self) -> tuple[int, int]:
        """How many dwellings and residents."""
        for township in self.plan.townships:
            for village in [one for one in township.villages if one.grids][:VILLAGES]:
                clerk = self.seated(self.plan.seats_at("village_clerk", village.code)[0].login)
                with atomic():  # one commit for a village, not one for each person
                    for grid in village.grids[:GRIDS]:
                        self._grid(clerk, village, grid)
        return Dwelling.objects.count(), Resident.objects.count()

    def _grid(self, clerk: Actor, village: Village, grid: Grid) -> None:
        for number, (people, outside) in enumerate(families(self.random), 1):
            spot = grid.spots[number % len(grid.spots)] if grid.spots else (village.lon, village.lat)
            home = Home(
                grid.code, f"{grid.name.removesuffix('网格')}组", f"{number * 2 - 1} 号", "let" if outside else "own",
                spot[0] / DEGREE, spot[1] / DEGREE,
            )  # fmt: skip
            dwelling = dwelling_add(actor=clerk, home=home, at=self.at)
            self._family(clerk, grid, dwelling, people, outside)

    def _family(self, clerk: Actor, grid: Grid, dwelling: Dwelling, people: list[Person], outside: bool) -> None:
        surname = self.random.choice(surnames())
        since = self.today - timedelta(days=self.random.randrange(400, 2500))
        members: dict[int, str] = {}
        rows: list[tuple[Person, Resident]] = []
        for one in people:
            row = self._person(clerk, grid, dwelling, one, surname, since, outside)
            members[row.id] = one.relation
            rows.append((one, row))
        household_open(actor=clerk, place=grid.code, on=max(since, *[self._first(row) for _, row in rows]),
                       members=members, at=self.at)  # fmt: skip
        for one, row in rows:
            if one.away:
                self._leaves(clerk, row)
            if one.group:
                self._cared_for(clerk, one.group, row)

    def _first(self, row: Resident) -> date:
        """Nobody is known before the day of birth."""
        assert row.born_on is not None
        return row.born_on

    def _person(
        self, clerk: Actor, grid: Grid, dwelling: Dwelling, one: Person, surname: str, since: date, outside: bool
    ) -> Resident:
        born = self.today - timedelta(days=one.years * 365 + self.random.randrange(30, 330))
        own = one.relation in ("1", "5") and one.sex == 2
        self.order += 1
        body = f"{NOWHERE}{born:%Y%m%d}{self.order // 2 * 2 % 998 + one.sex % 2:03d}"
        facts = Facts(
            _name(self.random, self.random.choice(surnames()) if own else surname, one.sex),
            paper_number=body + id_check_digit(body),
            phone=PHONE.format(self.random.randrange(10_000)) if one.years > 15 else "",
        )  # fmt: skip
        where = Whither(
            dwelling=dwelling.id, registered="" if outside else grid.code,
            registered_elsewhere=self.random.choice(FROM) if outside else "",
        )  # fmt: skip
        on = max(since, born)
        return resident_add(
            actor=clerk, facts=facts, whither=where, on=on, change="moved_in" if outside else "first", at=self.at
        )

    def _leaves(self, clerk: Actor, row: Resident) -> None:
        version = Resident.objects.values_list("version", flat=True).get(id=row.id)
        on = self.today - timedelta(days=self.random.randrange(60, 300))
        resident_event(
            actor=clerk, number=row.id, version=version, event="left", on=on, note="外出务工",
            whither=Whither(lives_elsewhere=self.random.choice(AWAY)), at=self.at,
        )  # fmt: skip

    def _cared_for(self, clerk: Actor, group: str, row: Resident) -> None:
        since = self.today - timedelta(days=self.random.randrange(50, 350))
        at = self.at + timedelta(days=self.random.randrange(2, 43))
        membership_begin(
            actor=clerk, resident=row.id, group=group, since=min(since, local(at).date()), reason="入户走访了解", at=at
        )  # fmt: skip


def _name(random: Random, surname: str, sex: int) -> str:
    given = words()["men" if sex == 1 else "women"]
    first, second = random.choice(parts(given["first"])), random.choice(parts(given["second"]))
    return surname + first + (second if second != first else "")
