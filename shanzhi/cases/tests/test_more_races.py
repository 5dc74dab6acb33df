"""Merging both ways at once, parts that end at once, undoing against closing: one order or the other, never a knot."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.catalogue import State
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import Case, Step
from shanzhi.cases.services import Part
from shanzhi.cases.tests.pages import act
from shanzhi.lib.errors import Conflict, DomainError
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast, report
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


@pytest.fixture
def town() -> Cast:
    """A committed cast; every thread enters the county by itself."""
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def whole() -> None:
    """Every chain holds, and no case is merged into one that has been merged."""
    assert list(steps_agree(Case.objects.all())) == []
    assert not Case.objects.filter(state=State.MERGED, merged_into__state=State.MERGED).exists()


def fresh(case: Case) -> Case:
    return Case.objects.select_related("owner", "area").get(id=case.id)


def does(service: Callable[..., Case], town: Cast, case: Case, **more: Any) -> Callable[[], Case]:
    """An act by the clerk, on the case as it is when its thread begins."""
    clerk = town.actor("village_clerk")

    def work() -> Case:
        seen = {name: fresh(value) if isinstance(value, Case) else value for name, value in more.items()}
        return service(actor=clerk, case=fresh(case), **seen)

    return work


def refused(results: list[Any]) -> list[Any]:
    """Refusals that a person may get; anything else, such as a deadlock, fails the test."""
    bad = [one for one in results if isinstance(one, BaseException)]
    assert all(isinstance(one, DomainError) and one.status in (409, 422) for one in bad), bad
    return bad


def test_two_merged_into_each_other(town: Cast) -> None:
    clerk = town.actor("village_clerk")
    for _ in range(ROUNDS):
        with county(341181):
            one, two = report(town), report(town)

        def merge(case: Case, into: Case) -> Callable[[], Case]:
            def work() -> Case:
                seen, main = fresh(case), fresh(into)
                return services.case_merge(actor=clerk, case=seen, version=seen.version, into=main, text="同一件")

            return work

        results = together(merge(one, two), merge(two, one))
        assert len(refused(results)) == 1, results
        with county(341181):
            assert sorted([fresh(one).state, fresh(two).state]) == ["merged", "reported"]
            whole()


def test_a_circle_of_three(town: Cast) -> None:
    clerk = town.actor("village_clerk")
    with county(341181):
        cases = [report(town) for _ in range(3)]

    def merge(case: Case, into: Case) -> Callable[[], Case]:
        return lambda: services.case_merge(actor=clerk, case=fresh(case), version=1, into=fresh(into), text="同一件")

    results = together(*(merge(case, cases[(number + 1) % 3]) for number, case in enumerate(cases)))
    refused(results)
    with county(341181):
        whole()
        assert Case.objects.exclude(state=State.MERGED).exists()


def test_parts_that_end_at_once_are_all_counted(town: Cast) -> None:
    clerk = town.actor("village_clerk")
    for _ in range(ROUNDS):
        with county(341181):
            case = act(town, "village_clerk", "accept", report(town))
            act(town, "village_clerk", "split", case, parts=[Part("一"), Part("二"), Part("三")])
            parts = list(Case.objects.filter(parent_id=case.id))

        def reject(part: Case) -> Callable[[], Case]:
            return lambda: services.case_reject(actor=clerk, case=fresh(part), version=1, text="不属实")

        results = together(*map(reject, parts))
        assert refused(results) == []
        with county(341181):
            done = fresh(case)
            assert (done.parts, done.state) == (0, State.ACCEPTED)
            counted = Step.objects.filter(case=case, act="part").order_by("version").values_list("target", flat=True)
            assert [words.split("，")[1] for words in counted] == ["还有 2 件没办完", "还有 1 件没办完", "全部办完"]
            whole()


def test_a_part_merged_while_another_ends(town: Cast) -> None:
    for _ in range(ROUNDS):
        with county(341181):
            case = act(town, "village_clerk", "accept", report(town))
            act(town, "village_clerk", "split", case, parts=[Part("一"), Part("二")])
            one, two = Case.objects.filter(parent_id=case.id).order_by("id")
            main = report(town)
        results = together(
            does(services.case_merge, town, one, version=1, into=main, text="同一件"),
            does(services.case_reject, town, two, version=1, text="不属实"),
            does(services.case_note, town, case, text="看看"),
        )
        assert refused(results) == []
        with county(341181):
            assert fresh(case).parts == 0
            whole()


def test_undoing_against_the_end_of_the_main_case(town: Cast) -> None:
    for _ in range(ROUNDS):
        with county(341181):
            main, other = report(town), report(town)
            act(town, "village_clerk", "merge", other, into=main, text="同一件")
        results = together(
            does(services.case_unmerge, town, other, version=2),
            does(services.case_reject, town, main, version=2, text="不属实"),
        )
        lost = refused(results)
        assert len(lost) == 1
        assert isinstance(lost[0], Conflict)
        with county(341181):
            states = (fresh(other).state, fresh(main).state)
            assert states in (("reported", "reported"), ("merged", "rejected"))
            whole()


def test_notes_at_once_are_all_kept(town: Cast) -> None:
    with county(341181):
        case = report(town)
    actors = [town.actor(who) for who in ("village_clerk", "branch_secretary", "township_officer", "grid_worker")]

    def write(actor: Any) -> Callable[[], Case]:
        return lambda: services.case_note(actor=actor, case=fresh(case), text="看到了")

    results = together(*map(write, actors))
    assert refused(results) == []
    with county(341181):
        assert Step.objects.filter(case=case, act="note").count() == 4
        whole()


def test_reopened_twice_at_once_it_is_once(town: Cast) -> None:
    with county(341181):
        case = report(town, solved="当场办好")
        act(town, "village_clerk", "verify", case)
        case = act(town, "village_clerk", "close", case)
    worker, clerk = town.actor("grid_worker"), town.actor("village_clerk")
    results = together(
        lambda: services.case_reopen(actor=worker, case=fresh(case), version=case.version, text="又坏了"),
        lambda: services.case_reopen(actor=clerk, case=fresh(case), version=case.version, text="回访不实"),
    )
    assert len(refused(results)) == 1
    with county(341181):
        assert fresh(case).reopened == 1
        whole()
