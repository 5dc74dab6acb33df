"""A position picks the grid: a suggestion beside the form; and a case of last year stays in the grid of last year."""

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from shanzhi.areas.models import Outline
from shanzhi.areas.selectors import outline_at, whereabouts
from shanzhi.areas.selectors.examining import Wish
from shanzhi.areas.selectors.outlines import outlines_of
from shanzhi.areas.services import area_merge, grid_split, outlines_put
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import CaseFilter, Tab, case_list_for
from shanzhi.jobs.testing import drain
from shanzhi.lib.shapes import to_shape
from tests.cast import Cast, report

PATH = "/341181/cases/place/"
SINCE, LAST_YEAR, THIS_YEAR = date(2024, 1, 1), date(2025, 6, 1), date(2026, 1, 1)
X, Y, STEP = 1_188_000_000, 326_000_000, 100_000
LAND = {"county": (0, 0, 20, 10), "t1": (0, 0, 15, 10), "t2": (15, 0, 20, 10), "v1": (0, 0, 10, 10),
        "v2": (10, 0, 15, 10), "v3": (15, 0, 20, 10), "g1": (0, 0, 5, 10), "g4": (5, 0, 10, 10)}  # fmt: skip


def at(x: float, y: float) -> tuple[int, int]:
    return round(X + x * STEP), round(Y + y * STEP)


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(*at(west, south), *at(east, north))


def draw(cast: Cast, shapes: dict[str, tuple[float, float, float, float]], on: date) -> list[Outline]:
    wishes = [Wish(cast.areas[short], box(*sides)) for short, sides in shapes.items()]
    seen = {area_id: row.id for area_id, row in outlines_of(wish.area.id for wish in wishes).items()}
    return outlines_put(actor=cast.actor("system_admin"), wishes=wishes, seen=seen, on=on, reason="勘界")


@pytest.fixture
def mapped(cast: Cast) -> Cast:
    draw(cast, LAND, SINCE)
    return cast


def ask(client: Client, x: float, y: float, **more: str) -> HttpResponse:
    lon, lat = at(x, y)
    return client.post(PATH, {"lon": lon / 1e7, "lat": lat / 1e7, **more})  # type: ignore[return-value]


def test_another_grid_than_the_chosen_one_is_offered(mapped: Cast) -> None:
    answer = ask(mapped["village_clerk"].client(), 7, 5, area=mapped.areas["g1"].code)
    html = answer.content.decode()
    assert f'data-take="area" value="{mapped.areas["g4"].code}"' in html
    assert "位置在张庄村第二网格" in html
    assert answer["Cache-Control"] == "no-store"


def test_the_chosen_one_is_confirmed(mapped: Cast) -> None:
    html = ask(mapped["village_clerk"].client(), 7, 5, area=mapped.areas["g4"].code).content.decode()
    assert "位置在张庄村第二网格，和选的一样。" in html
    assert "data-take" not in html


def test_a_village_without_grids_on_the_map_is_offered_itself(mapped: Cast) -> None:
    html = ask(mapped["township_officer"].client(), 12, 5).content.decode()
    assert f'value="{mapped.areas["v2"].code}"' in html


def test_outside_of_the_own_scope_it_is_only_said(mapped: Cast) -> None:
    html = ask(mapped["grid_worker"].client(), 17, 5, area=mapped.areas["g1"].code).content.decode()
    assert "位置在王庄村，不在你负责的范围里" in html
    assert "data-take" not in html


@pytest.mark.parametrize("body", [{}, {"lon": "x", "lat": "1"}, {"lon": "118.85"}, {"lon": "1e400", "lat": "0"},
                                  {"lon": "10", "lat": "10"}])  # fmt: skip
def test_nothing_is_said_of_no_position(mapped: Cast, body: dict[str, str]) -> None:
    answer = mapped["village_clerk"].client().post(PATH, body)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_resident_is_told_too_and_a_stranger_is_not(mapped: Cast) -> None:
    assert ask(mapped["resident"].client(), 7, 5).status_code == 200
    assert ask(Client(), 7, 5).status_code == 302
    assert mapped["village_clerk"].client().get(PATH).status_code == 405


def test_the_form_asks_when_a_position_was_taken(mapped: Cast) -> None:
    for role in ("grid_worker", "village_clerk"):
        html = mapped[role].client().get("/341181/cases/new/").content.decode()
        assert f'data-whereabouts aria-live="polite" hx-post="{PATH}"' in html
        assert 'hx-params="lon,lat,area"' in html


def test_a_case_of_last_year_stays_in_the_grid_of_last_year(mapped: Cast) -> None:
    """The border between two grids moves; what was reported before keeps its grid, whose outline of then is known."""
    lon, lat = at(4, 5)
    case = report(mapped, place="g1", by="village_clerk", lon=lon, lat=lat)
    draw(mapped, {"g1": (0, 0, 3, 10), "g4": (3, 0, 10, 10)}, THIS_YEAR)
    case = Case.objects.get(id=case.id)
    assert case.area_id == mapped.areas["g1"].id
    assert whereabouts(lon, lat).places["grid"].id == mapped.areas["g4"].id
    then = outline_at(mapped.areas["g1"], LAST_YEAR)
    assert then is not None
    assert to_shape(then.shape).covers(shapely.Point(lon, lat))


def _open_of(cast: Cast, role: str) -> list[int]:
    rows = case_list_for(cast.actor(role), CaseFilter(tab=Tab.OPEN), now=timezone.now())
    return [one.id for one in rows]


def test_a_split_takes_no_case_along(mapped: Cast) -> None:
    lon, lat = at(1, 1)
    case = report(mapped, place="g1", by="village_clerk", lon=lon, lat=lat)
    area = mapped.areas["g1"]
    new = grid_split(actor=mapped.actor("system_admin"), area=area, version=area.version, name="第三网格",
                     line=[at(-1, 2), at(6, 2)], reason="太大", on=THIS_YEAR)  # fmt: skip
    assert whereabouts(lon, lat).places["grid"].id == new.id
    assert Case.objects.get(id=case.id).area_id == area.id
    assert _open_of(mapped, "grid_worker") == [case.id]


def test_after_a_merge_the_case_names_the_grid_that_it_was_reported_in(mapped: Cast) -> None:
    case = report(mapped, place="g4", by="village_clerk")
    area = mapped.areas["g4"]
    area_merge(actor=mapped.actor("system_admin"), area=area, version=area.version, into=mapped.areas["g1"],
               reason="并网格", on=THIS_YEAR + timedelta(days=3))  # fmt: skip
    drain()
    case = Case.objects.select_related("area").get(id=case.id)
    assert (case.area_id, case.area.name) == (area.id, "第二网格")
    assert case.area_path == mapped.areas["g1"].path
    assert outline_at(area) is None
    assert outline_at(area, LAST_YEAR) is not None
