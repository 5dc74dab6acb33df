"""Who serves in the grids of a demo county without an account: chiefs, instructors, police, lawyers and the like.

Leaders, workers and volunteers hold posts already. Some places are left vacant and some terms end soon, so that the
page has something to show; everything follows from the seed.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from shanzhi.areas.models import Area
from shanzhi.demo.chance import chance
from shanzhi.demo.people import name_of
from shanzhi.demo.places import TownshipPlan
from shanzhi.demo.plan import SEED, CountyPlan
from shanzhi.lib.times import local
from shanzhi.staffing.services import Details, NewAssignment, Term

TERM: Final = timedelta(days=3 * 365)
VACANT: Final = 19  # one instructor is missing in every nineteenth grid
SOON: Final = 23  # and in every twenty-third one's term ends within weeks
INVENTED: Final = "1380000{:04d}"  # numbers of nobody, as those of the stories


def plan_staff(plan: CountyPlan, areas: Mapping[str, Area]) -> list[NewAssignment]:
    """Every appointment of the county, in a fixed order. `areas` by code, as they are in the database."""
    random = chance(SEED, "staffing", plan.pack.code)
    since, today = local(plan.start).date(), local(plan.end).date()
    rows: list[NewAssignment] = []
    for role, code, organisation, left in _wanted(plan, areas):
        details = Details(
            name_of(random, role), organisation, INVENTED.format(random.randrange(10_000)), _source(role, since)
        )
        rows.append(NewAssignment(role, areas[code], details, Term(since, _end(random, since, today, left))))
    return rows


def _end(random: Random, since: date, today: date, left: int | None) -> date:
    """So many days from today, else three years or more after the beginning, and not within the next half year."""
    if left is not None:
        return today + timedelta(days=left)
    return max(since + TERM, today + timedelta(days=180)) + timedelta(days=random.randrange(90))


def _source(role: str, since: date) -> str:
    return f"聘请协议（{since.year} 年）" if role == "lawyer" else f"网格人员任命文件（{since.year} 年）"


def _wanted(plan: CountyPlan, areas: Mapping[str, Area]) -> Iterator[tuple[str, str, str, int | None]]:
    """Role, code of the place, organisation, and the days that are left where a term is about to end."""
    towns = sorted(code for code, area in areas.items() if area.level == Area.Level.TOWNSHIP)
    for number, code in enumerate(towns):
        if number != len(towns) - 1 or len(towns) == 1:  # the last township has nobody yet
            yield "chief", code, f"{areas[code].name}党委", 26 if code == plan.townships[0].code else None
    for township in plan.townships:
        yield from _of_township(township)


def _of_township(township: TownshipPlan) -> Iterator[tuple[str, str, str, int | None]]:
    town = township.name.removesuffix("人民政府")
    yield "judicial", township.code, f"{town}司法所", None
    number = 0
    for village in township.villages:
        yield "police", village.code, f"{town}派出所", None
        yield "security", village.code, village.short, None
        if village is not township.villages[-1]:
            yield "lawyer", village.code, "县律师事务所", 51 if village is township.villages[0] else None
        for grid in village.grids:
            number += 1
            yield "instructor", grid.code, f"{town}包村干部", 12 if number % SOON == 0 else None
            if number % VACANT:
                yield "instructor", grid.code, village.short, None
