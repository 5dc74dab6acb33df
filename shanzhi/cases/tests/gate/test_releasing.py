"""What was held becomes a case as if it had gone straight through, or is put aside with a reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.gate.grouping import LIKENESS, SENDER
from shanzhi.cases.gate.holding import floods_now, groups_for, held_get_for, members_of
from shanzhi.cases.gate.jobs import forget_senders
from shanzhi.cases.gate.releasing import held_discard, held_many, held_release, release_start
from shanzhi.cases.models import Case, Held, Receipt, Sender
from shanzhi.cases.taking.following import followed
from shanzhi.cases.tests.gate.people import BODY, send, visitor
from shanzhi.cases.tests.gate.test_receiving import photo
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def always(settings: Any) -> None:
    """Every report is held."""
    settings.GATE = {"normal": 1000, "village": 0, "county": 1000}


def held_of(cast: Cast, **changes: Any) -> Held:
    found = send(cast, **changes).held
    assert found is not None
    return found


def test_a_released_one_is_a_case_received_when_it_came_with_the_same_receipt(cast: Cast) -> None:
    came, who = timezone.now() - timedelta(hours=2), visitor()
    picture = photo(who)
    held = held_of(cast, who=who, at=came, place="g1", phone="13955501234", photo_ids=[picture.id])
    case = held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
    assert (case.body, case.received_at, case.area_id, case.owner_id) == (
        BODY, came, cast.areas["g1"].id, cast.areas["v1"].id,
    )  # fmt: skip
    assert case.reporter_id is None
    picture.refresh_from_db()
    assert (picture.owner_type, picture.owner_id) == ("cases.step", case.steps.get().id)
    told = followed(number="", secret=held.secret, address="1.1.1.1", at=timezone.now())
    assert (told.number, told.state) == (case.number, "等待受理")
    sender = Sender.objects.get(case=case)
    assert (sender.device, sender.counted, sender.at) == (who.device, False, came)
    held.refresh_from_db()
    assert (held.state, held.case_id, held.version) == ("released", case.id, 2)
    assert Entry.objects.filter(code="cases.held.released", object_id=held.id).exists()


def test_only_once_whoever_is_second_is_told_so(cast: Cast) -> None:
    held = held_of(cast)
    stale = Held.objects.get(id=held.id)
    held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
    for late in (held, stale):
        with pytest.raises(Conflict):
            held_release(actor=cast.actor("command_centre"), held=late, at=timezone.now())
        with pytest.raises(Conflict):
            held_discard(actor=cast.actor("command_centre"), held=late, reason="flood", at=timezone.now())
    assert Case.objects.count() == Receipt.objects.count() == 1


def test_a_discarded_one_tells_why_and_where_to_object(cast: Cast) -> None:
    held = held_of(cast)
    held_discard(actor=cast.actor("township_officer"), held=held, reason="advert", text="卖保健品的", at=timezone.now())
    told = followed(number="", secret=held.secret, address="1.1.1.1", at=timezone.now())
    assert (told.state, told.ended) == ("没有登记", True)
    for words in ("广告、诈骗信息", "卖保健品的", "12345", "窗口"):
        assert words in told.next
    assert [step.words for step in told.steps] == ["没有登记", "收到了"]
    assert not Case.objects.exists()
    # After an objection it becomes a case all the same.
    case = held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
    assert followed(number=case.number, secret=held.secret, address="1", at=timezone.now()).state == "等待受理"


@pytest.mark.parametrize(("changes", "field"), [({"reason": "x"}, "reason"), ({"text": "长" * 301}, "text")])
def test_a_reason_is_chosen(cast: Cast, changes: dict[str, str], field: str) -> None:
    held = held_of(cast)
    with pytest.raises(Invalid) as caught:
        held_discard(
            actor=cast.actor("township_officer"), held=held, at=timezone.now(), **{"reason": "flood", **changes}
        )
    assert set(caught.value.fields) == {field}


def test_who_may_judge(cast: Cast) -> None:
    held = held_of(cast)
    for role, error in (("village_clerk", Forbidden), ("grid_worker", Forbidden), ("other_officer", Forbidden)):
        with pytest.raises(error):
            held_release(actor=cast.actor(role), held=held, at=timezone.now())
    for role in ("village_clerk", "other_officer"):
        with pytest.raises(NotFound):
            held_get_for(cast.actor(role), held.id)
        assert groups_for(cast.actor(role)) == []
    assert held_get_for(cast.actor("county_centre"), held.id) == held
    assert [one.area.name for one in floods_now(cast.actor("township_officer"))] == ["张庄村"]
    assert floods_now(cast.actor("other_officer")) == []
    with pytest.raises(NotFound):
        held_get_for(cast.actor("county_centre"), 2**63)


def test_like_words_stand_together_and_one_sender_too(cast: Cast) -> None:
    pest = visitor("pest")
    for number in range(4):
        held_of(cast, body=f"低价出售正品保健酒，量大从优，加微信 jiu{number} 立即送货上门。")
    alone = held_of(cast, body="村西头的桥栏杆断了一截，孩子上学要从这里过。", who=pest)
    held_of(cast, body="邻居半夜放音响，吵得人睡不着。", who=pest, urgent=True)
    actor = cast.actor("township_officer")
    assert sorted(group.count for group in groups_for(actor)) == [1, 1, 4]
    assert groups_for(actor)[0].urgent == 1  # danger first, whatever the size
    assert sorted(group.count for group in groups_for(actor, SENDER)) == [1, 1, 1, 1, 2]
    assert len(members_of(actor, alone, SENDER)) == 2
    assert members_of(actor, alone, LIKENESS) == members_of(actor, alone, "one") == [alone.id]


def test_a_group_is_released_as_a_job_and_a_second_run_does_nothing_twice(cast: Cast) -> None:
    rows = [held_of(cast) for _ in range(3)]
    actor = cast.actor("township_officer")
    first, again = (
        release_start(actor=actor, ids=[row.id for row in rows], key="k", at=timezone.now()) for _ in range(2)
    )
    assert first.id == again.id
    drain()
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert job.result["message"] == "受理登记 3 件。"
    assert Case.objects.count() == 3
    assert held_many([row.id for row in rows], lambda row: pytest.fail("again"), actor=actor).done == 0


def test_a_job_that_is_cancelled_has_done_nothing(cast: Cast) -> None:
    held = held_of(cast)
    actor = cast.actor("township_officer")
    job_cancel(actor=actor, job=release_start(actor=actor, ids=[held.id], key=None, at=timezone.now()))
    drain()
    assert not Case.objects.exists()
    held.refresh_from_db()
    assert held.state == "waiting"


def test_what_stops_one_does_not_stop_the_others(cast: Cast) -> None:
    gone, rest = held_of(cast, place="v2"), held_of(cast)
    area = cast.areas["v2"]
    area.valid_to = timezone.localdate()
    area.save()
    actor, seen = cast.actor("township_officer"), []
    decide: Callable[[Held], object] = lambda row: held_release(actor=actor, held=row, at=timezone.now())  # noqa: E731
    found = held_many(
        [gone.id, rest.id, 1], decide, actor=actor, progress=lambda done, total: seen.append((done, total))
    )
    assert (found.done, found.refused, seen) == (1, 2, [(1, 3), (2, 3), (3, 3)])
    assert any("已撤销" in note for note in found.notes)
    gone.refresh_from_db()
    assert gone.state == "waiting"
    with pytest.raises(Conflict):
        release_start(actor=actor, ids=[], key=None, at=timezone.now())


def test_after_ninety_days_it_is_gone_and_the_trail_holds(cast: Cast) -> None:
    who = visitor()
    picture = photo(who)
    held, kept, released = held_of(cast, who=who, photo_ids=[picture.id]), held_of(cast), held_of(cast)
    actor, now = cast.actor("township_officer"), timezone.now()
    held_discard(actor=actor, held=held, reason="abuse", at=now)
    held_release(actor=actor, held=released, at=now)
    assert forget_senders(now + timedelta(days=89)) == 0
    assert forget_senders(now + timedelta(days=91)) == 3  # the put aside, the released one and its sender
    assert list(Held.objects.values_list("id", flat=True)) == [kept.id]
    assert Receipt.objects.get().digest == released.digest
    picture.refresh_from_db()
    assert picture.is_draft
    assert not Sender.objects.exists()
    with pytest.raises(NotFound):
        followed(number="", secret=held.secret, address="1.1.1.1", at=now)
    wrong = verify_county(cast.county.id).findings  # places and people of the cast are written past the services
    assert [one for one in wrong if any(word in one for word in ("待甄别", "文件", "事件", "held", "StoredFile"))] == []
