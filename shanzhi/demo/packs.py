"""Demo packs: which counties, how many people and cases, and the words they are made of (packs/demo/*.yaml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from shanzhi.lib.errors import Invalid

LISTS: Final = frozenset({"places", "done", "months"})
FOLDER: Final = Path(settings.ROOT) / "packs" / "demo"


@dataclass(frozen=True)
class Aside:
    """What happens beside the way of an open case, hours before the end: the act, by whom, and what it needs.

    `by` is a kind of person as in ways.py, `leader` of the county, `reporter`, or `unit:` and a unit of the township.
    """

    ago: float
    act: str
    by: str
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenCase:
    """A case that has not ended: the way it goes, the last act done, how many hours ago, the limit it was given.

    `here`: in the first grid, where the cast works. `about`: of this kind. `says`: said at the end of the report.
    `repeats`: the matter of the case before it, told by somebody else. `then`: what happened beside.
    """

    way: str
    until: str
    ago: int
    hours: int = 0
    here: bool = False
    about: str = ""
    says: str = ""
    source: str = ""
    repeats: bool = False
    then: tuple[Aside, ...] = ()


@dataclass(frozen=True)
class Township:
    """What a township holds. `login` begins its accounts' names; `at` is the middle of it in degrees."""

    code: str
    login: str
    at: tuple[float, float]
    units: tuple[str, ...]
    villages: int
    grids: int
    workers: int
    volunteers: int
    closed: int
    open: tuple[OpenCase, ...]
    photos: int = 0


@dataclass(frozen=True)
class CountyPack:
    code: str
    login: str
    departments: tuple[str, ...]
    townships: tuple[Township, ...]

    @property
    def number(self) -> int:
        return int(self.code)


@dataclass(frozen=True)
class CastPart:
    """One person of the cast: the role, and where (`t1` first township, `v1` first village, `g1` its first grid …)."""

    role: str
    place: str


@dataclass(frozen=True)
class Pack:
    name: str
    divisions: Path
    years: int
    counties: tuple[CountyPack, ...]
    cast: tuple[CastPart, ...]


@dataclass(frozen=True)
class Situation:
    """Something that people report; the keys are explained at the top of situations.yaml."""

    kind: str
    title: str
    text: str
    places: tuple[str, ...]
    done: tuple[str, ...]
    weight: int = 4
    months: tuple[int, ...] = tuple(range(1, 13))
    urgent: bool = False
    unit: str = ""
    county: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def names() -> list[str]:
    """The packs there are, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if "\ncounties:" in _read(path.stem, whole=False))


def pack_get(name: str) -> Pack:
    """A pack by its name; Invalid with a sentence for an unknown or a broken one."""
    if name not in names():
        raise Invalid(f"没有名为 {name[:40]} 的演示包，现有：{'、'.join(names())}。", code="pack_unknown")
    row = _read(name)
    try:
        return Pack(
            name=name,
            divisions=Path(settings.ROOT) / row["divisions"],
            years=int(row["years"]),
            counties=tuple(_county(one) for one in row["counties"]),
            cast=tuple(CastPart(role, place) for role, place in _read("cast")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(f"演示包 {name}.yaml 写得不对：{error}，请改正后再装。", code="pack_broken") from None


def _county(row: Mapping[str, Any]) -> CountyPack:
    townships = tuple(_township(one) for one in row["townships"])
    return CountyPack(row["code"], row["login"], tuple(row["departments"]), townships)


def _township(row: Mapping[str, Any]) -> Township:
    rest = {**row, "units": tuple(row["units"]), "open": tuple(_open(one) for one in row["open"])}
    lon, lat = row["at"]
    return Township(**{**rest, "at": (float(lon), float(lat))})


def _open(row: Mapping[str, Any]) -> OpenCase:
    return OpenCase(**{**row, "then": tuple(_aside(one) for one in row.get("then", ()))})


def _aside(row: Mapping[str, Any]) -> Aside:
    own = {key: row[key] for key in ("ago", "act", "by", "text") if key in row}
    return Aside(**own, more={key: value for key, value in row.items() if key not in own})


@cache
def situations() -> tuple[Situation, ...]:
    """All situations, in the order of the file."""
    rows: list[dict[str, Any]] = _read("situations")
    return tuple(Situation(**{**row, **{key: tuple(row[key]) for key in LISTS & row.keys()}}) for row in rows)


@cache
def words() -> dict[str, Any]:
    """Parts of names and sentences of steps."""
    rows: dict[str, Any] = _read("words")
    return rows


def parts(text: str) -> Sequence[str]:
    """A line of words with blanks between them."""
    return text.split()


def _read(name: str, *, whole: bool = True) -> Any:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text) if whole else text
