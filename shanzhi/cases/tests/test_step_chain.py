"""The trail proves a case's steps too: who changes, removes or slips one in is found, and the step is named."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.history import link_of, steps_agree
from shanzhi.cases.models import Case, Step
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.tests.tampering import tamper
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast, build_cast, report

A = 341181
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Cast:
    """A committed cast: whoever tampers comes over another connection."""
    return build_cast(County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now()))


def three_steps(town: Cast) -> Case:
    clerk = town.actor("village_clerk")
    with county(A):
        case = services.case_accept(actor=clerk, case=report(town), version=1)
        return services.case_handle(actor=clerk, case=case, version=2, text="换了井盖")


def findings(case: Case) -> list[str]:
    with county(A):
        return list(steps_agree([Case.objects.get(id=case.id)]))


def rewrite(case: Case, version: int, what: str, value: object) -> None:
    statement = f"UPDATE cases_step SET {what} = %s WHERE county_id = %s AND case_id = %s AND version = %s"
    assert tamper("cases_step", statement, (value, A, case.id, version)) == 1


def test_honest_cases_agree(town: Cast) -> None:
    with county(A):
        solved = report(town, solved="盖住了")
    assert findings(three_steps(town)) == findings(solved) == []
    with county(A):
        assert len(Case.objects.get(id=solved.id).history) == 64


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("text", "没有换"),
        ("actor_name", "别人"),
        ("actor_title", "别的岗位"),
        ("satisfied", True),
        ("was_due_at", None),
    ],
)
def test_a_changed_step_is_named(town: Cast, what: str, value: object) -> None:
    case = three_steps(town)
    rewrite(case, 3, what, value)
    assert findings(case) == [f"事件 {case.code} 的第 3 步办理记录被改过。"]


def test_a_removed_step_is_named(town: Cast) -> None:
    case = three_steps(town)
    statement = "DELETE FROM cases_step WHERE county_id = %s AND case_id = %s AND version = 2"
    assert tamper("cases_step", statement, (A, case.id)) == 1
    assert findings(case) == [f"事件 {case.code} 的第 2 步办理记录不见了。"]


def test_a_chain_written_anew_does_not_meet_the_sealed_history(town: Cast) -> None:
    case = three_steps(town)
    link = ""
    with county(A):
        steps = list(Step.objects.filter(case=case).order_by("version"))
    for step in steps:
        step.text = "改写"
        link = link_of(link, step)
        rewrite(case, step.version, "text", "改写")
        rewrite(case, step.version, "link", link)
    assert findings(case) == [f"事件 {case.code} 的办理记录和封存的指纹对不上。"]
    statement = "UPDATE cases_case SET history = %s WHERE county_id = %s AND id = %s"
    assert tamper("cases_case", statement, (link, A, case.id)) == 1
    assert findings(case) == []  # and then it is the case's own digest that disagrees
    assert any(case.number in sentence for sentence in verify_county(A).findings)


def test_the_verifier_says_it(town: Cast) -> None:
    case = three_steps(town)
    before = verify_county(A).findings
    rewrite(case, 1, "actor_name", "别人")
    after = verify_county(A).findings
    assert [sentence for sentence in after if sentence not in before] == [f"事件 {case.code} 的第 1 步办理记录被改过。"]


def test_steps_written_after_the_rows_were_read_do_not_matter(town: Cast) -> None:
    case = three_steps(town)
    with county(A):
        read = Case.objects.get(id=case.id)
        services.case_verify(actor=town.actor("village_clerk"), case=case, version=3)
        assert list(steps_agree([read])) == []


def test_every_act_keeps_the_chain(town: Cast) -> None:
    clerk, officer = town.actor("village_clerk"), town.actor("township_officer")
    with county(A):
        case = report(town)
    acts: list[Callable[[Case], Case]] = [
        lambda c: services.case_escalate(actor=clerk, case=c, version=c.version, text="请镇里"),
        lambda c: services.case_return(actor=officer, case=c, version=c.version, text="请村里先办"),
        lambda c: services.case_dispatch(actor=clerk, case=c, version=c.version, area=town.areas["g1"]),
    ]
    for act in acts:
        with county(A):
            case = act(Case.objects.select_related("owner__parent").get(id=case.id))
        assert findings(case) == []
    with county(A):
        assert Case.objects.get(id=case.id).history == Step.objects.get(case=case, version=4).link
