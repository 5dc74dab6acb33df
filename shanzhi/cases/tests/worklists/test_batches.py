"""One act on many cases: each is done or refused by itself, once for a key, in a request or as a job."""

from typing import Any

import pytest

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import ActBatch, Assignment, Case, Step
from shanzhi.cases.services.engine import STALE
from shanzhi.cases.tests.pages import act, report, statements
from shanzhi.cases.worklists import batches
from shanzhi.cases.worklists.batches import GONE, MOST_ROWS, Wish, batch_acts, batch_create, batch_get_for
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import DomainError, Forbidden, Invalid, NotFound
from tests.cast import Cast


def accepted(cast: Cast, count: int = 3) -> list[Case]:
    """Taken down and accepted at the township's desk."""
    made = [report(cast, by="township_officer", place="v1", body=f"第 {n} 件") for n in range(count)]
    return [act(cast, "township_officer", "accept", case) for case in made]


def seen(cases: list[Case]) -> list[tuple[str, int]]:
    return [(case.number, case.version) for case in cases]


def do(cast: Cast, cases: list[Case], who: str = "township_officer", name: str = "dispatch", **more: Any) -> ActBatch:
    wish = more.pop("wish", Wish(unit=cast.units["t1"].code, limit="3 days", text="请尽快"))
    pairs = more.pop("pairs", None) or seen(cases)
    return batch_create(actor=cast.actor(who), act=name, cases=pairs, wish=wish, **more)


def sentences(batch: ActBatch) -> list[str | None]:
    return [row[3] for row in batch.rows]


def test_every_case_is_dispatched_with_step_assignment_and_trail(cast: Cast) -> None:
    cases = accepted(cast)
    batch = do(cast, cases)
    assert (batch.done, batch.refused, batch.total, batch.job_id) == (3, 0, 3, None)
    assert batch.ended_at is not None
    for case in Case.objects.all():
        assert (case.state, case.version, case.handler_unit_id) == ("dispatched", 3, cast.units["t1"].id)
        assert Step.objects.get(case=case, version=3).text == "请尽快"
        assert Assignment.objects.get(case=case).due_at == case.due_at


def test_what_cannot_be_done_is_refused_by_itself(cast: Cast) -> None:
    fine, stale, early, foreign = *accepted(cast, 2), report(cast), report(cast, by="other_worker", place="g3")
    pairs = [(fine.number, 2), (stale.number, 1), (early.number, 1), (foreign.number, 1), ("2001-9999", 1)]
    batch = do(cast, [], pairs=pairs)
    told = dict(zip([number for number, _ in pairs], sentences(batch), strict=True))
    assert told[fine.number] == ""
    assert told[stale.number] == STALE
    assert told[early.number] == "这件事现在是“待受理”，不能派给，请刷新后再看。"
    assert told[foreign.number] == told["2001-9999"] == GONE
    assert (batch.done, batch.refused) == (1, 4)
    assert Case.objects.get(id=stale.id).version == 2


def test_each_goes_to_the_place_where_it_is(cast: Cast) -> None:
    one = report(cast, by="township_officer", place="g1")
    two = report(cast, by="township_officer", place="v2")
    here = report(cast, by="township_officer", place="t1")
    cases = [act(cast, "township_officer", "accept", case) for case in (one, two, here)]
    batch = do(cast, cases, wish=Wish(own=True))
    assert sentences(batch) == ["", "", "这件事不在任何下级，请单独派。"]
    given = dict(Case.objects.filter(state="dispatched").values_list("id", "handler_area_id"))
    assert given == {one.id: cast.areas["v1"].id, two.id: cast.areas["v2"].id}


