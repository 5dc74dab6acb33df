"""The trail proves a case's steps too: who changes, removes or slips one in is found, and the step is named."""

from collections.abc import Callable

import pytest

from shanzhi.cases import services
from shanzhi.cases.history import link_of, steps_agree
from shanzhi.cases.models import Case, Step
from shanzhi.tenancy.context import current
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast, report


def three_steps(cast: Cast) -> Case:
    clerk = cast.actor("village_clerk")
    case = services.case_accept(actor=clerk, case=report(cast), version=1)
    return services.case_handle(actor=clerk, case=case, version=2, text="换了井盖")


def findings(case: Case) -> list[str]:
    return list(steps_agree([Case.objects.get(id=case.id)]))


def test_honest_cases_agree(cast: Cast) -> None:
    solved = report(cast, solved="盖住了")
    assert findings(three_steps(cast)) == findings(solved) == []
    assert len(Case.objects.get(id=solved.id).history) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"text": "没有换"},
        {"actor_name": "别人"},
        {"actor_title": "别的岗位"},
        {"satisfied": True},
        {"was_due_at": None},
    ],
)
def test_a_changed_step_is_named(cast: Cast, change: dict[str, object]) -> None:
    case = three_steps(cast)
    Step.objects.filter(case=case, version=3).update(**change)
    assert findings(case) == [f"事件 {case.code} 的第 3 步办理记录被改过。"]


def test_a_removed_step_is_named(cast: Cast) -> None:
    case = three_steps(cast)
    Step.objects.filter(case=case, version=2).delete()
    assert findings(case) == [f"事件 {case.code} 的第 2 步办理记录不见了。"]


def test_a_chain_written_anew_does_not_meet_the_sealed_history(cast: Cast) -> None:
    case = three_steps(cast)
    link = ""
    for step in Step.objects.filter(case=case).order_by("version"):
        step.text = "改写"
        step.link = link = link_of(link, step)
        step.save()
    assert findings(case) == [f"事件 {case.code} 的办理记录和封存的指纹对不上。"]
    Case.objects.filter(id=case.id).update(history=link)
    assert findings(case) == []  # and then it is the case's own digest that disagrees
    assert any(case.number in sentence for sentence in verify_county(current()).findings)


def test_the_verifier_says_it(cast: Cast) -> None:
    case = three_steps(cast)
    before = verify_county(current()).findings
    Step.objects.filter(case=case, version=1).update(actor_name="别人")
    after = verify_county(current()).findings
    assert [sentence for sentence in after if sentence not in before] == [f"事件 {case.code} 的第 1 步办理记录被改过。"]


def test_steps_written_after_the_rows_were_read_do_not_matter(cast: Cast) -> None:
    case = three_steps(cast)
    read = Case.objects.get(id=case.id)
    services.case_verify(actor=cast.actor("village_clerk"), case=case, version=3)
    assert list(steps_agree([read])) == []


def test_every_act_keeps_the_chain(cast: Cast) -> None:
    clerk, officer = cast.actor("village_clerk"), cast.actor("township_officer")
    case = report(cast)
    acts: list[Callable[[Case], Case]] = [
        lambda c: services.case_escalate(actor=clerk, case=c, version=c.version, text="请镇里"),
        lambda c: services.case_return(actor=officer, case=c, version=c.version, text="请村里先办"),
        lambda c: services.case_dispatch(actor=clerk, case=c, version=c.version, area=cast.areas["g1"]),
        lambda c: services.case_reject(actor=clerk, case=c, version=c.version, text="重复"),
    ]
    for act in acts[:3]:
        case = act(Case.objects.select_related("owner__parent").get(id=case.id))
        assert findings(case) == []
    assert Case.objects.get(id=case.id).history == Step.objects.get(case=case, version=4).link
