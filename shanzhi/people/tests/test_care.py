"""Care groups: who knows of whom, coming in and going out, and when somebody is to be seen next."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.packs.services import definition_publish, definition_retire
from shanzhi.people.groups import group_scope, groups_all, groups_for, groups_known
from shanzhi.people.models import Membership, Resident
from shanzhi.people.numbers import group_index
from shanzhi.people.selectors.care import (
    group_counts,
    group_get_for,
    member_page,
    membership_get_for,
    memberships_of,
)
from shanzhi.people.selectors.residents import PeopleFilter, resident_page
from shanzhi.people.services import membership_end, visit_noted
from shanzhi.people.tests.world import GROUP, STRICT, ago, groups, happen, member, resident, today
from shanzhi.tenancy.models import IdempotencyKey
from shanzhi.trail.models import Entry
from tests.cast import Cast


@pytest.fixture
def cared(cast: Cast) -> Cast:
    groups(cast)
    return cast


def end(cast: Cast, row: Membership, *, by: str = "village_clerk", **said: Any) -> Membership:
    said = {"until": today(), "reason": "子女已经回来", "version": Membership.objects.get(id=row.id).version, **said}
    return membership_end(actor=cast.actor(by), number=row.id, **said)


def labels(cast: Cast, who: str, row: Resident) -> list[str]:
    return [one.group.label for one in memberships_of(cast.actor(who), Resident.objects.get(id=row.id))]


def test_into_a_group_for_a_reason(cared: Cast) -> None:
    row = resident(cared)
    care = member(cared, row)
    assert (care.path, care.since, care.due_on) == (cared.areas["g1"].path, ago(100), today() + timedelta(days=30))
    assert (care.group, care.reason, care.actor_post) == ("alone", "走访了解", "张庄村 村文书")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_membership")
        lying = " ".join(map(str, cursor.fetchone()))
    assert "alone" not in lying
    assert "走访" not in lying
    assert care.group_index == group_index("alone") != group_index("correction")
    assert Entry.objects.filter(code="people.membership.begun", object_id=care.id).count() == 1


def test_without_a_visit_plan_nobody_is_due(cared: Cast) -> None:
    care = member(cared, resident(cared), "correction", by="township_officer")
    assert care.due_on is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"group": ""}, "group"), ({"group": "none"}, "group"), ({"group": "correction"}, "group"),
        ({"reason": "  "}, "reason"), ({"reason": "长" * 201}, "reason"),
        ({"since": today() + timedelta(days=1)}, "since"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(cared: Cast, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        member(cared, resident(cared), **said)
    assert list(refused.value.fields) == [field]
    assert not Membership.objects.exists()


def test_once_in_a_group_and_again_after_it_ended(cared: Cast) -> None:
    row = resident(cared)
    care = member(cared, row)
    with pytest.raises(Conflict, match="已经在“独居老人”里"):
        member(cared, row)
    end(cared, care)
    assert member(cared, row, since=today()).id != care.id


def test_a_key_writes_once_and_remembers_no_group(cared: Cast) -> None:
    row = resident(cared)
    IdempotencyKey.objects.all().delete()
    assert member(cared, row, key="k").id == member(cared, row, key="k").id
    assert Membership.objects.count() == 1
    assert IdempotencyKey.objects.get().operation == "people.care"


def test_nobody_who_is_gone_comes_into_a_group(cared: Cast) -> None:
    row = resident(cared)
    happen(cared, row, "died")
    with pytest.raises(Conflict, match="已经迁出或去世"):
        member(cared, row)


def test_who_may_write(cared: Cast) -> None:
    row = resident(cared)
    for who, error in (("other_clerk", NotFound), ("auditor", NotFound), ("command_centre", Forbidden),
                       ("county_leader", NotFound), ("system_admin", NotFound)):  # fmt: skip
        with pytest.raises(error):
            member(cared, row, by=who)
    care = member(cared, row, by="branch_secretary")
    for who in ("other_clerk", "command_centre", "auditor"):
        with pytest.raises(NotFound):
            end(cared, care, by=who)
    end(cared, care, by="grid_worker")


def test_out_again_with_the_reason(cared: Cast) -> None:
    care = member(cared, resident(cared))
    done = end(cared, care, until=ago(2), key="k")
    assert (done.until, done.due_on, done.ended_because, done.version) == (ago(2), None, "子女已经回来", 2)
    assert end(cared, care, until=ago(2), version=1, key="k").version == 2
    with pytest.raises(Conflict, match="已经结束"):
        end(cared, care)
    assert Entry.objects.filter(code="people.membership.ended").count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [({"until": ago(101)}, "until"), ({"until": today() + timedelta(days=1)}, "until"), ({"reason": ""}, "reason")],
)
def test_what_is_wrong_at_the_end(cared: Cast, said: dict[str, Any], field: str) -> None:
    care = member(cared, resident(cared))
    with pytest.raises(Invalid) as refused:
        end(cared, care, **said)
    assert list(refused.value.fields) == [field]
    with pytest.raises(Stale):
        end(cared, care, version=7)


def test_a_group_that_does_not_name_ones_post_is_not_there(cared: Cast) -> None:
    row = resident(cared)
    member(cared, row)
    care = member(cared, row, "correction", by="township_officer")
    assert labels(cared, "township_officer", row) == ["社区矫正对象", "独居老人"] or len(
        labels(cared, "township_officer", row)
    ) == 2  # fmt: skip
    for who in ("village_clerk", "grid_worker", "branch_secretary"):
        assert labels(cared, who, row) == ["独居老人"]
        with pytest.raises(NotFound):
            membership_get_for(cared.actor(who), care.id)
        with pytest.raises(NotFound):
            group_get_for(cared.actor(who), "correction")
        assert list(groups_for(cared.actor(who))) == ["alone"]
        found = resident_page(
            cared.actor(who), cared.areas["g1"], PeopleFilter(care="correction"), today=today()
        )  # fmt: skip
        assert not found.rows
    for who in ("command_centre", "auditor", "county_leader", "security_admin", "other_clerk"):
        assert labels(cared, who, row) == []
    assert membership_get_for(cared.actor("township_officer"), care.id).group.label == "社区矫正对象"


def test_the_strict_mask_names_in_lists(cared: Cast) -> None:
    row = resident(cared)
    member(cared, row)
    member(cared, row, "correction", by="township_officer")
    officer = cared.actor("township_officer")
    for code, name in (("alone", "张小平"), ("correction", "张*平")):
        [seen] = member_page(officer, group_get_for(officer, code), cared.areas["t1"], today=today()).rows
        assert seen.shown_name == name


def test_lists_by_place_state_and_due_day(cared: Cast) -> None:
    clerk = cared.actor("village_clerk")
    group = group_get_for(clerk, "alone")
    one, two, three = (resident(cared, name=name, place=place) for name, place in
                       (("甲", "g1"), ("乙", "g4"), ("丙", "g1")))  # fmt: skip
    rows = [member(cared, row) for row in (one, two, three)]
    Membership.objects.filter(id=rows[0].id).update(due_on=ago(3))
    Membership.objects.filter(id=rows[1].id).update(due_on=today() + timedelta(days=7))
    end(cared, rows[2])

    def names(place: str, state: str) -> list[str]:
        found = member_page(clerk, group, cared.areas[place], state=state, today=today())
        return [one.row.resident.name for one in found.rows]

    assert names("v1", "open") == ["甲", "乙"]
    assert names("g4", "open") == ["乙"]
    assert names("v1", "due") == ["甲", "乙"]
    assert names("v1", "ended") == ["丙"]
    first = member_page(clerk, group, cared.areas["v1"], today=today(), size=1)
    second = member_page(clerk, group, cared.areas["v1"], today=today(), size=1, cursor=first.next_cursor or "")
    assert [one.row.resident.name for one in (*first.rows, *second.rows)] == ["甲", "乙"]
    assert first.rows[0].due_words(today()) == "已过 3 天"
    assert first.rows[0].is_late(today())
    assert second.rows[0].due_words(today()) == "还有 7 天"
    assert second.rows[0].due_words(today() + timedelta(days=7)) == "今天要走访"


def test_counts_of_a_place_for_what_one_may_see(cared: Cast) -> None:
    one, two = resident(cared), resident(cared, name="乙", place="g4")
    late = member(cared, one)
    member(cared, two)
    member(cared, two, "correction", by="township_officer")
    Membership.objects.filter(id=late.id).update(due_on=ago(1))

    def counted(who: str, place: str) -> dict[str, tuple[int, int]]:
        rows = group_counts(cared.actor(who), cared.areas[place], today())
        return {one.group.code: (one.people, one.late) for one in rows}

    assert counted("village_clerk", "v1") == {"alone": (2, 1)}
    assert counted("grid_worker", "v1") == {"alone": (1, 1)}
    assert counted("township_officer", "t1") == {"alone": (2, 1), "correction": (1, 0)}
    assert counted("township_officer", "g1") == {"alone": (1, 1), "correction": (0, 0)}


def test_a_visit_is_noted_and_the_next_is_due(cared: Cast) -> None:
    care, worker = member(cared, resident(cared)), cared.actor("grid_worker")
    seen = visit_noted(actor=worker, membership=care, on=ago(5))
    assert (seen.seen_on, seen.due_on, seen.version) == (ago(5), ago(5) + timedelta(days=30), 2)
    older = visit_noted(actor=worker, membership=care, on=ago(9))
    assert (older.seen_on, older.version) == (ago(5), 2)
    newer = visit_noted(actor=worker, membership=care, on=today())
    assert (newer.seen_on, newer.due_on) == (today(), today() + timedelta(days=30))
    with pytest.raises(Invalid):
        visit_noted(actor=worker, membership=member(cared, resident(cared, name="乙")), on=ago(101))
    assert Entry.objects.filter(code="people.membership.seen").count() == 2
    end(cared, care)
    assert visit_noted(actor=worker, membership=care, on=today()).due_on is None


def test_a_visit_of_another_place_is_not_noted(cared: Cast) -> None:
    row = resident(cared)
    seen = membership_get_for(cared.actor("village_clerk"), member(cared, row).id)
    with pytest.raises(NotFound):
        visit_noted(actor=cared.actor("other_worker"), membership=seen.row, on=today())


def test_a_group_that_was_retired_is_read_but_not_written(cared: Cast) -> None:
    row = resident(cared)
    member(cared, row)
    definition_retire(actor=Actor.system(cared.county.id), family="care_group", code="alone")
    assert list(groups_all()) == ["correction"]
    assert groups_known()["alone"].retired
    assert labels(cared, "village_clerk", row) == ["独居老人"]
    with pytest.raises(Invalid):
        member(cared, resident(cared, name="乙"))
    assert group_get_for(cared.actor("village_clerk"), "alone").retired


def test_another_plan_counts_from_the_next_visit(cared: Cast) -> None:
    care = member(cared, resident(cared))
    definition_publish(
        actor=Actor.system(cared.county.id), family="care_group", code="alone", origin="edited",
        body={**GROUP, "visit_every_days": 7}, note="多走访",
    )  # fmt: skip
    seen = visit_noted(actor=cared.actor("grid_worker"), membership=care, on=today())
    assert seen.due_on == today() + timedelta(days=7)


def test_scopes_follow_the_posts_that_a_group_names(cared: Cast) -> None:
    known = groups_all()
    assert group_scope(cared.actor("grid_worker"), known["alone"]).covers(cared.areas["g1"].path)
    assert not group_scope(cared.actor("grid_worker"), known["alone"]).covers(cared.areas["g4"].path)
    assert not group_scope(cared.actor("grid_worker"), known["correction"])
    assert group_scope(Actor.system(cared.county.id), known["correction"]).covers(cared.areas["g3"].path)
    assert STRICT["sensitivity"] == "strict"