WAYS = {
    "accept": ((), "", "accepted"),
    "reject": ((), "不归村里管", "rejected"),
    "handle": (("accept",), "已现场处理", "handled"),
    "verify": (("accept", "handle"), "", "verified"),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_other_acts_too(cast: Cast, name: str) -> None:
    before, words, after = WAYS[name]
    cases = [report(cast) for _ in range(2)]
    for step in before:
        extra = {"text": "修好了"} if step == "handle" else {}
        cases = [act(cast, "village_clerk", step, case, **extra) for case in cases]
    batch = do(cast, cases, who="village_clerk", name=name, wish=Wish(text=words))
    assert sentences(batch) == ["", ""]
    assert {case.state for case in Case.objects.all()} == {State(after)}


def test_the_same_key_does_it_once_and_another_body_is_refused(cast: Cast) -> None:
    cases = accepted(cast, 2)
    first = do(cast, cases, key="k1")
    again = do(cast, cases, key="k1")
    assert again.id == first.id
    assert again.done == 2
    assert ActBatch.objects.count() == 1
    assert Step.objects.filter(act=Act.DISPATCH).count() == 2
    with pytest.raises(Invalid) as refused:
        do(cast, cases, key="k1", wish=Wish(own=True))
    assert refused.value.code == "idempotency_key_reused"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no target": ({"wish": Wish()}, "target"),
    "two targets": ({"wish": Wish(own=True, unit="x")}, "target"),
    "an unknown unit": ({"wish": Wish(unit="nowhere")}, "unit"),
    "an unknown area": ({"wish": Wish(area="999")}, "area"),
    "an unknown helper": ({"wish": Wish(own=True, helpers=("nobody",))}, "helpers"),
    "a limit without unit": ({"wish": Wish(own=True, limit="3")}, "limit"),
    "words too long": ({"wish": Wish(own=True, text="长" * 1001)}, "text"),
    "an act that is for one": ({"name": "close"}, "act"),
    "no act": ({"name": "nonsense"}, "act"),
    "no words to reject": ({"name": "reject", "wish": Wish()}, "text"),
    "no words to handle": ({"name": "handle", "wish": Wish(text="  ")}, "text"),
    "too many": ({"pairs": [(f"2611-{n:04d}", 1) for n in range(MOST_ROWS + 1)]}, "cases"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_for_all_begins_nothing(cast: Cast, name: str) -> None:
    more, field = WRONG[name]
    cases = accepted(cast, 1)
    with pytest.raises(DomainError) as refused:
        do(cast, cases, **more)
    assert field in refused.value.fields
    assert ActBatch.objects.count() == 0
    assert Case.objects.get(id=cases[0].id).version == 2


def test_nothing_ticked_says_so(cast: Cast) -> None:
    with pytest.raises(Invalid, match="还没有选事件"):
        batch_create(actor=cast.actor("township_officer"), act="accept", cases=[], wish=Wish())


def test_who_may_not_do_the_act_may_not_do_it_to_many(cast: Cast) -> None:
    cases = accepted(cast, 1)
    for who in ("grid_worker", "county_leader", "resident", "department_handler"):
        with pytest.raises(Forbidden):
            do(cast, cases, who=who)
    assert batch_acts(cast.actor("grid_worker")) == [Act.HANDLE]
    assert batch_acts(cast.actor("county_leader")) == []
    assert len(batch_acts(cast.actor("township_officer"))) == 5


def test_the_turn_of_another_level_is_refused_row_by_row(cast: Cast) -> None:
    batch = do(cast, [report(cast)], name="accept", wish=Wish())
    assert sentences(batch) == ["这件事现在不归你的岗位办，要看谁在办请看“经过”。"]


def test_a_batch_is_ones_own(cast: Cast) -> None:
    batch = do(cast, accepted(cast, 1))
    assert batch_get_for(cast.actor("township_officer"), batch.id).id == batch.id
    for who in ("village_clerk", "county_leader", "other_officer"):
        with pytest.raises(NotFound):
            batch_get_for(cast.actor(who), batch.id)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)


@pytest.mark.usefixtures("small")
def test_a_large_batch_is_a_job_in_chunks(cast: Cast) -> None:
    cases = accepted(cast, 5)
    batch = do(cast, cases)
    assert (batch.done, batch.ended_at) == (0, None)
    assert sentences(batch) == [None] * 5
    drain()
    batch.refresh_from_db()
    assert (batch.done, batch.refused) == (5, 0)
    job = Job.objects.get(id=batch.job_id)
    assert job.state == Job.State.DONE
    assert job.result["message"] == "办成 5 件，没办成 0 件。"
    assert job.result["path"] == f"/341181/cases/batches/{batch.id}/"


@pytest.mark.usefixtures("small")
def test_a_second_run_does_nothing_twice(cast: Cast) -> None:
    batch = do(cast, accepted(cast, 3))
    drain()
    actor = cast.actor("township_officer")
    again = batches.batch_go_on(actor=actor, batch_id=batch.id, at=batch.created_at)
    assert again.done == 3
    assert Step.objects.filter(act=Act.DISPATCH).count() == 3


@pytest.mark.usefixtures("small")
def test_what_was_done_before_a_break_stays_done_and_is_told(cast: Cast) -> None:
    batch = do(cast, accepted(cast, 5))

    class Killed(Exception):
        pass

    def broken(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        batches.batch_go_on(
            actor=cast.actor("township_officer"), batch_id=batch.id, at=batch.created_at, progress=broken
        )
    batch.refresh_from_db()
    assert sentences(batch) == ["", "", None, None, None]
    drain()
    batch.refresh_from_db()
    assert batch.done == 5


@pytest.mark.usefixtures("small")
def test_a_cancelled_one_leaves_the_rest_alone(cast: Cast) -> None:
    batch = do(cast, accepted(cast, 3))
    job_cancel(actor=cast.actor("township_officer"), job=Job.objects.get(id=batch.job_id))
    drain()
    batch.refresh_from_db()
    assert sentences(batch) == [None] * 3
    assert Step.objects.filter(act=Act.DISPATCH).count() == 0


def test_statements_grow_by_one_for_each_case_and_no_more(cast: Cast) -> None:
    costs = []
    for count in (2, 12):
        cases = accepted(cast, count)
        with statements() as ran:
            assert do(cast, cases).done == count
        costs.append(len(ran))
    assert costs[1] - costs[0] == 10, costs
