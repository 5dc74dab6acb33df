"""Invented borders: whatever is cut is covered, without overlap, each piece in one, the sizes as wished."""

from random import Random

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from shanzhi.lib.partition import bisect, one_piece, partition, settled
from shanzhi.lib.shapes import matters

X, Y, STEP = 1_188_000_000, 326_000_000, 100_000
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def star(spikes: int, seed: int) -> Polygon:
    """A place with deep bays, so that straight cuts would tear it."""
    dice = Random(seed)
    points = []
    for number in range(2 * spikes):
        radius = 20 * STEP * (dice.uniform(0.7, 1) if number % 2 else dice.uniform(0.3, 0.6))
        turn = shapely.affinity.rotate(shapely.Point(radius, 0), 180 * number / spikes, origin=(0, 0))
        points.append((round(X + turn.x), round(Y + turn.y)))
    return Polygon(points)


@SLOW
@given(st.integers(3, 9), st.integers(0, 10_000), st.integers(2, 14))
def test_pieces_cover_the_place_and_never_overlap(spikes: int, seed: int, count: int) -> None:
    place = one_piece(star(spikes, seed))
    pieces = settled(partition(place, [1] * count, Random(seed)), place)
    assert len(pieces) == count
    assert all(piece.geom_type == "Polygon" and piece.is_valid for piece in pieces)
    assert shapely.coverage_is_valid(pieces)
    whole = shapely.coverage_union_all(pieces)
    assert not matters(whole.symmetric_difference(place))
    assert sum(piece.area for piece in pieces) == pytest.approx(place.area, rel=1e-6)
    assert all((shapely.get_coordinates(piece) % 1 == 0).all() for piece in pieces)


@SLOW
@given(st.lists(st.integers(1, 6), min_size=2, max_size=10), st.integers(0, 1000))
def test_sizes_are_as_wished(weights: list[int], seed: int) -> None:
    place = shapely.box(X, Y, X + 40 * STEP, Y + 20 * STEP)
    pieces = partition(place, weights, Random(seed))
    for piece, weight in zip(pieces, weights, strict=True):
        assert piece.area / place.area == pytest.approx(weight / sum(weights), rel=0.2)


def test_the_same_dice_give_the_same_pieces() -> None:
    place = one_piece(star(5, 1))
    one, again, other = (partition(place, [1] * 6, Random(seed)) for seed in (7, 7, 8))
    assert all(a.equals_exact(b, 0) for a, b in zip(one, again, strict=True))
    assert any(not a.equals(b) for a, b in zip(one, other, strict=True))


def test_one_piece_mends_a_corner_that_crosses() -> None:
    loop = Polygon(
        [(X, Y), (X + 9 * STEP, Y), (X + 9 * STEP, Y + 9 * STEP), (X - STEP, Y + STEP), (X + STEP, Y - STEP)]
    )
    assert not loop.is_valid
    found = one_piece(loop)
    assert found.is_valid
    assert found.geom_type == "Polygon"
    assert found.area > 0.9 * loop.convex_hull.area / 2


def test_one_is_the_place_itself() -> None:
    place = shapely.box(X, Y, X + STEP, Y + STEP)
    (only,) = partition(place, [5], Random(1))
    assert only.equals(place)


def test_too_small_to_be_cut() -> None:
    with pytest.raises(ValueError, match="too small"):
        bisect(shapely.box(X, Y, X + 1, Y + 1), 0.5, Random(1))


def test_settling_gives_a_lost_crumb_to_a_neighbour() -> None:
    place = shapely.box(X, Y, X + 10 * STEP, Y + 10 * STEP)
    left = shapely.box(X, Y, X + 5 * STEP, Y + 10 * STEP)
    right = shapely.box(X + 5 * STEP, Y, X + 10 * STEP, Y + 9 * STEP)
    pieces = settled([left, right], place)
    assert shapely.coverage_union_all(pieces).equals(place)
    assert pieces[1].area > right.area
