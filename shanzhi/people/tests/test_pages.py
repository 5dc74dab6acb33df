"""The pages, as whoever works with them opens them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from shanzhi.people.happenings import HAPPENINGS
from shanzhi.people.models import Dwelling, Household, Membership, Resident, Stay
from shanzhi.people.services import request_take
from shanzhi.people.tests.world import (
    dwelling,
    groups,
    household,
    id_number,
    member,
    resident,
)
from tests.cast import Cast

A = 341181


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=[A, *args])


def words(answer: Any) -> str:
    """What a person reads on the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


@pytest.fixture
def family(cast: Cast) -> Resident:
    """A head with a wife in a dwelling and a household, and in a group."""
    groups(cast)
    home = dwelling(cast)
    head = resident(cast, dwelling=home.id)
    wife = resident(cast, name="李秀英", dwelling=home.id, order=200, paper_number=id_number(order=200))
    household(cast, {head: "0", wife: "1"})
    member(cast, head)
    return Resident.objects.get(id=head.id)


def sent(**said: Any) -> dict[str, Any]:
    return {"idempotency_key": uuid4().hex, **{key: value for key, value in said.items() if value is not None}}


def test_every_page_opens_for_the_clerk(cast: Cast, clerk: Client, family: Resident) -> None:
    asked = request_take(actor=cast.actor("village_clerk"), resident=family.id, kind="copy")
    stay, care = Stay.objects.filter(resident=family).order_by("id").first(), Membership.objects.get()
    home, house = Dwelling.objects.get(), Household.objects.get()
    assert stay is not None
    pages = [
        url("list"), url("resident-new"), url("resident", family.id), url("facts", family.id),
        url("take-back", family.id), url("leave", family.id), url("care-begin", family.id), url("reveal", family.id),
        url("looks", family.id), url("looks-print", family.id), url("copy", family.id), url("request-new", family.id),
        url("erase", family.id), url("correct", stay.id), url("households"), url("household-new"),
        url("household", house.id), url("join", house.id), url("head", house.id), url("split", house.id),
        url("merge", house.id), url("close", house.id), url("dwellings"), url("dwelling-new"), url("dwelling", home.id),
        url("dwelling-change", home.id), url("dwelling-gone", home.id), url("care"), url("group", "alone"),
        url("care-end", care.id), url("requests"), url("request", asked.id), url("counts"), url("counts-print"),
        *(url("event", family.id, code) for code in HAPPENINGS),
        *(url("household-event", house.id, code) for code, one in HAPPENINGS.items() if one.whole),
        url("list") + "?tab=registered&population=settled&sex=1&age=60-79&care=alone",
        url("resident-new") + f"?dwelling={home.id}", url("resident-new") + f"?household={house.id}&change=born",
        url("group", "alone") + "?state=due", url("group", "alone") + "?state=ended",
    ]  # fmt: skip
    for page in pages:
        answer = clerk.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "13955501234" not in text, page
        assert family.paper_number not in text, page
