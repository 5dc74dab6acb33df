"""What was reported in a demo township and what became of it: every case from its first word to its last step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from shanzhi.cases.catalogue import Source
from shanzhi.demo.chance import chance
from shanzhi.demo.packs import Aside, OpenCase, Situation, parts, situations, words
from shanzhi.demo.people import Seat, surnames
from shanzhi.demo.places import Grid, TownshipPlan, Village
from shanzhi.demo.ways import AWAKE, HOURS, LATE, SHARES, WAYS, Move, spoken_hour, times

QUIET: Final = timedelta(days=12)  # nothing that is closed was reported later than this before the end
SOURCES: Final = {"resident": Source.RESIDENT, "volunteer": Source.RESIDENT}
AT_DESK: Final = {Source.PHONE: 6, Source.COUNTER: 3, Source.BOX: 2, Source.PAPER: 1}


@dataclass(frozen=True)
class Deed:
    """One act of a story. `target` is an area's code, or the code and `unit` the name of a unit there.

    `beside`: it stands beside the way of the case, and `more` says what it needs.
    """

    at: datetime
    act: str
    who: str
    text: str = ""
    target: str = ""
    unit: str = ""
    hours: int = 0
    satisfied: bool | None = None
    beside: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A case of the demo; positions in 1e-7 degree. The first deed reports it, `caller` and `phone` are who told it."""

    kind: str
    title: str
    body: str
    place: str
    area: str
    lon: int
    lat: int
    accuracy: int
    urgent: bool
    source: str
    solved: str
    photo: bool
    deeds: tuple[Deed, ...]
    caller: str = ""
    phone: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    asides: tuple[Deed, ...] = ()

    @property
    def is_closed(self) -> bool:
        again = any(deed.act == "reopen" for deed in self.asides)
        return self.deeds[-1].act == "close" and self.deeds[-1].satisfied is not False and not again


