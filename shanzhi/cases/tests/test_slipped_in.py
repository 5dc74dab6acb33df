"""A step that nobody did, written beside the others with power over the database, is found by the chain."""

from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.history import link_of, steps_agree
from shanzhi.cases.models import Case, Step
from shanzhi.cases.tests.pages import act
from shanzhi.tenancy.ids import new_id
from tests.cast import Cast, report


@pytest.fixture
def case(cast: Cast, county_a: Any) -> Case:
    act(cast, "village_clerk", "accept", report(cast))
    return Case.objects.get()


@pytest.mark.parametrize("version", [0, 3, 4, 99])
def test_a_step_before_the_first_or_behind_the_last_is_found(case: Case, version: int) -> None:
    assert (case.version, list(steps_agree([case]))) == (2, [])
    last = case.steps.get(version=case.version)
    more = Step(
        id=new_id(), case_id=case.id, version=version, act=Act.HANDLE, at=timezone.now(), actor_name="赵村文",
        text="补写的。", from_state=case.state, to_state=case.state,
    )  # fmt: skip
    more.link = link_of(last.link, more)
    Step.objects.bulk_create([more])
    assert list(steps_agree([case])) == [f"事件 {case.code} 多出了没有办过的步骤。"]


def test_an_act_after_the_verifier_read_the_case_is_none(cast: Cast, case: Case) -> None:
    act(cast, "village_clerk", "dispatch", Case.objects.get(), area=cast.areas["g1"])
    assert list(steps_agree([case])) == []  # as it was read before
    assert list(steps_agree(list(Case.objects.all()))) == []
