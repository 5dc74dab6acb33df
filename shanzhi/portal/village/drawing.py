"""The sketch of a village: what the server draws of the cases on a page of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shanzhi.cases.models import Case
from shanzhi.lib.sketch import length_words, sketch

# In the units of the picture; on the narrowest phone one is 0.8 pixels, so that the labels stay readable there.
WIDTH: Final = 400
HEIGHT: Final = 320
STRIP: Final = 64  # below the places, for the scale and the arrow: nothing lies upon them
MARGIN: Final = 56
APART: Final = (108, 40)  # a mark with the longest label, and a little air
SIGNS: Final = {",": 6, " ": 5, "等": 20, "件": 20}
DIGIT: Final = 12
ROUND: Final = 34


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot with its label, drawn from its middle."""

    x: float
    y: float
    label: str

    @property
    def wide(self) -> float:
        return float(max(ROUND, 16 + sum(SIGNS.get(sign, DIGIT) for sign in self.label)))

    @property
    def half(self) -> float:
        return self.wide / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """A frame in which everything has its place, in the units of the picture."""

    marks: tuple[Mark, ...]
    count: int
    without: int
    bar: float
    bar_words: str
    width: int = WIDTH
    height: int = HEIGHT + STRIP
    line: int = HEIGHT

    @property
    def words(self) -> str:
        """What the picture shows, for whoever does not see it."""
        beside = f"，另有 {self.without} 件没有位置" if self.without else ""
        return f"{self.count} 件事的大概位置，分在 {len(self.marks)} 处，上方是北{beside}。每件事写在清单里。"


def drawn(cases: Sequence[Case]) -> Drawing | None:
    """Numbered as the list beside it, from 1; None where nothing has a position. Positions leave here rounded only."""
    places = [
        (number, case.lon, case.lat)
        for number, case in enumerate(cases, start=1)
        if case.lon is not None and case.lat is not None
    ]
    made = sketch(places, width=WIDTH, height=HEIGHT, margin=MARGIN, apart=APART)
    if made is None:
        return None
    marks = tuple(Mark(dot.x, dot.y, dot.label) for dot in made.dots)
    return Drawing(marks, len(places), len(cases) - len(places), made.bar, length_words(made.bar_metres))