class Teller:
    """Tells the stories of one township, each with a chance of its own, so that one more changes no other."""

    def __init__(
        self, township: TownshipPlan, seats: Sequence[Seat], departments: Sequence[str], county: str, *, seed: str,
        end: datetime, years: int,
    ) -> None:  # fmt: skip
        self.township, self.departments, self.county = township, departments, county
        self.seed, self.end, self.years = seed, end, years
        self.seats: dict[tuple[str, str, str], list[str]] = {}
        for seat in seats:
            self.seats.setdefault((seat.role, seat.area, seat.unit), []).append(seat.login)

    def stories(self) -> Iterator[Story]:
        """Closed ones over the whole time, then the open ones of the pack."""
        pack = self.township.pack
        every = max(1, pack.closed // pack.photos) if pack.photos else 0
        for index in range(pack.closed):
            with_photo = bool(every) and index % every == 0 and index // every < pack.photos
            yield self._closed(chance(self.seed, "case", pack.code, index), with_photo)
        story: Story | None = None
        for index, wanted in enumerate(pack.open):
            random = chance(self.seed, "open", pack.code, index)
            if wanted.repeats and story is not None:
                story = self._repeated(random, story, wanted)
            else:
                with_photo = bool(pack.photos) and wanted.until in {"start", "dispatch"}
                story = self._open(random, wanted, with_photo)
            yield story

    def _closed(self, random: Random, photo: bool) -> Story:
        way = random.choices(list(SHARES), weights=list(SHARES.values()))[0]
        span = timedelta(days=365 * self.years) - QUIET
        day = self.end - QUIET - span * (1 - random.random() ** 0.85)
        received = spoken_hour(random, day)
        return self._told(random, way, received, len(WAYS[way]) - 1, hours=0, photo=photo, late=random.random() < LATE)

    def _open(self, random: Random, wanted: OpenCase, photo: bool) -> Story:
        last = next(index for index, move in enumerate(WAYS[wanted.way]) if move.act == wanted.until)
        at = self.end - timedelta(hours=wanted.ago) - timedelta(minutes=random.randrange(3, 50))
        return self._told(random, wanted.way, at, last, hours=wanted.hours, photo=photo, late=False, wanted=wanted)

    def _repeated(self, random: Random, story: Story, wanted: OpenCase) -> Story:
        """The same matter, reported once more by somebody else of the village; only reported."""
        at = (self.end - timedelta(hours=wanted.ago)).replace(microsecond=0)
        others = self.seats["resident", story.area[:12], ""]
        who = random.choice([login for login in others if login != story.deeds[0].who])
        cast = replace(story.deeds[0], at=at, who=who)
        asides = tuple(
            Deed(self._at(one.ago), one.act, self._office(story), one.text, beside=True, more=one.more)
            for one in wanted.then
        )
        return replace(
            story, body=f"{story.title}，{wanted.says}", source=str(Source.RESIDENT), solved="",
            photo=False, deeds=(cast,),
            asides=asides,
        )  # fmt: skip

    def _office(self, story: Story) -> str:
        """Who decides in the village of a story."""
        return self.seats["village_clerk", story.area[:12], ""][0]

    def _at(self, ago: float) -> datetime:
        return (self.end - timedelta(hours=ago)).replace(microsecond=0)

    def _told(
        self, random: Random, name: str, received: datetime, last: int, *, hours: int, photo: bool, late: bool,
        wanted: OpenCase | None = None,
    ) -> Story:  # fmt: skip
        way, ends = WAYS[name][: last + 1], received if wanted is not None else None
        situation = self._situation(random, name, received, wanted)
        hours = hours or random.choice(HOURS[:2] if situation.urgent else HOURS)
        state = random.getstate()
        moments = times(random, way, received, urgent=situation.urgent, hours=hours, late=late)
        for _ in range(40):
            over = moments[-1] - (ends or self.end - timedelta(hours=2))
            if abs(over) < timedelta(minutes=20) or (ends is None and over < timedelta(0)):
                break
            random.setstate(state)
            received = _by_day(received - over) if ends else received - timedelta(days=9)
            moments = times(random, way, received, urgent=situation.urgent, hours=hours, late=late)
        while ends is not None and len(moments) > 1 and moments[-2] >= ends:
            random.setstate(state)
            received = _by_day(received - timedelta(days=1))
            moments = times(random, way, received, urgent=situation.urgent, hours=hours, late=late)
        if ends is not None:
            moments[-1] = ends.replace(microsecond=0)
        return self._written(random, situation, way, moments, hours, photo, wanted)

    def _situation(self, random: Random, way: str, received: datetime, wanted: OpenCase | None) -> Situation:
        """One that happens in this month and that the way fits; an open case is nobody's danger to life.

        One that is wanted where the cast works is for the first unit.
        """
        here = wanted is not None and wanted.here
        units = set(self.township.pack.units[:1] if here else self.township.pack.units)
        able = [
            one
            for one in situations()
            if (way not in {"unit", "down"} or one.unit in units)
            and (way != "county" or one.county in self.departments)
            and not (wanted is not None and (one.urgent or wanted.about not in ("", one.kind)))
        ]
        fitting = [one for one in able if received.month in one.months] or able
        return random.choices(fitting, weights=[one.weight for one in fitting])[0]

    def _written(
        self, random: Random, one: Situation, way: Sequence[Move], moments: Sequence[datetime], hours: int, photo: bool,
        wanted: OpenCase | None,
    ) -> Story:  # fmt: skip
        here = wanted is not None and wanted.here
        villages = [village for village in self.township.villages if village.grids]
        village = villages[0] if here else random.choice(villages)
        grid = village.grids[0] if here else random.choice(village.grids)
        other = random.choice([each for each in self.township.villages if each != village] or [village])
        facts = {
            "n": random.randint(2, 6), "m": random.randrange(10, 80, 5), "s": random.choice(surnames()),
            "d": random.choice(parts(words()["directions"])), "v": village.short, "a": other.short,
            "u": one.unit or one.county or "镇里",
        }  # fmt: skip
        facts["p"] = random.choice(one.places).format(**facts)
        cast = _Cast(self, random, one, village, grid, way[0].by, wanted.source if wanted is not None else "")
        done = random.choice(one.done).format(**facts)
        solved = done if way[0].by == "worker" else ""
        report = Deed(moments[0], "report", cast.reporter)
        rest = [
            self._deed(random, move, at, cast, facts, done, hours)
            for move, at in zip(way[1:], moments[1:], strict=True)
        ]
        lon, lat = random.choice(grid.spots)
        body = one.text.format(**facts) + random.choice(words()["more"])
        facts["b"] = body
        asides = wanted.then if wanted is not None else ()
        return Story(
            kind=one.kind, title=one.title.format(**facts),
            body=body + (wanted.says if wanted is not None else ""), place=f"{village.short}{facts['p']}",
            area=village.code if way[0].by == "township" else grid.code,
            lon=lon, lat=lat,
            accuracy=random.randint(4, 45), urgent=one.urgent, source=cast.source, solved=solved, photo=photo,
            deeds=(report, *rest), caller=cast.caller, phone=cast.phone,
            answers={code: answer.format(**facts) for code, answer in one.answers.items()},
            asides=tuple(self._aside(aside, cast, facts) for aside in asides),
        )  # fmt: skip

    def _aside(self, one: Aside, cast: "_Cast", facts: Mapping[str, Any]) -> Deed:
        """A whistle is to units of this township; people who are mentioned are named by their kind."""
        more = {
            key: value.format(**facts) if isinstance(value, str) and key == "instead" else value
            for key, value in one.more.items()
        }
        if "mention" in more:
            more["mention"] = [cast.by(kind) for kind in one.more["mention"]]
        text = one.text.format(**facts)
        return Deed(self._at(one.ago), one.act, cast.by(one.by), text, self.township.code, beside=True, more=more)

    def _deed(
        self, random: Random, move: Move, at: datetime, cast: "_Cast", facts: dict[str, object], done: str, hours: int
    ) -> Deed:
        if move.words == "close":
            by_reporter = random.random() < 0.45
            text = random.choice(words()["close_reporter" if by_reporter else "close_owner"])
            who = cast.reporter if by_reporter else cast.by(move.by)
            return Deed(at, move.act, who, text, satisfied=True if by_reporter else None)
        text = done if move.words == "done" else random.choice(words()[move.words]).format(**facts)
        if move.words == "unsatisfied":
            return Deed(at, move.act, cast.reporter, text, satisfied=False)
        target, unit = cast.place(move.to) if move.to else ("", "")
        return Deed(at, move.act, cast.by(move.by), text, target, unit, hours if move.to else 0)


def _by_day(at: datetime) -> datetime:
    """The moment itself, or the evening before if people sleep then."""
    if AWAKE[0] <= at.hour < AWAKE[1]:
        return at
    evening = at if at.hour >= AWAKE[1] else at - timedelta(days=1)
    return evening.replace(hour=AWAKE[1] - 2)


class _Cast:
    """Who plays in one story: the reporter, and for each kind of person one who is the same all the way through."""

    def __init__(
        self, teller: Teller, random: Random, one: Situation, village: Village, grid: Grid, first: str, source: str
    ) -> None:
        self.teller, self.random, self.one, self.village, self.grid = teller, random, one, village, grid
        self.wrong = random.choice([each for each in village.grids if each != grid] or [grid])
        self.chosen: dict[str, str] = {}
        roles = {"worker": ["grid_worker"], "township": ["township_officer"]}.get(first) or random.choices(
            ["grid_worker", "volunteer", "resident", "grid_leader"], weights=[58, 16, 16, 10]
        )
        area = {"resident": village.code, "township_officer": teller.township.code}.get(roles[0], grid.code)
        self.reporter = self._one((roles[0], area, "")) or self._one(("grid_leader", grid.code, ""))
        self.source, self.caller, self.phone = str(SOURCES.get(roles[0], Source.SNAP)), "", ""
        if first == "township":
            self.source = source or str(random.choices(list(AT_DESK), weights=list(AT_DESK.values()))[0])
            if self.source != Source.BOX:
                self.caller = f"{random.choice(surnames())}{random.choice(('先生', '女士'))}"
                self.phone = f"1380000{random.randrange(10_000):04d}"

    def _one(self, seat: tuple[str, str, str]) -> str:
        logins = self.teller.seats.get(seat, [])
        return self.random.choice(logins) if logins else ""

    def place(self, kind: str) -> tuple[str, str]:
        """Code of the area and name of the unit that a kind of person sits at."""
        if kind.startswith("unit:"):
            return self.teller.township.code, kind.removeprefix("unit:")
        return {
            "grid": (self.grid.code, ""),
            "wrong": (self.wrong.code, ""),
            "village": (self.village.code, ""),
            "township": (self.teller.township.code, ""),
            "unit": (self.teller.township.code, self.one.unit),
            "county": (self.teller.county, ""),
            "leader": (self.teller.county, ""),
            "department": (self.teller.county, self.one.county),
        }[kind]

    def by(self, kind: str) -> str:
        """Login of whoever acts as this kind of person in this story."""
        if kind == "reporter":
            return self.reporter
        if kind not in self.chosen:
            area, unit = self.place(kind)
            roles = {
                "grid": ("grid_leader", "grid_worker", "grid_worker"),
                "wrong": ("grid_leader",),
                "village": ("village_clerk", "village_clerk", "branch_secretary"),
                "township": ("township_officer",),
                "county": ("command_centre",),
                "leader": ("county_leader",),
            }.get(kind, ("department_handler",))
            self.chosen[kind] = self._one((self.random.choice(roles), area, unit))
        return self.chosen[kind]
