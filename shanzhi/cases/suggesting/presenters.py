"""How good the suggestions are, as figures and rows; a rate over nothing is no value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shanzhi.cases.models import SuggestionModel
from shanzhi.cases.suggesting.words import share_words
from shanzhi.ui.parts import Tile

CONFUSIONS: Final = 10
FEW: Final = 10  # below this many a rate says little, and the row says so


@dataclass(frozen=True, slots=True)
class Row:
    """One label: how many were tried, and how many of those were right."""

    label: str
    tested: int
    right: int
    share: str
    share3: str
    is_thin: bool


@dataclass(frozen=True, slots=True)
class Confusion:
    was: str
    said: str
    times: int


@dataclass(frozen=True, slots=True)
class Goodness:
    """A family: when and on what it was learned, its figures, its labels and what it takes for what."""

    model: SuggestionModel
    title: str
    tiles: Sequence[Tile]
    rows: Sequence[Row]
    confusions: Sequence[Confusion]


def goodness(model: SuggestionModel, labels: Mapping[str, str]) -> Goodness:
    """`labels`: what the codes of kinds are called; a code without a name stands for itself."""
    found: dict[str, Any] = {"by_label": {}, "confusions": [], **model.accuracy}
    rows = [
        Row(labels.get(code, code), n, first, share_words(first, n), share_words(top3, n), n < FEW)
        for code, (n, first, top3) in found["by_label"].items()
    ]
    rows.sort(key=lambda row: (-row.tested, row.label))
    confusions = [Confusion(labels.get(was, was), labels.get(said, said), n) for was, said, n in found["confusions"]]
    title = SuggestionModel.Family(model.family).label
    return Goodness(model, title, _tiles(model, found), rows, confusions[:CONFUSIONS])


def _tiles(model: SuggestionModel, found: Mapping[str, Any]) -> list[Tile]:
    tested, spoke = found.get("tested", 0), found.get("spoke", 0)
    right, top3, sure = found.get("right_first", 0), found.get("right_top3", 0), found.get("spoke_right", 0)
    usual, rows = share_words(found.get("commonest", 0), tested), f"#rows-{model.family}"
    return [
        Tile(
            "首选对的", share_words(right, tested), sub=f"{right:,}/{tested:,} 件" if tested else "", url=rows,
            definition="留出最新的五分之一不学，拿来试：第一个推荐就是最后定下来的，占试的件数。",
        ),
        Tile(
            "前三里有", share_words(top3, tested), sub=f"{top3:,}/{tested:,} 件" if tested else "", url=rows,
            definition="前三个推荐里有最后定下来的，占试的件数。",
        ),
        Tile(
            "说很像时对的", share_words(sure, spoke), sub=f"{sure:,}/{spoke:,} 件" if spoke else "", url=rows,
            definition="有把握才说“很像”，说了并且对的，占说了的件数。",
        ),
        Tile(
            "只猜最常见的", usual, sub="用来比较", url=rows,
            definition="不看内容，每次都猜最常见的那个，能对多少。推荐要比它好得多才有用。",
        ),
    ]  # fmt: skip
