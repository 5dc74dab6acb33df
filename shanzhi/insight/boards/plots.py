"""Plots drawn by the server: pure functions from numbers to SVG. They start at zero and say their numbers directly.

Colours are classes of the stylesheet, so that the wall is dark and paper is white. The table under a plot holds the
same numbers; a listener gets its title.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from shanzhi.ui.words import thousands

SIZE: Final = (508, 170)
WALL: Final = (894, 222)  # of a line on the wall
WALL_BARS: Final = (404, 222)
LEFT, RIGHT, TOP, BOTTOM = 40, 96, 22, 28
APART: Final = 18  # of two labels at the end of lines
LEVELS: Final = 3
STEPS: Final = (1, 2, 5, 10)
MOST_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A series: its name, what stands at its end, and one number for each step."""

    name: str
    said: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Bar:
    """`tone` is the class of its colour: b1, b2, bl (late), bs (soon), bo (ordinary), bp (paused)."""

    name: str
    value: int
    tone: str = "b1"
    url: str = ""


def top_of(most: int) -> tuple[int, int]:
    """The height of the axis and its step: the least round step with which at most three lines reach the top."""
    power = 1
    while True:
        for step in STEPS:
            if step * power * LEVELS >= most:
                lines = max(1, -(-most // (step * power)))
                return lines * step * power, step * power
        power *= 10


def ticks(count: int) -> list[int]:
    """Which of so many steps have a word under them: the first, the last, and few between."""
    if count <= MOST_TICKS:
        return list(range(count))
    return sorted({round(n * (count - 1) / (MOST_TICKS - 1)) for n in range(MOST_TICKS)})


def lines(
    series: Sequence[Line], words: Sequence[str], *, title: str, size: tuple[int, int] = SIZE
) -> SafeString:  # fmt: skip
    """Lines over steps in time, each with its name at its end; `words` name the steps."""
    width, height = size
    most = max((value for one in series for value in one.values), default=0)
    top, step = top_of(most)
    right = RIGHT if size == SIZE else RIGHT + 40
    wide, high = width - LEFT - right, height - TOP - BOTTOM
    count = len(words)

    def x(place: int) -> float:
        return round(LEFT + 4 + (wide - 8) * (place / (count - 1) if count > 1 else 0.5), 1)

    def y(value: float) -> float:
        return round(TOP + high * (1 - value / top), 1)

    axes = format_html_join(
        "", '<path class="{}" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (("ax" if level else "base", LEFT, y(level), LEFT + wide, LEFT - 8, y(level) + 4, thousands(level))
         for level in range(0, top + 1, step)),
    )  # fmt: skip
    drawn = format_html_join(
        "", '<polyline class="l{}" points="{}"/>{}',
        ((number, " ".join(f"{x(place)},{y(value)}" for place, value in enumerate(one.values)),
          _dots(number, [(x(place), y(value)) for place, value in enumerate(one.values)]))
         for number, one in reversed(list(enumerate(series, start=1)))),
    )  # fmt: skip
    under = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((x(place), height - 8, _anchor(place, count), words[place]) for place in ticks(count)),
    )  # fmt: skip
    ends = [y(one.values[-1]) if one.values else y(0) for one in series]
    names = format_html_join(
        "", '<path class="l{}" d="M{} {}h18"/><text class="{}" x="{}" y="{}">{}</text>',
        ((number, LEFT + wide + 8, at, "t1" if number == 1 else "v", LEFT + wide + 30, at + 4, one.said)
         for number, (one, at) in enumerate(zip(series, spread(ends, height - BOTTOM), strict=True), start=1)),
    )  # fmt: skip
    return _svg(width, height, title, axes + drawn + under + names)


def _dots(number: int, places: Sequence[tuple[float, float]]) -> SafeString:
    """A single step is no line: then it is a dot; a long one ends in a dot."""
    shown = places if len(places) == 1 else places[-1:] if number == 1 else []
    return format_html_join("", '<circle class="d{}" cx="{}" cy="{}" r="3"/>', ((number, x, y) for x, y in shown))


