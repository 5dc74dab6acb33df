"""The demo's visits: through the services, after the person was written down, without a case of their own."""

import pytest

from shanzhi.cases.models import Case
from shanzhi.demo.tests.loaded import A, Loaded
from shanzhi.people.models import Membership
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from shanzhi.visits.models import Asked, Visit

pytestmark = pytest.mark.django_db


def test_visits_follow_the_plans(small: Loaded) -> None:
    with county(A):
        visits = list(Visit.objects.select_related("resident"))
        assert visits
        assert {one.outcome for one in visits} <= {"well", "need", "absent"}
        assert Asked.objects.values("visit").distinct().count() == len(visits)
        assert Entry.objects.filter(code="visits.visit.made").count() == len(visits)
        for one in visits:
            begun = Membership.objects.filter(resident=one.resident_id).order_by("created_at")[0]
            assert begun.created_at < one.recorded_at <= small.first.end
        assert Membership.objects.filter(seen_on__isnull=False).exists()
        assert Membership.objects.filter(seen_on=None, due_on__isnull=False).exists()


def test_no_case_comes_of_them(small: Loaded) -> None:
    with county(A):
        assert not Visit.objects.exclude(case=None).exists()
        assert not Case.objects.filter(source="visit").exists()
