"""A kind that only some roles may see is absent for everybody else: lists, counts, pages, API, search, calls."""

import pytest
from django.urls import reverse

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.pages import address, report, text_of
from tests.cast import Cast
from tests.kinds import kind_add

BODY = {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]}


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


def test_a_whistle_at_it_is_not_on_the_board_of_others(cast: Cast, closed: Case) -> None:
    unit = [cast.units["t1"]]
    case_act(actor=cast.actor("village_clerk"), case=closed, act=Act.WHISTLE, version=1, units=unit, text="请来看看")
    board = reverse("cases:whistles", args=[closed.county_id])
    assert "独居老人" in text_of(cast["township_officer"].client().get(board))
    for role in ("command_centre", "county_leader", "department_handler"):
        assert "独居老人" not in text_of(cast[role].client().get(board)), role
