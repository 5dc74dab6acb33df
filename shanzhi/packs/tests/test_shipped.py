"""Every pack that comes with the house loads without a fault and is written again to the same bytes."""

from pathlib import Path

import pytest
from django.conf import settings

from shanzhi.access.actor import Actor
from shanzhi.areas.services import county_open
from shanzhi.areas.tests import factories as areas
from shanzhi.areas.tests.factories import A
from shanzhi.packs.exporting import export_pack
from shanzhi.packs.loading import load_pack
from shanzhi.packs.selectors import forget_bodies
from shanzhi.packs.shipped import SHIPPED
from shanzhi.packs.sources import files_in
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db


def test_there_is_one_for_a_rural_county() -> None:
    assert "county" in SHIPPED
    assert SHIPPED["county"].directory == settings.PACKS_DIR / "county"


@pytest.mark.parametrize("code", list(SHIPPED))
def test_what_goes_in_comes_out_byte_for_byte(code: str, county_a: County, system: Actor, tmp_path: Path) -> None:
    areas.load()
    county_open(code=str(A), since=areas.SINCE)
    loaded = load_pack(SHIPPED[code].directory, actor=system)
    assert loaded.faults == []
    assert len(loaded.published) == len(loaded.rows)
    forget_bodies()
    export_pack(tmp_path, pack=code)
    assert files_in(tmp_path) == files_in(SHIPPED[code].directory)
    again = load_pack(tmp_path, actor=system)
    assert [len(again.published), len(again.unchanged)] == [0, len(loaded.rows)]
