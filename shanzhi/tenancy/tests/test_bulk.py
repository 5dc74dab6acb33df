"""Many rows at once are what single rows are: sealed under their field's ring, and no value stays none."""

import pytest
from django.utils import timezone

from shanzhi.clues.models import Clue
from shanzhi.clues.tests.desk import office_of
from shanzhi.people.models import Search
from shanzhi.tenancy.bulk import row_new, rows_insert
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_field_with_a_ring_of_its_own_is_sealed_under_it(cast: Cast) -> None:
    office_of(cast)
    now = timezone.now()
    words = {"body": "砂场", "place": "", "whom": "", "name": "", "phone": ""}
    rows_insert([
        row_new(Clue, number=f"AAAAAAA{sign}", received_at=now, last_at=now, secret="x", secret_mark=sign, **words)
        for sign in "BC"
    ])  # fmt: skip
    assert [one.body for one in Clue.objects.filter(number__startswith="AAAAAAA")] == ["砂场", "砂场"]


def test_other_fields_are_sealed_under_the_common_one(cast: Cast) -> None:
    user = cast["grid_worker"].user
    rows_insert([row_new(Search, user_id=user.pk, text="张小平", created_at=timezone.now())])
    assert Search.objects.get().text == "张小平"
