"""Who may know of a clue: everybody else is told what is said of what does not exist."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post, StandIn, User
from shanzhi.clues.catalogue import Act, State
from shanzhi.clues.models import Assignee, Clue, Step
from shanzhi.clues.permissions import DESK
from shanzhi.clues.selectors import clue_by_number, clue_get_for, clues_for, desk_of, narrowed
from shanzhi.clues.services import clue_bar, clue_look, officer_end
from shanzhi.clues.services.acting import AGAIN
from shanzhi.clues.tests.desk import ADDRESS, LEAD, OFFICER, OTHER, Office
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.context import county
from tests.cast import SINCE, Cast


def seen(office: Office, who: str) -> set[int]:
    return set(clues_for(office.desk(who), at=timezone.now()).values_list("id", flat=True))


def test_the_lead_sees_all_and_officers_what_is_assigned(office: Office) -> None:
    one, two = office.give(), office.give()
    office.assign(one, OFFICER)
    assert seen(office, LEAD) == {one.id, two.id}
    assert seen(office, OFFICER) == {one.id}
    assert seen(office, OTHER) == set()


def test_who_is_barred_sees_nothing_whatever_they_are(office: Office) -> None:
    office.appoint("branch_secretary", lead=True)
    clue = office.give(barred=(LEAD, OFFICER))
    Assignee.objects.create(clue=clue, user=office.cast[OFFICER].user, at=timezone.now())  # by no way of the product
    assert seen(office, LEAD) == seen(office, OFFICER) == set()
    assert seen(office, "branch_secretary") == {clue.id}
    with pytest.raises(NotFound):
        clue_get_for(office.desk(LEAD), clue.id, at=timezone.now())
    assert clue_by_number(office.desk(LEAD), clue.number, at=timezone.now()) is None


def test_being_barred_outlives_another_appointment(office: Office) -> None:
    office.appoint("branch_secretary", lead=True)
    clue = office.give(barred=(LEAD,))
    admin = office.cast.actor("security_admin")
    officer_end(actor=admin, officer_id=office.rows[LEAD].id, version=0, reason="轮换")
    office.appoint(LEAD, lead=True, ago=timedelta())
    assert clue.id not in seen(office, LEAD)


def test_a_later_lead_sees_what_came_later(office: Office) -> None:
    """Whoever handed in the earlier one could not bar them."""
    before = office.give(at=timezone.now() - timedelta(minutes=30))
    office.appoint("branch_secretary", lead=True, ago=timedelta(minutes=10))
    after = office.give()
    assert seen(office, "branch_secretary") == {after.id}
    office.assign(before, "branch_secretary")
    assert seen(office, "branch_secretary") == {before.id, after.id}


def test_what_no_lead_of_then_can_see_any_more_is_the_later_ones(office: Office) -> None:
    before = office.give(at=timezone.now() - timedelta(minutes=30))
    office.appoint("branch_secretary", lead=True, ago=timedelta(minutes=10))
    admin = office.cast.actor("security_admin")
    officer_end(actor=admin, officer_id=office.rows[LEAD].id, version=0, reason="调走")
    assert seen(office, "branch_secretary") == {before.id}


def test_a_lead_of_then_who_is_barred_does_not_count(office: Office) -> None:
    office.appoint("branch_secretary", lead=True, ago=timedelta(minutes=50))
    before = office.give(at=timezone.now() - timedelta(minutes=30), barred=(LEAD,))
    office.appoint("accountant", lead=True, ago=timedelta(minutes=10))
    assert before.id not in seen(office, "accountant")
    admin = office.cast.actor("security_admin")
    officer_end(actor=admin, officer_id=office.rows["branch_secretary"].id, version=0, reason="调走")
    assert seen(office, "accountant") == {before.id}
    assert before.id not in seen(office, LEAD)


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin", "auditor", "grid_worker", "resident"])
def test_to_everybody_else_there_is_no_desk(office: Office, who: str) -> None:
    office.give()
    actor = office.cast.actor(who)
    assert not actor.can(DESK)
    with pytest.raises(NotFound):
        desk_of(actor)


def test_nor_to_the_platform_itself(office: Office) -> None:
    with pytest.raises(NotFound):
        desk_of(Actor.system(office.cast.county.id))
    with pytest.raises(NotFound):
        desk_of(Actor.anonymous(office.cast.county.id))


def test_an_officer_who_becomes_an_administrator_is_none(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    assert seen(office, OFFICER) == {clue.id}
    county_area = office.cast.areas["county"]
    Post(
        user=office.cast[OFFICER].user, role="audit_admin", area=county_area, area_path=county_area.path,
        valid_from=SINCE, granted_at=timezone.now(),
    ).save()  # fmt: skip
    with pytest.raises(NotFound):
        office.desk(OFFICER)


def test_who_lost_every_post_is_none(office: Office) -> None:
    Post.objects.filter(user=office.cast[OFFICER].user).update(valid_to=date(2020, 1, 2))
    with pytest.raises(NotFound):
        office.desk(OFFICER)


def test_a_disabled_account_is_none(office: Office) -> None:
    User.objects.filter(pk=office.cast[OFFICER].user.pk).update(is_active=False)
    office.cast[OFFICER].user.refresh_from_db()
    with pytest.raises(NotFound):
        office.desk(OFFICER)


def test_a_stand_in_does_not_stand_in_at_the_desk(office: Office) -> None:
    day = timezone.localdate()
    StandIn(
        post=office.cast[OFFICER].post, substitute=office.cast["accountant"].user, valid_from=day, valid_to=day,
        reason="x", created_at=timezone.now(),
    ).save()  # fmt: skip
    actor = office.cast.actor("accountant")
    assert any(post.stand_in for post in actor.posts)
    with pytest.raises(NotFound):
        desk_of(actor)


def test_an_end_counts_at_once(office: Office) -> None:
    office.assign(office.give(), OFFICER)
    actor = office.cast.actor(OFFICER)  # read before
    officer_end(actor=office.cast.actor("security_admin"), officer_id=office.rows[OFFICER].id, version=0, reason="调走")
    with pytest.raises(NotFound):
        desk_of(actor)


def test_another_county_has_its_own(office: Office, cast_b: Cast) -> None:
    clue = office.give()
    with county(cast_b.county.id):
        there = Office(cast_b)
        there.appoint(LEAD, lead=True)
        desk = there.desk(LEAD)
        assert not clues_for(desk, at=timezone.now()).exists()
        with pytest.raises(NotFound):
            clue_get_for(desk, clue.id, at=timezone.now())
        with pytest.raises(NotFound):
            desk_of(office.cast[LEAD].actor)


def test_tabs(office: Office) -> None:
    new, mine = office.give(), office.moved(office.give(), (Act.CHECK,))
    sent = office.moved(office.give(), (Act.CHECK, Act.TRANSFER))
    done = office.moved(office.give(), (Act.CHECK, Act.CONCLUDE))

    def tab(who: str, name: str, officer_id: int | None = None) -> set[int]:
        desk = office.desk(who)
        rows = narrowed(clues_for(desk, at=timezone.now()), desk, tab=name, officer_id=officer_id)
        return set(rows.values_list("id", flat=True))

    assert tab(LEAD, "waiting") == {new.id}
    assert tab(LEAD, "mine") == set()
    assert tab(LEAD, "open") == {new.id, mine.id, sent.id}
    assert tab(LEAD, "open", office.cast[OFFICER].user.pk) == {mine.id, sent.id}
    assert tab(LEAD, "transferred") == tab(OFFICER, "transferred") == {sent.id}
    assert tab(LEAD, "concluded") == tab(OFFICER, "concluded") == {done.id}
    assert tab(OFFICER, "mine") == {mine.id, sent.id}
    assert tab(OTHER, "open") == set()


def test_a_number_is_found_as_it_was_typed(office: Office) -> None:
    clue = office.give()
    for typed in (clue.number, clue.shown_number, clue.shown_number.lower(), f" {clue.number[:4]} {clue.number[4:]} "):
        found = clue_by_number(office.desk(LEAD), typed, at=timezone.now())
        assert found is not None
        assert found.id == clue.id
    assert clue_by_number(office.desk(LEAD), clue.number[:4], at=timezone.now()) is None
    assert clue_by_number(office.desk(OFFICER), clue.number, at=timezone.now()) is None


def test_every_look_is_a_step_and_looks_that_follow_are_one(office: Office) -> None:
    clue, at = office.give(), timezone.now()

    def look(who: str, later: timedelta, act: Act = Act.LOOK) -> int:
        clue_look(desk=office.desk(who), clue_id=clue.id, act=act, at=at + later)
        return Step.objects.filter(clue_id=clue.id, act__in=(Act.LOOK, Act.PRINT)).count()

    assert look(LEAD, timedelta()) == 1
    assert look(LEAD, timedelta(minutes=9)) == 1
    assert look(LEAD, AGAIN) == 2
    assert look(LEAD, AGAIN, Act.PRINT) == 3
    office.assign(clue, OFFICER)
    assert look(OFFICER, AGAIN) == 4
    assert look(LEAD, AGAIN) == 4
    assert look(LEAD, AGAIN * 2) == 5
    assert Clue.objects.get(id=clue.id).version == 1  # a look makes nobody's page stale
    assert Clue.objects.get(id=clue.id).state == State.ASSIGNED


def test_who_is_barred_later_loses_it(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER, OTHER)
    clue_bar(secret=clue.secret, barred=[office.id(OFFICER)], address=ADDRESS)
    assert seen(office, OFFICER) == set()
    assert seen(office, OTHER) == {clue.id}
    assert not Assignee.objects.filter(user=office.cast[OFFICER].user).exists()