def _anchor(place: int, count: int) -> str:
    return "middle" if 0 < place < count - 1 or count == 1 else "start" if place == 0 else "end"


def spread(heights: Sequence[float], lowest: float) -> list[float]:
    """Heights of labels, moved apart where two would lie upon each other, and kept inside of the picture."""
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    out, last = list(heights), float(TOP) - APART
    for n in order:
        out[n] = last = round(max(heights[n], last + APART), 1)
    over = last - lowest if order else 0
    return [round(height - over, 1) for height in out] if over > 0 else out


def columns(bars: Sequence[Bar], *, title: str, size: tuple[int, int] = SIZE) -> SafeString:
    """Upright bars with their number on top; one that has an address opens it."""
    width, height = size
    high, top = height - TOP - BOTTOM, max((bar.value for bar in bars), default=0) or 1
    each = (width - 16) / max(len(bars), 1)
    wide = round(each * 0.62, 1)
    base = height - BOTTOM

    def column(place: int, bar: Bar) -> SafeString:
        tall = round(high * bar.value / top, 1)
        left = round(8 + place * each + (each - wide) / 2, 1)
        middle = round(left + wide / 2, 1)
        tone = {"bl": "tr", "bs": "ta"}.get(bar.tone, "v") if bar.value else "none"
        shape = format_html(
            '<rect class="hit" x="{}" y="0" width="{}" height="{}"/>'
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
            '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>'
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            left, wide, height, bar.tone, left, base - tall, wide, tall, tone, middle, base - tall - 7,
            thousands(bar.value), middle, height - 8, bar.name,
        )  # fmt: skip
        return _linked(bar, shape)

    shapes = format_html_join("", "{}", ((column(place, bar),) for place, bar in enumerate(bars)))
    return _svg(width, height, title, shapes + format_html('<path class="base" d="M8 {}H{}"/>', base, width - 8))


def rows(bars: Sequence[Bar], *, title: str, unit: str = "件") -> SafeString:
    """Lying bars with their name before and their number behind."""
    (width, height), name, tall = SIZE, 104, 34
    top = max((bar.value for bar in bars), default=0) or 1
    room = width - name - 76

    def row(place: int, bar: Bar) -> SafeString:
        y, long = 8 + place * tall, round(room * bar.value / top, 1)
        shape = format_html(
            '<rect class="hit" x="0" y="{}" width="{}" height="{}"/>'
            '<text x="{}" y="{}" text-anchor="end">{}</text>'
            '<rect class="{}" x="{}" y="{}" width="{}" height="16" rx="2"/>'
            '<text class="{}" x="{}" y="{}">{} {}</text>',
            y - 6, width, tall, name - 10, y + 12, bar.name, bar.tone, name, y, long,
            "v" if bar.value else "none", round(name + long + 8, 1), y + 12, thousands(bar.value), unit,
        )  # fmt: skip
        return _linked(bar, shape)

    shapes = format_html_join("", "{}", ((row(place, bar),) for place, bar in enumerate(bars)))
    axis = format_html('<path class="base" d="M{}.5 2V{}"/>', name - 1, 6 + tall * len(bars))
    return _svg(width, height, title, shapes + axis)


def _linked(bar: Bar, shape: SafeString) -> SafeString:
    if not bar.url or not bar.value:
        return shape
    return format_html('<a href="{}">{}</a>', bar.url, shape)


def _svg(width: int, height: int, title: str, inside: SafeString) -> SafeString:
    """A picture for those who do not follow its links, a group for those who do."""
    role = "group" if "<a " in inside else "img"
    return format_html(
        '<svg viewBox="0 0 {} {}" role="{}" aria-label="{}">{}</svg>', width, height, role, title, inside
    )
