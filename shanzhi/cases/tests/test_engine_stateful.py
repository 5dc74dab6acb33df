"""Random acts by random people on a few cases: whatever is done or refused, the cases stay whole.

What is held after each: the history is complete and its chain agrees, the version counts the steps, the state is one
of the machine's and fits the turn, the clock is consistent, what is refused changed nothing, and nobody did what the
table of acts does not give them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shanzhi.cases.acts import INNER, Act, acts_for
from shanzhi.cases.catalogue import ENDED, State
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import Assignment, Case, Extension, Step, Supervision
from shanzhi.cases.selectors import open_calls
from shanzhi.cases.services import case_act
from shanzhi.cases.services.splitting import Part
from shanzhi.cases.tests.pages import report
from shanzhi.lib.clocks import Span, Unit, due_at
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import local
from shanzhi.packs.calendars import calendar_now
from shanzhi.trail.models import Entry
from tests.cast import Cast
from tests.kinds import kind_add

PEOPLE: Final = (
    "grid_worker", "grid_leader", "village_clerk", "branch_secretary", "township_officer", "command_centre",
    "county_centre", "department_handler", "county_leader", "resident", "auditor", "other_clerk", "system_admin",
)  # fmt: skip
NEVER: Final = ("auditor", "system_admin", "other_clerk")
STAGED: Final[dict[str, Any]] = {
    "label": "有环节的", "clocks": {"accept": "4 working hours", "handle": "3 working days", "verify": "2 days"},
    "stages": [{"code": "look", "label": "勘查", "next": ["mend", "buy"]}, {"code": "buy", "label": "备料",
               "next": ["mend"]}, {"code": "mend", "label": "维修", "next": []}],
    "routes": [{"areas": "grid", "auto": True}], "acts_off": ["escalate"],
}  # fmt: skip
KINDS: Final = ("facilities", "staged", "fire")
MOST: Final = 5


Choose = Callable[[Sequence[Any]], Any]


def chooser(data: st.DataObject) -> Choose:
    return lambda options: data.draw(st.sampled_from(options))


class Engine(RuleBasedStateMachine):
    """One county with its cast; everything is taken back afterwards."""

    cast: Cast
    done: Counter[Act]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = timezone.now() - timedelta(days=30)
        self.actors = {name: self.cast.actor(name) for name in PEOPLE}
        self.ids: list[int] = []
        self.mine: Counter[Act] = Counter()
        kind_add("staged", STAGED)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(kind=st.sampled_from(KINDS))
    def first(self, kind: str) -> None:
        self.ids.append(report(self.cast, kind=kind, at=self.now).id)

    @precondition(lambda self: len(self.ids) < MOST)
    @rule(kind=st.sampled_from(KINDS), urgent=st.booleans(), solved=st.sampled_from(["", "当场修好了"]))
    def reported(self, kind: str, urgent: bool, solved: str) -> None:
        self.ids.append(report(self.cast, kind=kind, urgent=urgent, solved=solved, at=self.now).id)

    @rule(hours=st.sampled_from([0, 1, 7, 30, 100, 400]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=1)

    @rule(data=st.data(), rare=st.booleans())
    def something_possible_is_done(self, data: st.DataObject, rare: bool) -> None:
        """What the table allows, every other time what was done the least so far: cases get everywhere."""
        self.do_something(chooser(data), rare=rare)

    def do_something(self, choose: Choose, *, rare: bool) -> None:
        case = self._case(choose)
        options = [
            (name, act) for name, actor in self.actors.items() for act in acts_for(actor, case, open_calls(case))
        ]
        if options:
            least = min(self.mine[act] for _, act in options)
            wanted = [option for option in options if not rare or self.mine[option[1]] == least]
            name, act = choose(wanted)
            self._try(choose, case, name, act, text="情况说明")

    @rule(data=st.data())
    def something_else_possible_is_done(self, data: st.DataObject) -> None:
        """Twice as often as anything else."""
        self.do_something(chooser(data), rare=True)

    @rule(data=st.data(), name=st.sampled_from(PEOPLE), act=st.sampled_from([a for a in Act if a not in INNER]))
    def anything_is_tried(self, data: st.DataObject, name: str, act: Act) -> None:
        self._try(chooser(data), self._case(chooser(data)), name, act)

    @rule(data=st.data(), act=st.sampled_from([Act.ACCEPT, Act.HANDLE, Act.SUSPEND, Act.CLOSE]))
    def an_old_version_is_refused(self, data: st.DataObject, act: Act) -> None:
        choose = chooser(data)
        case = self._case(choose)
        before = self._print()
        with pytest.raises(DomainError), transaction.atomic():
            case_act(
                actor=self.actors["village_clerk"], case=case, act=act, version=case.version - 1, at=self.now,
                **self._arguments(choose, case, act),
            )  # fmt: skip
        assert self._print() == before

    def _case(self, choose: Choose) -> Case:
        return Case.objects.select_related("owner__parent").get(id=choose(self.ids))

    def _try(self, choose: Choose, case: Case, name: str, act: Act, text: str | None = None) -> None:
        actor, before, version = self.actors[name], self._print(), case.version
        allowed = act in acts_for(actor, case, open_calls(case))
        arguments = self._arguments(choose, case, act, text)
        try:
            with transaction.atomic():
                case_act(actor=actor, case=case, act=act, version=version, at=self.now, **arguments)
        except DomainError:
            assert self._print() == before, "what is refused changes nothing"
            return
        assert allowed, f"{name} did {act} without being allowed to"
        assert name not in NEVER
        Engine.done[act] += 1
        if self.mine is not Engine.done:
            self.mine[act] += 1
        after = Case.objects.get(id=case.id)
        assert after.version > version
        step = Step.objects.get(case=case, version=version + 1)
        assert (step.actor_id, step.at) == (actor.user_id, self.now)
        self.ids += list(Case.objects.exclude(id__in=self.ids).values_list("id", flat=True))

    def _print(self) -> list[Any]:
        """All that an act could change."""
        return [
            list(Case.objects.order_by("id").values_list("id", "version", "state", "due_at", "spent", "history")),
            Step.objects.count(), Entry.objects.count(), Extension.objects.count(), Supervision.objects.count(),
            list(Assignment.objects.order_by("id").values_list("id", "state", "version")),
        ]  # fmt: skip

    def _arguments(self, choose: Choose, case: Case, act: Act, text: str | None = None) -> dict[str, Any]:
        text = text if text is not None else choose(["已经办好了", "情况说明", ""])
        more: dict[Act, Callable[[], dict[str, Any]]] = {
            Act.DISPATCH: lambda: self._target(choose),
            Act.CLOSE: lambda: {"satisfied": choose([None, True, False])},
            Act.WHISTLE: lambda: {"units": [choose(list(self.cast.units.values()))]},
            Act.DISMISS: lambda: {"units": list(self.cast.units.values())},
            Act.SUSPEND: lambda: {"until": local(self.now).date() + timedelta(days=choose([-1, 0, 1, 30, 180, 200]))},
            Act.ASK: lambda: {"amount": Span.parse(choose(["24 hours", "2 working days", "3 days"]))},
            Act.SUPERVISE: lambda: {"limit": Span.parse("3 working days")},
            Act.CLASSIFY: lambda: {"kind": choose(KINDS)},
            Act.STAGE: lambda: {"stage": choose(["", "mend", "buy", "look"])},
            Act.SPLIT: lambda: {"parts": [Part(body=f"第{n}部分") for n in range(choose([1, 2, 3]))]},
            Act.MERGE: lambda: {"into": Case.objects.get(id=choose(self.ids))},
            Act.CONTACT: lambda: {"how": choose(["phone", "visit"]), "reached": choose([True, False])},
            Act.MODERATE: lambda: {"what": "body", "instead": "（已处理）"},
            Act.PUBLISH: lambda: {"text": choose(["", "路灯已经修好", "打 13955501234"])},
        }
        return {"text": text, **(more[act]() if act in more else {})}

    def _target(self, choose: Choose) -> dict[str, Any]:
        kind, name = choose([("area", "g1"), ("area", "v1"), ("unit", "t1"), ("unit", "county")])
        row = self.cast.areas[name] if kind == "area" else self.cast.units[name]
        return {kind: row, "limit": Span.parse(choose(["2 hours", "3 working days", "7 days"]))}

    @invariant()
    def histories_are_complete(self) -> None:
        cases = list(Case.objects.all())
        assert list(steps_agree(cases)) == []
        for case in cases:
            steps = list(Step.objects.filter(case=case).order_by("version"))
            assert [step.version for step in steps] == list(range(1, case.version + 1))
            assert steps[-1].to_state == case.state
            assert all(a.to_state == b.from_state for a, b in pairwise(steps) if b.from_state)
            assert all(a.at <= b.at for a, b in pairwise(steps))
            assert Entry.objects.filter(object_id=case.id).exists()

    @invariant()
    def states_fit(self) -> None:
        for case in Case.objects.all():
            ended = case.state in ENDED
            assert (case.ended_at is not None) == ended
            assert ((case.turn_area_id is None) and (case.turn_unit_id is None)) == ended
            assert (case.merged_into_id is not None) == (case.state == State.MERGED)
            assert case.parts == Case.objects.filter(parent=case, ended_at=None).count()
            assert case.supervised == Supervision.objects.filter(case=case, answered_at=None).count()
            assert bool(case.asking) == Extension.objects.filter(case=case, state="asked").exists()
            assert case.reopened <= 1
            lead = Assignment.objects.filter(case=case, ended_at=None, role="lead", whistled=False).count()
            if case.state in (State.DISPATCHED, State.HANDLING):
                assert lead == 1
            elif case.state != State.SUSPENDED:
                assert lead == 0
            assert not (ended and Assignment.objects.filter(case=case, ended_at=None).exists())

    @invariant()
    def clocks_are_consistent(self) -> None:
        calendar = calendar_now()
        for case in Case.objects.all():
            running = case.running_since is not None
            assert running == (case.state not in ENDED and case.state != State.SUSPENDED)
            assert case.spent >= 0
            assert (case.due_at is None) == (case.state in ENDED)
            if running:
                assert case.due_at is not None
                assert case.running_since is not None
                assert case.running_since <= self.now
                unit, left = Unit(case.clock_unit), case.allowed - case.spent
                plain = due_at(case.running_since, left, unit, calendar) if left > 0 else None
                if plain is not None and case.spent == 0:
                    assert case.due_at == plain


@pytest.mark.slow
def test_random_acts_leave_cases_whole(cast: Cast) -> None:
    Engine.cast, Engine.done = cast, Counter()
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )  # fmt: skip
    assert Engine.done


@pytest.mark.slow
def test_every_act_is_reached_and_leaves_cases_whole(cast: Cast) -> None:
    """Long walks by the dice that go where they have been the least: each act is done by somebody."""
    Engine.cast, Engine.done = cast, Counter()
    wanted = set(Act) - INNER
    for seed in range(40):
        random, engine = Random(seed), Engine()
        engine.mine = Engine.done  # what was done least in all walks so far
        engine.first("staged")
        engine.first(random.choice(KINDS))
        engine.ids.append(report(cast, by="resident", place="v1", at=engine.now).id)
        for _ in range(24):
            engine.do_something(random.choice, rare=random.random() < 0.7)
            engine.now += timedelta(minutes=random.choice([5, 50, 500]))
        engine.histories_are_complete()
        engine.states_fit()
        engine.clocks_are_consistent()
        engine.teardown()
        if set(Engine.done) >= wanted and seed >= 10:
            break
    assert set(Engine.done) >= wanted, wanted - set(Engine.done)


def test_the_unprivileged_have_no_act(cast: Cast) -> None:
    """Counted over every state that a case can be in: the auditor and the administrators may only look."""
    case = report(cast)
    for state in State:
        case.state = state
        for name in ("auditor", "system_admin", "audit_admin", "security_admin"):
            assert acts_for(cast.actor(name), case) == [], (state, name)
