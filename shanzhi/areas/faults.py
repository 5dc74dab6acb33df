"""Bad rows as a table to mend and send again."""

from collections.abc import Iterable, Iterator, Sequence

from shanzhi.areas.source import split
from shanzhi.lib.cells import inert

ADDED = ("行号", "错在", "怎么改")


def fault_table(header: Sequence[str], faults: Iterable[tuple[int, str, str, str]]) -> Iterator[list[str]]:
    """Header and rows: the file's own columns as they came, then line, column and sentence.

    The file's own three columns of an earlier round are left out. A cell that a spreadsheet would compute gets an
    apostrophe in front, so that opening the file does nothing.
    """
    kept = [at for at, name in enumerate(header) if name not in ADDED]
    yield [*(header[at] for at in kept), *ADDED]
    for number, column, sentence, raw in faults:
        cells = split(raw) or [raw]
        if len(cells) == len(header):
            cells = [cells[at] for at in kept]
        cells += [""] * (len(kept) - len(cells))
        yield [*map(inert, _fitted(cells, len(kept))), str(number), column, sentence]


def _fitted(cells: list[str], width: int) -> list[str]:
    """Exactly as many cells as the header has; what is too much is joined into the last one."""
    if len(cells) <= width:
        return cells
    return [*cells[: width - 1], "，".join(cells[width - 1 :])]
