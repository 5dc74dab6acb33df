"""Any acts by anybody in any order, against a machine in plain Python: answers, states, who sees it, and the record."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.clues.catalogue import Act
from shanzhi.clues.models import Assignee, Clue, Step
from shanzhi.clues.selectors import clues_for
from shanzhi.clues.services import Deed, clue_act, clue_add, clue_bar, clue_look
from shanzhi.clues.tests.desk import LEAD, OFFICER, OTHER, SAID, Office
from shanzhi.clues.verifying import clues_verify
from shanzhi.lib.errors import DomainError

PEOPLE = (LEAD, OFFICER, OTHER)
# act: (by the lead, by whom it is assigned to, from, to; empty: stays)
WAY: dict[str, tuple[bool, bool, set[str], str]] = {
    "assign": (True, False, {"received", "assigned", "checking", "waiting", "transferred"}, ""),
    "check": (False, True, {"assigned"}, "checking"),
    "wait": (False, True, {"checking"}, "waiting"),
    "resume": (False, True, {"waiting"}, "checking"),
    "transfer": (False, True, {"checking", "waiting"}, "transferred"),
    "conclude": (False, True, {"checking", "transferred"}, "concluded"),
    "reopen": (True, False, {"transferred", "concluded"}, "checking"),
    "note": (True, True, set(), ""),
    "tell": (True, True, set(), ""),
}


@dataclass(frozen=True)
class Machine:
    """A clue as plain Python remembers it."""

    state: str = "received"
    version: int = 0
    assigned: frozenset[str] = field(default_factory=frozenset)
    barred: frozenset[str] = field(default_factory=frozenset)

    def sees(self, who: str) -> bool:
        return who not in self.barred and (who == LEAD or who in self.assigned)

    def answer(self, who: str, act: str, chosen: frozenset[str], stale: bool) -> int:
        """200, or the status of the refusal, in the order of the house."""
        by_lead, by_assigned, states, _ = WAY[act]
        if not self.sees(who):
            return 404
        if not ((by_lead and who == LEAD) or (by_assigned and who in self.assigned)):
            return 403
        if stale or (states and self.state not in states):
            return 409
        if act == "assign" and (not chosen or chosen & self.barred):
            return 422
        return 200

    def after(self, act: str, chosen: frozenset[str]) -> "Machine":
        state = WAY[act][3] or self.state
        if act == "assign":
            state = "assigned" if self.state == "received" else self.state
        return replace(
            self, state=state, version=self.version + 1, assigned=chosen if act == "assign" else self.assigned
        )


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from([*WAY, *WAY, "assign", "check", "look", "add", "bar"]),
        st.frozensets(st.sampled_from(PEOPLE), max_size=3), st.integers(0, 9).map(lambda number: number == 0),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_the_machine_and_the_product_agree(office: Office, deeds: list[tuple[str, str, frozenset[str], bool]]) -> None:
    clue, machine = office.give(address=f"{timezone.now()}"), Machine()
    for who, act, chosen, stale in deeds:
        machine = one(office, clue, machine, who, act, chosen, stale)
        kept = Clue.objects.get(id=clue.id)
        assert (kept.state, kept.version) == (machine.state, machine.version)
        people = set(Assignee.objects.filter(clue_id=clue.id).values_list("user_id", flat=True))
        assert people == {office.cast[name].user.pk for name in machine.assigned}
        for name in PEOPLE:
            seen = clues_for(office.desk(name), at=timezone.now()).filter(id=clue.id).exists()
            assert seen is machine.sees(name)
    assert clues_verify(desk=office.desk(LEAD), at=timezone.now()).whole


def one(
    office: Office, clue: Clue, machine: Machine, who: str, act: str, chosen: frozenset[str], stale: bool
) -> Machine:
    """Try one deed on both; the machine afterwards."""
    if act == "look":
        assert status(lambda: clue_look(desk=office.desk(who), clue_id=clue.id)) == (200 if machine.sees(who) else 404)
        return machine
    if act == "add":
        steps = Step.objects.filter(clue_id=clue.id, act=Act.ADD).count()
        clue_add(secret=clue.secret, text="还有", address=f"{timezone.now()}")
        assert Step.objects.filter(clue_id=clue.id, act=Act.ADD).count() == steps + 1
        return machine
    if act == "bar":
        ids = [office.id(name) for name in chosen]
        found = status(lambda: clue_bar(secret=clue.secret, barred=ids, address=f"{timezone.now()}"))
        assert found == (200 if chosen and LEAD not in chosen else 422)
        if found != 200:
            return machine
        return replace(machine, barred=machine.barred | chosen, assigned=machine.assigned - chosen)
    said: dict[str, Any] = dict(SAID.get(Act(act), {}))
    if act == "assign":
        said["officers"] = [office.id(name) for name in chosen]
    version = machine.version + 5 if stale else machine.version
    found = status(
        lambda: clue_act(desk=office.desk(who), clue_id=clue.id, act=Act(act), version=version, deed=Deed(**said))
    )
    assert found == machine.answer(who, act, chosen, stale), (who, act, machine)
    return machine.after(act, chosen) if found == 200 else machine


def status(work: Any) -> int:
    try:
        work()
    except DomainError as error:
        return error.status
    return 200
