"""Nobody learns from a side door what the front door keeps: notices, panels, boards, relations, copies of covered words."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act
from shanzhi.cases.watching import watch
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Notice
from tests.cast import Cast, report
from tests.kinds import kind_add

SOME: dict[str, Any] = {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]}


def told(cast: Cast, *roles: str) -> list[str]:
    """Everything that these people were ever told."""
    people = [cast[role].user.id for role in roles]
    return [f"{row.title} {row.body}" for row in Notice.objects.filter(recipient_id__in=people)]


@pytest.fixture
def closed(cast: Cast) -> Case:
    kind_add("closed", SOME)
    return report(cast, kind="closed", body="独居老人需要照护")


OTHERS = ("branch_secretary", "command_centre", "county_leader", "grid_leader", "county_centre")


def test_only_roles_that_see_the_kind_are_told_of_its_steps(cast: Cast, closed: Case) -> None:
    drain()
    act(cast, "village_clerk", "escalate", closed, text="要镇里协调独居老人的事")
    drain()
    assert told(cast, "township_officer") and told(cast, "village_clerk")
    assert told(cast, *OTHERS) == []


def test_only_they_are_warned_of_its_limits(cast: Cast, closed: Case) -> None:
    watch(timezone.now() + timedelta(days=30))
    assert told(cast, "village_clerk", "township_officer")
    assert told(cast, *OTHERS) == []


def test_the_reporter_is_told_whatever_the_role(cast: Cast, closed: Case) -> None:
    act(cast, "village_clerk", "reject", closed, text="重复反映")
    drain()
    assert any("不予受理" in words for words in told(cast, "grid_worker"))
