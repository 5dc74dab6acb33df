"""The way of a clue: who may do what, when, with which words; and what each act leaves behind."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.clues.catalogue import ACTS, FROM, HANDLERS, LEADS, TO, Act, State
from shanzhi.clues.models import Assignee, Clue, Step
from shanzhi.clues.services import Deed, acts_for, assigned_to, clue_act, clue_add
from shanzhi.clues.tests.desk import ADDRESS, LEAD, OFFICER, OTHER, SAID, Office
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.notices.models import Notice
from shanzhi.trail.models import Entry


def told_to(clue: Clue) -> set[int]:
    """Who was told of the newest step."""
    step = Step.objects.filter(clue_id=clue.id).latest("serial")
    return set(Notice.objects.filter(event_id=step.id).values_list("recipient_id", flat=True))


def test_from_received_to_concluded_and_back(office: Office) -> None:
    clue = office.give()
    clue = office.assign(clue, OFFICER)
    assert (clue.state, told_to(clue)) == (State.ASSIGNED, {office.cast[OFFICER].user.pk})
    for act, state in (
        (Act.CHECK, State.CHECKING), (Act.WAIT, State.WAITING), (Act.RESUME, State.CHECKING),
        (Act.TRANSFER, State.TRANSFERRED), (Act.CONCLUDE, State.CONCLUDED),
    ):  # fmt: skip
        clue = office.act(OFFICER, clue, act, **SAID.get(act, {}))
        assert clue.state == state
    clue = office.act(LEAD, clue, Act.REOPEN, **SAID[Act.REOPEN])
    assert (clue.state, clue.version) == (State.CHECKING, 7)
    acts = list(Step.objects.filter(clue_id=clue.id).order_by("serial").values_list("act", flat=True))
    assert acts == ["give", "assign", "check", "wait", "resume", "transfer", "conclude", "reopen"]


def test_nothing_of_a_clue_is_in_the_trail(office: Office) -> None:
    before = Entry.objects.count()
    office.moved(office.give(), (Act.CHECK, Act.TRANSFER, Act.CONCLUDE))
    assert Entry.objects.count() == before


def test_a_step_says_who_when_and_what(office: Office) -> None:
    at = timezone.now()
    clue = office.moved(office.give(), (Act.CHECK, Act.NOTE))
    step = Step.objects.filter(clue_id=clue.id).latest("serial")
    assert (step.act, step.actor_id, step.note) == (Act.NOTE, office.cast[OFFICER].user.pk, "问过两个人")
    assert step.at >= at
    assert Clue.objects.get(id=clue.id).last_at == step.at


def test_a_transfer_keeps_where_it_went(office: Office) -> None:
    clue = office.moved(office.give(), (Act.CHECK, Act.TRANSFER))
    facts = json.loads(Step.objects.get(clue_id=clue.id, act=Act.TRANSFER).facts or "")
    assert facts == {
        "organ": "police", "organ_name": "天长市公安局", "document": "天线移〔2026〕3 号", "on": "2026-01-05",
        "receiver": "李警官",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("act", "said", "field"),
    [
        (Act.TRANSFER, {"organ": ""}, "organ"), (Act.TRANSFER, {"organ": "army"}, "organ"),
        (Act.TRANSFER, {"organ_name": " "}, "organ_name"), (Act.TRANSFER, {"organ_name": "长" * 61}, "organ_name"),
        (Act.TRANSFER, {"document": "长" * 61}, "document"), (Act.TRANSFER, {"receiver": "长" * 61}, "receiver"),
        (Act.TRANSFER, {"on": None}, "on"), (Act.TRANSFER, {"on": date(1999, 1, 1)}, "on"),
        (Act.TRANSFER, {"on": date(2999, 1, 1)}, "on"), (Act.CONCLUDE, {"result": ""}, "result"),
        (Act.CONCLUDE, {"result": "x"}, "result"), (Act.CONCLUDE, {"result": "transferred"}, "result"),
        (Act.CONCLUDE, {"note": " "}, "note"), (Act.WAIT, {"note": ""}, "note"), (Act.NOTE, {"note": ""}, "note"),
        (Act.NOTE, {"note": "长" * 2001}, "note"), (Act.TELL, {"told": ""}, "told"),
        (Act.TELL, {"told": "长" * 2001}, "told"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_field(office: Office, act: Act, said: dict[str, Any], field: str) -> None:
    clue = office.moved(office.give(), (Act.CHECK,))
    before = Step.objects.count()
    with pytest.raises(Invalid) as error:
        office.act(OFFICER, clue, act, **{**SAID[act], **said})
    assert list(error.value.fields) == [field]
    assert Step.objects.count() == before
    assert Clue.objects.get(id=clue.id).version == clue.version


def test_today_is_the_last_day_of_a_transfer(office: Office) -> None:
    clue = office.moved(office.give(), (Act.CHECK,))
    today = timezone.localdate()
    with pytest.raises(Invalid):
        office.act(OFFICER, clue, Act.TRANSFER, **{**SAID[Act.TRANSFER], "on": today + timedelta(days=1)})
    assert office.act(OFFICER, clue, Act.TRANSFER, **{**SAID[Act.TRANSFER], "on": today}).state == State.TRANSFERRED


def test_transferred_is_a_result_after_a_transfer(office: Office) -> None:
    clue = office.moved(office.give(), (Act.CHECK, Act.TRANSFER))
    done = office.act(OFFICER, clue, Act.CONCLUDE, result="transferred", note="公安立案")
    assert done.state == State.CONCLUDED


def test_every_state_allows_what_the_table_says(office: Office) -> None:
    """The buttons are made from the same table as the acts."""
    clue = office.give()
    lead, officer = office.desk(LEAD), office.desk(OFFICER)
    for state in State:
        clue.state = state
        assigned = {office.cast[OFFICER].user.pk}
        assert set(acts_for(lead, clue, assigned)) == {act for act in LEADS if state in FROM[act]}
        assert set(acts_for(officer, clue, assigned)) == {act for act in HANDLERS if state in FROM[act]}
    assert set(FROM) == set(ACTS) == set(LEADS) | set(HANDLERS)
    assert all(state not in FROM[act] for act, state in TO.items())


@pytest.mark.parametrize("act", [act for act in HANDLERS if act not in LEADS])
def test_a_lead_does_not_handle_what_is_anothers(office: Office, act: Act) -> None:
    clue = office.moved(office.give(), (Act.CHECK,))
    with pytest.raises(Forbidden):
        office.act(LEAD, clue, act, **SAID.get(act, {}))


def test_a_lead_may_be_assigned_too(office: Office) -> None:
    clue = office.assign(office.give(), LEAD)
    assert office.act(LEAD, clue, Act.CHECK).state == State.CHECKING


@pytest.mark.parametrize("act", [Act.ASSIGN, Act.REOPEN])
def test_an_officer_does_not_lead(office: Office, act: Act) -> None:
    clue = office.moved(office.give(), (Act.CHECK, Act.CONCLUDE))
    with pytest.raises(Forbidden):
        office.act(OFFICER, clue, act, note="x", officers=[office.id(OTHER)])


def test_to_whom_it_is_not_assigned_it_does_not_exist(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    with pytest.raises(NotFound):
        office.act(OTHER, clue, Act.CHECK)


@pytest.mark.parametrize(("done", "act"), [((), Act.WAIT), ((), Act.RESUME), ((Act.CHECK,), Act.CHECK),
                                           ((Act.CHECK, Act.CONCLUDE), Act.TRANSFER)])  # fmt: skip
def test_the_state_forbids(office: Office, done: tuple[Act, ...], act: Act) -> None:
    clue = office.moved(office.give(), done)
    with pytest.raises(Conflict) as error:
        office.act(OFFICER, clue, act, **SAID.get(act, {}))
    assert error.value.code == "wrong_state"


def test_who_was_slower_is_told_so(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    seen = clue.version
    office.act(OFFICER, clue, Act.CHECK)
    with pytest.raises(Stale):
        clue_act(desk=office.desk(OFFICER), clue_id=clue.id, act=Act.NOTE, version=seen, deed=Deed(note="x"))


def test_an_addition_of_the_informant_makes_nobody_stale(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    clue_add(secret=clue.secret, text="还有一个人", address=ADDRESS)
    done = clue_act(desk=office.desk(OFFICER), clue_id=clue.id, act=Act.CHECK, version=clue.version, deed=Deed())
    assert done.version == 2


def test_the_same_key_acts_once(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)

    def check(note: str = "x") -> Clue:
        return clue_act(
            desk=office.desk(OFFICER), clue_id=clue.id, act=Act.CHECK, version=1, deed=Deed(note=note), key="same"
        )

    assert check().version == 2
    assert check().version == 2
    assert Step.objects.filter(clue_id=clue.id, act=Act.CHECK).count() == 1
    with pytest.raises(Invalid) as error:
        check("another")
    assert error.value.code == "idempotency_key_reused"


def test_assigning_again_takes_it_from_the_former(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    clue = office.assign(clue, OTHER)
    assert assigned_to(clue) == {office.cast[OTHER].user.pk}
    assert told_to(clue) == {office.cast[OTHER].user.pk}
    with pytest.raises(NotFound):
        office.act(OFFICER, clue, Act.CHECK)
    both = office.assign(clue, OTHER, OFFICER)
    assert told_to(both) == {office.cast[OFFICER].user.pk}  # who had it is not told again
    assert both.state == State.ASSIGNED


def test_assigning_while_it_is_checked_leaves_it_so(office: Office) -> None:
    clue = office.moved(office.give(), (Act.CHECK,))
    assert office.assign(clue, OTHER).state == State.CHECKING


def test_nobody_who_is_barred_or_gone_is_assigned(office: Office) -> None:
    clue = office.give(barred=(OFFICER,))
    for officers in ([], [office.id(OFFICER)], ["77"], ["x"], [office.id(OTHER), "77"]):
        with pytest.raises(Invalid) as error:
            office.act(LEAD, clue, Act.ASSIGN, officers=officers)
        assert "officers" in error.value.fields
    assert not Assignee.objects.exists()


def test_words_for_the_informant_go_with_any_act(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    office.act(OFFICER, clue, Act.CHECK, told="开始查了")
    office.act(LEAD, clue, Act.TELL, **SAID[Act.TELL])
    words = [step.told for step in Step.objects.filter(clue_id=clue.id).order_by("serial") if step.told]
    assert words == ["开始查了", "正在查，请放心"]
