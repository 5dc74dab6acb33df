"""A kind that only some roles may see is absent for everybody else: lists, counts, pages, API, search, calls."""

from typing import Any

import pytest
from django.urls import reverse

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act, address, report, text_of
from shanzhi.cases.tests.test_whistles import whistle
from shanzhi.lib.errors import Invalid
from tests.cast import Cast
from tests.kinds import kind_add

BODY: dict[str, Any] = {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]}
WITH_UNITS = {**BODY, "seen_by": [*BODY["seen_by"], "department_handler"]}


@pytest.fixture
def closed(cast: Cast) -> Case:
    kind_add("closed", BODY)
    return report(cast, kind="closed", body="独居老人需要照护")


@pytest.mark.parametrize("role", ["grid_leader", "branch_secretary", "command_centre", "county_leader", "auditor"])
def test_other_roles_of_the_place_do_not_find_it(cast: Cast, closed: Case, role: str) -> None:
    client = cast[role].client()
    assert client.get(address(closed)).status_code == 404
    for query in ("?tab=open", "?tab=open&q=独居", f"?tab=open&q={closed.number}"):
        page = client.get(f"{reverse('cases:list', args=[closed.county_id])}{query}")
        assert "独居老人" not in text_of(page)
    api = client.get(f"/api/v1/{closed.county_id}/cases?tab=open").json()
    assert closed.number not in [item["number"] for item in api["items"]]
    assert client.get(f"/api/v1/{closed.county_id}/cases/{closed.number}").status_code == 404


@pytest.mark.parametrize("role", ["village_clerk", "township_officer", "grid_worker"])
def test_those_roles_and_the_reporter_do(cast: Cast, closed: Case, role: str) -> None:
    assert cast[role].client().get(address(closed)).status_code == 200


def test_in_the_list_of_those_roles(cast: Cast, closed: Case) -> None:
    page = cast["township_officer"].client().get(f"{reverse('cases:list', args=[closed.county_id])}?tab=open")
    assert "独居老人" in text_of(page)


def test_nobody_is_called_who_could_not_see_it(cast: Cast, closed: Case) -> None:
    with pytest.raises(Invalid, match="看不到"):
        whistle(cast, closed)
    case = act(cast, "village_clerk", "accept", closed)
    with pytest.raises(Invalid, match="看不到"):
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])


def test_a_whistle_at_it_is_not_on_the_board_of_others(cast: Cast) -> None:
    kind_add("closed", WITH_UNITS)
    closed = whistle(cast, report(cast, kind="closed", body="独居老人需要照护"))
    board = reverse("cases:whistles", args=[closed.county_id])
    assert "独居老人" in text_of(cast["township_officer"].client().get(board))
    assert "独居老人" in text_of(cast["department_handler"].client().get(board))
    for role in ("command_centre", "county_leader", "branch_secretary"):
        assert "独居老人" not in text_of(cast[role].client().get(board)), role
