"""What is kept of visits goes with the person, and with the last group that they were for."""

from datetime import timedelta

from django.utils import timezone

from shanzhi.people.models import Membership, Resident
from shanzhi.people.services import membership_end, memberships_sweep, resident_erase
from shanzhi.people.tests.world import GROUP, ago, member, today
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from shanzhi.visits.models import Asked, Visit
from shanzhi.visits.tests.world import VISITORS, define, due, groups, make, membership
from tests.cast import Cast


def over(cast: Cast, row: Resident, group: str = "alone") -> Membership:
    """The membership ended longer ago than its group keeps it."""
    one = next(one for one in Membership.objects.filter(resident=row, until=None) if one.group == group)
    membership_end(actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="搬走")
    Membership.objects.filter(id=one.id).update(since=ago(900), until=ago(800))
    return one


def test_visits_go_with_the_last_group_they_were_for(cast: Cast) -> None:
    groups(cast)
    define(
        cast, "poor", {**GROUP, "label": "低保对象", "class": "income", "visited_by": VISITORS, "visit_every_days": 90}
    )
    row = due(cast)
    member(cast, row, "poor")
    both = make(cast, row)
    over(cast, row)
    assert memberships_sweep(at=timezone.now()) == 1
    assert [one.group for one in Asked.objects.filter(visit=both)] == ["poor"]
    over(cast, row, "poor")
    assert memberships_sweep(at=timezone.now()) == 1
    assert not Visit.objects.exists()
    assert Entry.objects.filter(object_id=both.id, code="visits.visit.erased").count() == 1
    assert not [line for line in verify_county(cast.county.id).findings if "走访" in line]


def test_another_persons_visits_stay(cast: Cast) -> None:
    groups(cast)
    first, second = due(cast), due(cast, name="李四", order=102)
    make(cast, first)
    kept = make(cast, second)
    over(cast, first)
    memberships_sweep(at=timezone.now())
    assert [one.id for one in Visit.objects.all()] == [kept.id]
    assert membership(second).seen_on == today()


def test_visits_go_with_the_person(cast: Cast) -> None:
    groups(cast)
    row = due(cast)
    make(cast, row)
    make(cast, row, "absent")
    over(cast, row)
    memberships_sweep(at=timezone.now() - timedelta(days=2000))
    now = Resident.objects.get(id=row.id)
    resident_erase(actor=cast.actor("village_clerk"), number=row.id, version=now.version, mistaken=True)
    assert not Visit.objects.exists()
    assert not Asked.objects.exists()
    assert not Resident.objects.filter(id=row.id).exists()
    assert Entry.objects.filter(code="visits.visit.erased").count() == 2
