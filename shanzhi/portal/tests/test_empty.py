"""A platform without counties, with one, and a county without places."""

import pytest
from django.test import Client

from shanzhi.demo.tests.loaded import A, B
from shanzhi.portal.tests.test_start import opened
from shanzhi.tenancy.models import County
from shanzhi.tenancy.selectors import forget_counties

pytestmark = pytest.mark.django_db


def test_a_county_without_areas(county_a: County) -> None:
    page = opened(f"/{A}/")
    assert "这个县还没有乡镇" in page
    assert "还没有封存过记录" in page


def test_one_county_leads_there(county_a: County, counties: dict[int, County]) -> None:
    County.objects.filter(id=B).update(is_active=False)
    forget_counties()
    answer = Client().get("/")
    assert (answer.status_code, answer["Location"]) == (302, f"/{A}/")


def test_none(db: None) -> None:
    page = opened("/")
    assert "还没有开通的县" in page
