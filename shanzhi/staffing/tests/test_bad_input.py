"""Whatever is sent, no page and no operation breaks; no name, number or position gets into an address or the log."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.access.permissions import ROLES
from shanzhi.staffing.catalogue import ROLES as STAFF_ROLES
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.selectors import STATES
from shanzhi.staffing.tests.conftest import Appoint
from tests.cast import Cast

BASE = "/341181/staffing/"
LISTS = ("", "people/", "vacancies/", "print/", "export/", "people/export/", "vacancies/export/", "here/", "rule/")
JUNK = (
    "area=%00", "area=" + "9" * 300, "area=%F0%9F%98%80", "role=%00&state=%00", "role[]=x", "state=in", "state=in999",
    "sort=%27%3B--", "level=none", "after=%00", "after=" + "x" * 2000, "before=x", "on=", "format=exe", "at=own",
    "what=x&place=x", "%00=%00", "on=2026-01-01&on=x", "area=341181101201&area=x",
)  # fmt: skip
LONG = "长" * 5000


@pytest.fixture
def centre(cast: Cast) -> Client:
    return cast["county_centre"].client()


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_no_query_breaks_a_page(centre: Client, junk: str) -> None:
    for name in LISTS:
        assert centre.get(f"{BASE}{name}?{junk}").status_code in (200, 302, 404, 422), name


@pytest.mark.parametrize("state", STATES)
def test_every_state_and_role_is_listed(centre: Client, state: str) -> None:
    for role in ("", "leader", "instructor", "secretary"):
        assert centre.get(f"{BASE}people/?state={state}&role={role}&sort=until").status_code == 200


@pytest.mark.parametrize(
    "field", ["name", "organisation", "phone", "source", "place", "role", "valid_from", "valid_to"]
)
@pytest.mark.parametrize("bad", ["\0", LONG, "\ud83d", "<script>alert(1)</script>", "'; --"])
def test_no_field_breaks_the_form(cast: Cast, centre: Client, field: str, bad: str) -> None:
    sent = {"place": cast.areas["g1"].code, "role": "instructor", "name": "周明远", "valid_from": "2026-01-01",
            field: bad.encode("utf-8", "replace").decode()}  # fmt: skip
    answer = centre.post(f"{BASE}people/new/", sent)
    assert answer.status_code in (302, 404, 422)
    assert b"<script>alert" not in answer.content
    if answer.status_code != 302:
        assert not Assignment.objects.exists()


@pytest.mark.parametrize("act", ["corrections", "terms", "renewals", "ends", "phone"])
@pytest.mark.parametrize("sent", [{}, {"version": "x"}, {"version": str(10**30)}, {"version": "-1", "reason": "\0"}])
def test_no_act_breaks_on_what_it_gets(centre: Client, appoint: Appoint, act: str, sent: dict[str, str]) -> None:
    row = appoint("police", "v1", phone="13955501234", at=timezone.now())
    answer = centre.post(f"{BASE}people/{row.id}/{act}/", sent)
    assert answer.status_code in (409, 422)
    assert Assignment.objects.get().version == 1


@pytest.mark.parametrize("number", ["0", "1", str(2**63 - 1), str(2**63), "9" * 40])
def test_nobody_of_this_number_is_not_found(centre: Client, number: str) -> None:
    for act in ("", "corrections/", "terms/", "renewals/", "ends/", "phone/"):
        assert centre.get(f"{BASE}people/{number}/{act}").status_code == 404


def test_a_key_that_is_none_is_refused_and_nothing_is_written(cast: Cast, centre: Client) -> None:
    sent = {"place": cast.areas["g1"].code, "role": "instructor", "name": "周明远", "valid_from": "2026-01-01"}
    refused = centre.post(f"{BASE}people/new/", {**sent, "idempotency_key": "长" * 80})
    assert refused.status_code == 422
    assert not Assignment.objects.exists()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as loud as it gets."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_walk_leaves_no_trace_of_anybody(cast: Cast, centre: Client, log: io.StringIO) -> None:
    sent = {"place": cast.areas["v1"].code, "role": "police", "name": "诸葛孔方", "phone": "13955509876",
            "valid_from": "2026-01-01"}  # fmt: skip
    addresses = [centre.post(f"{BASE}people/new/", sent)["Location"]]
    addresses.append(centre.post(f"{BASE}people/searches/", {"text": "诸葛孔方"})["Location"])
    row = Assignment.objects.get()
    centre.post(f"{BASE}people/{row.id}/phone/", {"purpose": "case"})
    centre.post(f"{BASE}here/", {"lon": "118.9876543", "lat": "32.1234567"})
    centre.post(f"{BASE}here/", {"text": "诸葛孔方"})
    centre.get(f"{BASE}people/export/")
    told = [line for line in log.getvalue().splitlines() if "INSERT" not in line and "SELECT" not in line]
    for secret in ("诸葛孔方", "13955509876", "118.9876543"):
        assert not any(secret in address for address in addresses)
        assert not any(secret in line for line in told)


def test_posts_and_staff_roles_fit_each_other() -> None:
    for role in STAFF_ROLES.values():
        if role.post:
            assert role.label == ROLES[role.post].label
            assert set(role.levels) <= set(ROLES[role.post].levels)


def test_a_page_answers_with_few_statements(cast: Cast, centre: Client, django_assert_max_num_queries: Any) -> None:
    """Beside session, actor, shell and, on PostgreSQL, the county of the transaction."""
    for name, most in (("", 18), ("people/", 18), ("vacancies/", 18), (f"here/?area={cast.areas['g1'].code}", 18)):
        with django_assert_max_num_queries(most):  # a limit, so that a query for each row is seen
            assert centre.get(BASE + name).status_code == 200
