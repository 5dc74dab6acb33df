"""Behind the product's back: whatever is altered, moved, made up or removed is named, to whom may hear of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shanzhi.clues.catalogue import Act
from shanzhi.clues.fields import DAMAGED
from shanzhi.clues.models import Assignee, Bar, Clue, Head, Step
from shanzhi.clues.selectors import clues_for, who_mark
from shanzhi.clues.services import clue_add, clue_bar, clue_look
from shanzhi.clues.tests.desk import ADDRESS, BODY, LEAD, OFFICER, OTHER, Office
from shanzhi.clues.verifying import Checked, clues_verify
from shanzhi.lib.errors import Forbidden


def checked(office: Office, who: str = LEAD) -> Checked:
    return clues_verify(desk=office.desk(who), at=timezone.now())


@pytest.fixture
def clue(office: Office) -> Clue:
    """One that went its way, beside another one."""
    office.give("另一件")
    found = office.moved(office.give(barred=(OTHER,)), (Act.CHECK, Act.NOTE, Act.TRANSFER, Act.CONCLUDE))
    clue_look(desk=office.desk(LEAD), clue_id=found.id)
    clue_add(secret=found.secret, text="还有", address=ADDRESS)
    return Clue.objects.get(id=found.id)


def test_what_the_product_wrote_is_whole(office: Office, clue: Clue) -> None:
    found = checked(office)
    assert found.whole
    assert (found.clues, found.missing, list(found.faults)) == (2, 0, [])
    assert found.steps == Step.objects.count()


def test_nothing_at_all_is_whole(office: Office) -> None:
    found = checked(office)
    assert (found.clues, found.steps, found.missing, found.whole) == (0, 0, 0, True)


def test_reassigning_and_barring_are_whole(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER, OTHER)
    clue_bar(secret=clue.secret, barred=[office.id(OTHER)], address=ADDRESS)
    office.assign(clue, LEAD, OFFICER)
    assert checked(office).whole


def raw(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def step_of(clue: Clue, act: Act) -> Step:
    return Step.objects.get(clue_id=clue.id, act=act)


def other(clue: Clue) -> Clue:
    return Clue.objects.exclude(id=clue.id).get()


# What somebody with the database, but without the key, could do; and what the check says.
ATTACKS: dict[str, tuple[Callable[[Clue], Any], str]] = {
    "another number": (lambda c: Clue.objects.filter(id=c.id).update(number="ABCDEFGH"), "线索的内容或第 1 步被改动过"),
    "another day": (
        lambda c: Clue.objects.filter(id=c.id).update(received_at=timezone.now()), "线索的内容或第 1 步被改动过",
    ),
    "another text": (lambda c: Clue.objects.filter(id=c.id).update(body="没有这回事"), "线索的内容或第 1 步被改动过"),
    "another state": (lambda c: Clue.objects.filter(id=c.id).update(state="received"), "状态和最后一步对不上"),
    "another act": (lambda c: Step.objects.filter(id=step_of(c, Act.NOTE).id).update(act="tell"), "被改动过"),
    "another person": (lambda c: Step.objects.filter(id=step_of(c, Act.NOTE).id).update(actor_id=1), "被改动过"),
    "another note": (lambda c: Step.objects.filter(id=step_of(c, Act.NOTE).id).update(note="x"), "第 4 步（记录）被改动过"),
    "a note the less": (lambda c: Step.objects.filter(id=step_of(c, Act.NOTE).id).update(note=None), "被改动过"),
    "other facts": (lambda c: Step.objects.filter(id=step_of(c, Act.TRANSFER).id).update(facts="{}"), "被改动过"),
    "another time": (
        lambda c: Step.objects.filter(id=step_of(c, Act.NOTE).id).update(at=timezone.now()), "被改动过",
    ),
    "moved to another clue": (
        lambda c: Step.objects.filter(id=step_of(c, Act.NOTE).id).update(clue_id=other(c).id), "被改动过",
    ),
    "the first step removed": (lambda c: step_of(c, Act.GIVE).delete(), "第一步不在了"),
    "an act removed": (lambda c: step_of(c, Act.NOTE).delete(), "办理的步数对不上"),
    "a bar removed": (lambda c: Bar.objects.filter(clue_id=c.id).delete(), "不让看的人被改动过"),
    "a bar made up": (lambda c: Bar.objects.create(clue=other(c), who=who_mark(1)), "不让看的人被改动过"),
    "assigned to another": (
        lambda c: Assignee.objects.create(clue=c, user_id=step_of(c, Act.LOOK).actor_id, at=c.last_at), "分派给谁被改动过",
    ),
    "assigned to nobody": (lambda c: Assignee.objects.filter(clue_id=c.id).delete(), "分派给谁被改动过"),
    "a step made up": (
        lambda c: Step.objects.create(
            clue=c, serial=99, act="note", state=c.state, actor_id=1, at=timezone.now(), seal="0" * 64
        ), "被改动过",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_named(office: Office, clue: Clue, name: str) -> None:
    attack, sentence = ATTACKS[name]
    attack(clue)
    found = checked(office)
    assert not found.whole
    assert any(sentence in fault for fault in found.faults), list(found.faults)


@pytest.mark.parametrize("act", [Act.NOTE, Act.LOOK, Act.ADD])
def test_a_step_that_was_removed_leaves_a_gap(office: Office, clue: Clue, act: Act) -> None:
    step_of(clue, act).delete()
    assert checked(office).missing == 1


def test_a_clue_that_was_removed_is_missed(office: Office, clue: Clue) -> None:
    count = Step.objects.filter(clue_id=clue.id).count()
    Clue.objects.get(id=clue.id).delete()
    found = checked(office)
    assert (found.clues, found.missing, found.whole) == (1, count, False)


def test_the_newest_clue_is_missed_too(office: Office) -> None:
    office.give()
    office.give("最后一件").delete()
    assert checked(office).missing == 1


def test_the_number_of_steps_is_signed(office: Office) -> None:
    office.give()
    office.give("最后一件").delete()
    Head.objects.update(last=1)
    assert any("总数记录被改动" in fault for fault in checked(office).faults)
    Head.objects.all().delete()
    assert any("总数记录被删除" in fault for fault in checked(office).faults)


def test_a_lead_hears_nothing_of_what_they_may_not_see(office: Office) -> None:
    office.appoint("branch_secretary", lead=True)
    office.give("看得到的")
    hidden = office.give("牵涉牵头人", barred=(LEAD,))
    Clue.objects.filter(id=hidden.id).update(body="没有这回事")
    assert checked(office).whole
    assert checked(office).clues == 1
    assert not checked(office, "branch_secretary").whole


def test_only_leads_check(office: Office) -> None:
    with pytest.raises(Forbidden):
        checked(office, OFFICER)


def test_a_damaged_text_closes_neither_list_nor_page(office: Office, clue: Clue) -> None:
    raw("UPDATE clues_clue SET body = %s WHERE id = %s", "AAAA", clue.id)
    raw("UPDATE clues_step SET facts = %s WHERE id = %s", "AAAA", step_of(clue, Act.TRANSFER).id)
    browser = office.cast[LEAD].client()
    assert browser.get("/341181/clues/?tab=concluded").status_code == 200
    page = browser.get(f"/341181/clues/{clue.id}/")
    assert page.status_code == 200
    assert DAMAGED in page.content.decode()
    assert "线索的内容或第 1 步被改动过" in browser.get("/341181/clues/check/").content.decode()


def test_a_seal_from_another_row_does_not_pass(office: Office, clue: Clue) -> None:
    """It opens, because it is of the same column, but the first step is signed over what was handed in."""
    raw(
        "UPDATE clues_clue SET body = (SELECT body FROM clues_clue WHERE id = %s) WHERE id = %s",
        other(clue).id,
        clue.id,
    )
    assert Clue.objects.get(id=clue.id).body == "另一件"
    assert not checked(office).whole


def test_the_check_asks_no_more_for_more_clues(office: Office, django_assert_num_queries: Any) -> None:
    desk, at = office.desk(LEAD), timezone.now()

    def count() -> int:
        with connection.execute_wrapper(counter := Counter()):
            clues_verify(desk=desk, at=at)
        return counter.count

    office.give(at=at)
    before = count()
    for _ in range(4):
        office.assign(office.give(at=at), OFFICER)
    assert count() == before
    assert clues_for(desk, at=at).count() == 5


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.count += 1
        return execute(*args)


def test_the_page_says_so(office: Office, clue: Clue) -> None:
    browser: Client = office.cast[LEAD].client()
    assert "都完整" in browser.get("/341181/clues/check/").content.decode()
    step_of(clue, Act.NOTE).delete()
    page = browser.get("/341181/clues/check/").content.decode()
    assert "全县少了 1 步" in page
    assert BODY not in page
    assert office.cast[OFFICER].client().get("/341181/clues/check/").status_code == 403
    assert office.cast["auditor"].client().get("/341181/clues/check/").status_code == 404
