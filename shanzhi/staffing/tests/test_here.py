"""谁负责这里 at its edges: borders, nowhere, numbers that are none; posts that are over, to come, or worked by another."""

from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.utils import timezone

from shanzhi.accounts.models import Post, StandIn
from shanzhi.areas.models import Outline
from shanzhi.areas.selectors.examining import Wish
from shanzhi.areas.services import outlines_put
from shanzhi.lib.times import local
from shanzhi.staffing import selectors
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from shanzhi.staffing.tests.test_api import BASE, Api
from tests.cast import Cast

HERE = "/341181/staffing/here/"
NOWHERE = "这个位置不在本县的网格里"


@pytest.fixture
def land(cast: Cast) -> Cast:
    """Two grids side by side, with their village around them."""
    west = shapely.box(1_180_000_000, 320_000_000, 1_180_100_000, 320_100_000)
    east = shapely.box(1_180_100_000, 320_000_000, 1_180_200_000, 320_100_000)
    shapes = {"g1": west, "g4": east, "v1": shapely.union(west, east)}
    outlines_put(
        actor=cast.actor("system_admin"), wishes=[Wish(cast.areas[name], shape) for name, shape in shapes.items()],
        seen={}, on=local(timezone.now()).date(), reason="画界", source=Outline.Source.DRAWN, at=timezone.now(),
    )  # fmt: skip
    return cast


def test_on_a_border_one_grid_answers_and_page_and_api_name_the_same(land: Cast) -> None:
    worker, api = land["grid_worker"].client(), Api(land, "grid_worker")
    for lon, lat in ((118.01, 32.005), (118.0, 32.0), (118.02, 32.01), (118.005, 32.005), (118.015, 32.005)):
        page = worker.post(HERE, {"lon": str(lon), "lat": str(lat)})
        told = api.post("/here", {"lon": lon, "lat": lat})
        assert page.status_code == told.status_code, (lon, lat)
        if page.status_code == 200:
            spots = told.json()["spots"]
            assert [spot.area.code for spot, _ in page.context["spots"]] == [one["area"]["code"] for one in spots]
            assert spots[-1]["level"] == "county"
    sides = {lon: api.post("/here", {"lon": lon, "lat": 32.005}).json()["spots"][0] for lon in (118.005, 118.015)}
    assert [one["area"]["code"] for one in sides.values()] == [land.areas["g1"].code, land.areas["g4"].code]


@pytest.mark.parametrize(
    "lon", ["nan", "inf", "-inf", "1e400", "1e308", "181", "-181", "１１８", "118,0", "0x76", "\0"]
)
def test_a_position_that_is_none_is_told_and_the_text_stays(land: Cast, lon: str) -> None:
    answer = land["grid_worker"].client().post(HERE, {"lon": lon, "lat": "32.005", "text": ""})
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or lon == "１１８"  # digits of full width are digits


@pytest.mark.parametrize("lon", ["NaN", "Infinity", "-Infinity", "1e308", "181", '"x"', "null", "[]"])
def test_a_position_that_is_none_is_no_error_of_the_api(land: Cast, lon: str) -> None:
    api = Api(land, "grid_worker")
    body = '{"lon": ' + lon + ', "lat": 32.005}'
    answer = api.client.post(f"{BASE}/here", body, content_type="application/json", headers=api.headers)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"].startswith("application/problem+json")


def test_far_outside_and_over_the_border_of_the_county_is_nowhere(land: Cast) -> None:
    worker = land["grid_worker"].client()
    for lon, lat in (("0", "0"), ("-180", "-90"), ("180", "90"), ("119.5", "33.5")):
        page = worker.post(HERE, {"lon": lon, "lat": lat})
        assert page.status_code == 422
        assert NOWHERE in page.content.decode()


def lead(cast: Cast, place: str = "g1", at: Any = NOW) -> Any:
    spot = selectors.responsible(cast.areas[place], at=at)[0]
    return next((one for one in spot.people if one.role == "leader"), None), "网格长" in spot.vacant


@pytest.mark.parametrize("changes", [
    {"revoked_at": NOW, "revoke_reason": "换人"}, {"valid_from": days(1)}, {"valid_to": days(-1)},
])  # fmt: skip
def test_a_post_that_is_over_or_to_come_leads_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    assert lead(cast)[1] is False
    Post.objects.filter(id=cast["grid_leader"].post.id).update(**changes)
    assert lead(cast) == (None, True)
    state = {"revoked_at": "ended", "valid_from": "coming", "valid_to": "over"}[next(iter(changes))]
    wanted = selectors.StaffFilter(role="leader", state=state)
    rows = selectors.holder_list(cast.actor("county_centre"), wanted, selectors.as_of(NOW), limit=9)
    assert [one.post_id for one in rows] == [cast["grid_leader"].post.id]


def test_a_stand_in_is_named_on_their_days_only_and_never_fills_an_empty_post(cast: Cast) -> None:
    post, user = cast["grid_leader"].post, cast["branch_secretary"].user
    StandIn.objects.create(
        post=post, substitute=user, valid_from=TODAY, valid_to=days(2), reason="培训", created_at=NOW
    )
    assert [lead(cast, at=NOW + timedelta(days=n))[0].instead for n in (-1, 0, 2, 3)] == [
        "", user.name, user.name, "",
    ]  # fmt: skip
    user.is_active = False
    user.save()
    assert lead(cast)[0].instead == ""  # who may not sign in stands in for nobody
    user.is_active = True
    user.save()
    Post.objects.filter(id=post.id).update(revoked_at=NOW, revoke_reason="换人")
    assert lead(cast) == (None, True)


def test_a_stand_in_is_shown_on_the_page(cast: Cast, appoint: Appoint) -> None:
    today, user = local(timezone.now()).date(), cast["branch_secretary"].user
    StandIn.objects.create(
        post=cast["grid_leader"].post, substitute=user, valid_from=today, valid_to=today, reason="培训",
        created_at=timezone.now(),
    )  # fmt: skip
    page = cast["grid_worker"].client().get(f"{HERE}?area={cast.areas['g1'].code}").content.decode()
    assert f"现由{user.name}代班" in page
    assert cast["grid_leader"].user.name in page
