"""A whole demo county on paper: the same pack, seed and date always give the same plan, on every machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from shanzhi.demo.packs import CountyPack, Pack
from shanzhi.demo.people import Seat, county_code, plan_people
from shanzhi.demo.places import TownshipPlan, county_land, plan_places
from shanzhi.demo.stories import Deed, Story, Teller
from shanzhi.lib.times import SHANGHAI

SEED: Final = "shanzhi"
BEFORE: Final = timedelta(days=60)  # the county works with the platform for two months before the first case


@dataclass(frozen=True)
class CountyPlan:
    """Everything that a demo county holds. Nothing of it happens after `end`, the first moment of the chosen day."""

    pack: CountyPack
    townships: tuple[TownshipPlan, ...]
    seats: tuple[Seat, ...]
    stories: tuple[Story, ...]
    start: datetime
    end: datetime
    land: Mapping[str, Any] = field(compare=False)

    @property
    def number(self) -> int:
        return self.pack.number

    @property
    def cast(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.cast]

    def login_of(self, role: str) -> str:
        """The first person of the cast with this role."""
        return next(seat.login for seat in self.cast if seat.role == role)

    def seats_at(self, role: str, area: str) -> list[Seat]:
        """Everybody of this role at this place, the cast first."""
        here = [seat for seat in self.seats if (seat.role, seat.area) == (role, area)]
        return sorted(here, key=lambda seat: not seat.cast)

    def deeds(self) -> Iterator[tuple[int, Deed]]:
        """All deeds of all stories in the order in which they happened, each with the place of its story."""
        every = [
            (deed.at, story, step, deed)
            for story, one in enumerate(self.stories)
            for step, deed in enumerate((*one.deeds, *one.asides))
        ]
        for _, story, _, deed in sorted(every, key=lambda row: row[:3]):
            yield story, deed


def plan_county(pack: Pack, county: CountyPack, *, day: date, seed: str = SEED) -> CountyPlan:
    """Work out a county as it is at the beginning of a day (Asia/Shanghai)."""
    end = datetime.combine(day, time(), SHANGHAI)
    townships = plan_places(county, pack.divisions, seed)
    seats = plan_people(county, townships, pack.cast, seed)
    stories: list[Story] = []
    for township in townships:
        teller = Teller(
            township, seats, county.departments, county_code(county), seed=f"{seed}:{day}", end=end, years=pack.years
        )
        stories += teller.stories()
    return CountyPlan(
        pack=county, townships=tuple(townships), seats=tuple(seats), stories=tuple(stories),
        start=end - timedelta(days=365 * pack.years) - BEFORE, end=end, land=county_land(county, pack.divisions),
    )  # fmt: skip
