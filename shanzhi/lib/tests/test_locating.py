"""Looking up positions: the same answer as asking every polygon, on borders the first one, in microseconds."""

import time
from random import Random

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.lib.locating import Locator
from shanzhi.lib.partition import partition, settled
from shanzhi.lib.shapes import metres_per_unit

X, Y, STEP = 1_188_000_000, 326_000_000, 100_000
PLACE = shapely.box(X, Y, X + 40 * STEP, Y + 30 * STEP)
PIECES = settled(partition(PLACE, [1] * 40, Random(3)), PLACE)
HERE = Locator(PIECES)
ROW = Locator([shapely.box(X + n * STEP, Y, X + (n + 1) * STEP, Y + STEP) for n in range(40)])
AROUND = st.tuples(st.integers(X - STEP, X + 41 * STEP), st.integers(Y - STEP, Y + 31 * STEP))


def slowly(x: int, y: int) -> int:
    """Every polygon is asked, by another library."""
    point = shapely.Point(x, y)
    return next((number for number, piece in enumerate(PIECES) if piece.intersects(point)), -1)


@settings(max_examples=400)
@given(AROUND)
def test_the_same_as_asking_everybody(at: tuple[int, int]) -> None:
    assert HERE.at(*at) == slowly(*at)


def test_every_corner_belongs_to_the_first_that_has_it() -> None:
    corners = {tuple(map(int, at)) for piece in PIECES for at in shapely.get_coordinates(piece).tolist()}
    assert len(corners) > 300
    assert [at for at in corners if HERE.at(*at) != slowly(*at)] == []


@given(st.integers(0, 39), st.data())
def test_positions_on_edges(number: int, data: st.DataObject) -> None:
    """Along an upright or level edge every whole position is exactly on it."""
    y = data.draw(st.integers(Y, Y + STEP))
    assert ROW.at(X + number * STEP, y) == max(0, number - 1)
    assert ROW.at(X + number * STEP + 1, y) == number


def test_a_hole_is_not_inside_but_its_edge_is() -> None:
    ring = shapely.box(X, Y, X + 9 * STEP, Y + 9 * STEP).difference(
        shapely.box(X + 3 * STEP, Y + 3 * STEP, X + 6 * STEP, Y + 6 * STEP)
    )
    here = Locator([ring])
    assert here.at(X + 4 * STEP, Y + 4 * STEP) == -1
    assert here.at(X + 3 * STEP, Y + 4 * STEP) == 0
    assert here.at(X + STEP, Y + STEP) == 0


def test_two_pieces_of_one_place() -> None:
    both = shapely.MultiPolygon([shapely.box(X, Y, X + STEP, Y + STEP),
                                 shapely.box(X + 5 * STEP, Y, X + 6 * STEP, Y + STEP)])  # fmt: skip
    here = Locator([both])
    assert (here.at(X + 50, Y + 50), here.at(X + 5 * STEP + 50, Y + 50), here.at(X + 3 * STEP, Y + 50)) == (0, 0, -1)


def test_of_two_that_overlap_the_first_wins() -> None:
    here = Locator([shapely.box(X, Y, X + 2 * STEP, Y + STEP), shapely.box(X + STEP, Y, X + 3 * STEP, Y + STEP)])
    assert here.at(X + STEP + 7, Y + 7) == 0
    assert here.at(X + 2 * STEP + 7, Y + 7) == 1


def test_nothing_to_look_in() -> None:
    assert Locator([]).at(X, Y) == -1
    assert Locator([]).nearest(X, Y, 500) is None


def test_the_nearest_within_a_distance() -> None:
    here = Locator([shapely.box(X, Y, X + STEP, Y + STEP), shapely.box(X + 2 * STEP, Y, X + 3 * STEP, Y + STEP)])
    east, _ = metres_per_unit(Y)
    x = X + STEP + round(100 / east)
    found = here.nearest(x, Y + 50, 500)
    assert found is not None
    assert found[0] == 0
    assert found[1] == pytest.approx(100, abs=1)
    assert here.nearest(x, Y + 50, 90) is None
    middle = here.nearest(X + STEP + STEP // 2, Y + 50, 500)
    assert middle is not None
    assert middle[0] == 0


def test_a_look_up_takes_microseconds() -> None:
    """The bench measures it (`place_to_grid`); here only that it is no query of a tree each time."""
    dice = Random(1)
    asked = [(dice.randint(X, X + 40 * STEP), dice.randint(Y, Y + 30 * STEP)) for _ in range(5000)]
    start = time.process_time()
    for at in asked:
        HERE.at(*at)
    assert (time.process_time() - start) / len(asked) < 25e-6
