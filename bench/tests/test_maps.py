"""The requests of the map's measurement: every one is a part that the house can read, the same for page and API."""

from urllib.parse import parse_qs, urlsplit

from bench.__main__ import MILLIONS, NAMES
from bench.cases import case_bbox, scenarios
from bench.maps import VIEWS, calls
from bench.report import TARGETS
from bench.tests.test_cases import SITE
from shanzhi.cases.mapping.frames import box_read
from shanzhi.cases.selectors import Tab


def test_every_view_is_a_rectangle_of_the_invented_county() -> None:
    for who, bbox, zoom, filters in VIEWS:
        west, south, east, north = box_read(bbox)
        assert 1_180_000_000 < west < east < 1_200_000_000
        assert 320_000_000 < south < north < 330_000_000
        assert 0 <= zoom <= 19
        assert filters["tab"] in Tab.LABELS
        assert who in SITE


def test_the_whole_county_and_a_street_are_among_them() -> None:
    widths = [east - west for west, _, east, _ in (box_read(bbox) for _, bbox, _, _ in VIEWS)]
    assert max(widths) > 30 * min(widths)
    assert {who for who, *_ in VIEWS} == {"centre", "officer"}


def test_page_and_api_ask_for_the_same_parts() -> None:
    asked = [
        [{name: value for name, value in parse_qs(urlsplit(call.path).query).items() if name not in ("zoom", "part")}
         for call in calls(SITE, api=api)]
        for api in (True, False)
    ]  # fmt: skip
    assert asked[0] == asked[1]
    assert all(call.path.startswith("/api/v1/341181/cases/map?") for call in calls(SITE, api=True))
    assert all(call.path.startswith("/341181/cases/map/?") for call in calls(SITE, api=False))
    assert {call.headers["Authorization"] for call in calls(SITE, api=True)} == {
        "Bearer sz_officer",
        "Bearer sz_centre",
    }


def test_it_is_measured_small_and_large_by_the_same_code() -> None:
    small, large = (scenarios(SITE, [name]) for name in ("case_bbox", "case_bbox_2m"))
    assert [(one.name, one.via) for one in small] == [("case_bbox", "api"), ("case_bbox", "page")]
    assert [one.traced for one in small] == [one.traced for one in large]
    assert "case_bbox_2m" in MILLIONS
    assert {"case_bbox", "case_bbox_2m"} <= set(NAMES) & set(TARGETS)
    first, second = case_bbox(SITE, api=True).calls(0), case_bbox(SITE, api=True).calls(1)
    assert next(first).path != next(second).path
