"""A sender is kept out for a while: with a reason, an end, and a way to be heard."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.gate.admitting import admit
from shanzhi.cases.gate.blocked import Blocked
from shanzhi.cases.gate.blocking import block_extend, block_get_for, block_lift, block_list_for, block_place, sources_of
from shanzhi.cases.models import Block, Case
from shanzhi.cases.taking.following import followed
from shanzhi.cases.tests.gate.people import send, visitor
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.trail.models import Entry
from tests.cast import Cast, report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wide(settings: Any) -> None:
    settings.GATE = {"normal": 1000, "village": 1000, "county": 1000}


def case_of(cast: Cast, who: Any, **changes: Any) -> Case:
    found = send(cast, who, **changes).case
    assert found is not None
    return found


def place(cast: Cast, case: Case, *, by: str = "township_officer", **changes: Any) -> Block:
    words: dict[str, Any] = {"what": "device", "reason": "flood", "text": "一小时发了八遍", "days": 7, **changes}
    return block_place(actor=cast.actor(by), case=case, at=words.pop("at", timezone.now()), **words)


def test_a_blocked_browser_is_told_why_until_when_and_where_to_go(cast: Cast) -> None:
    who = visitor()
    case = case_of(cast, who)
    block = place(cast, case)
    with pytest.raises(Blocked) as caught:
        send(cast, who)
    assert (caught.value.status, caught.value.code) == (403, "blocked")
    for words in ("短时间内大量重复反映", "12345", "窗口", "投诉", f"{timezone.localtime(block.until):%H:%M}"):
        assert words in caught.value.message
    assert "八遍" not in caught.value.message
    # Joining and adding neither; but following, rating and complaining go on.
    for act in ("join", "add"):
        with pytest.raises(Blocked):
            admit(who, act, at=timezone.now(), path=cast.areas["g1"].path)
    for act in ("rate", "complain"):
        admit(who, act, at=timezone.now(), path=cast.areas["g1"].path)
    secret = case.receipts.get().secret
    assert followed(number="", secret=secret, address="1.1.1.1", at=timezone.now()).number == case.number
    # By another browser or in another township nobody is kept out, and after its end nobody at all.
    send(cast, visitor())
    send(cast, who, place="v3")
    send(cast, who, at=timezone.now() + timedelta(days=7, minutes=1))
    # Where the place is not known, it counts everywhere.
    with pytest.raises(Blocked):
        admit(who, "report", at=timezone.now())


def test_by_telephone_and_by_network(cast: Cast) -> None:
    who = visitor()
    case = case_of(cast, who, phone="13955501234")
    place(cast, case, what="phone")
    with pytest.raises(Blocked, match="这个电话号码"):
        send(cast, visitor(), phone="139-5550-1234")
    send(cast, who)
    with pytest.raises(Invalid) as caught:
        place(cast, case, what="address")
    assert (caught.value.code, set(caught.value.fields)) == ("address_shared", {"sure"})
    place(cast, case, what="address", sure=True)
    with pytest.raises(Blocked, match="这个网络"):
        send(cast, visitor(address=who.address.rstrip("a")))


def test_staff_see_numbers_and_nothing_else(cast: Cast) -> None:
    who = visitor("pest", "village")
    case = case_of(cast, who, phone="13955501234")
    send(cast, visitor("neighbour", "village"))
    send(cast, who, at=timezone.now() - timedelta(days=31))
    found = {one.what: one for one in sources_of(cast.actor("township_officer"), case, at=timezone.now())}
    assert {what: one.behind.total for what, one in found.items()} == {"device": 1, "phone": 1, "address": 2}
    assert found["address"].behind.is_shared
    assert not found["device"].behind.is_shared
    assert sources_of(cast.actor("other_officer"), case, at=timezone.now()) == []
    assert sources_of(cast.actor("township_officer"), report(cast), at=timezone.now()) == []


def test_it_is_placed_once_and_again_after_its_end(cast: Cast) -> None:
    who, now = visitor(), timezone.now()
    case = case_of(cast, who)
    first = place(cast, case, key="k", at=now)
    assert place(cast, case, key="k", at=now).id == first.id
    with pytest.raises(Conflict, match="已经限制了"):
        place(cast, case, at=now)
    again = place(cast, case, at=now + timedelta(days=8))
    assert again.id != first.id
    first.refresh_from_db()
    assert (first.lifted_by, first.lifted_at) == ("到期", first.until)
    codes = set(Entry.objects.filter(object_type="cases.block").values_list("code", flat=True))
    assert codes == {"cases.block.placed", "cases.block.replaced"}


def test_it_is_extended_to_thirty_days_from_now_at_most(cast: Cast) -> None:
    now = timezone.now()
    block = place(cast, case_of(cast, visitor()), at=now)
    actor = cast.actor("township_officer")
    block_extend(actor=actor, block=block, version=1, days=7, at=now)
    assert block.until == now + timedelta(days=14)
    block_extend(actor=actor, block=block, version=2, days=30, at=now)
    assert block.until == now + timedelta(days=30)
    with pytest.raises(Stale):
        block_extend(actor=actor, block=block, version=2, days=1, at=now)
    with pytest.raises(Invalid):
        block_extend(actor=actor, block=block, version=3, days=365, at=now)
    with pytest.raises(Conflict):
        block_extend(actor=actor, block=block, version=3, days=1, at=now + timedelta(days=31))


def test_it_is_lifted_with_a_reason(cast: Cast) -> None:
    who, now = visitor(), timezone.now()
    block = place(cast, case_of(cast, who), at=now)
    actor = cast.actor("county_centre")
    with pytest.raises(Invalid):
        block_lift(actor=actor, block=block, version=1, text=" ", at=now)
    block_lift(actor=actor, block=block, version=1, text="核实是本人家里的事", at=now)
    send(cast, who)
    with pytest.raises(Conflict):
        block_lift(actor=actor, block=block, version=2, text="再来", at=now)
    assert Entry.objects.filter(code="cases.block.lifted", object_id=block.id).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"what": "x"}, "what"), ({"reason": ""}, "reason"), ({"text": ""}, "text"), ({"text": "长" * 301}, "text"),
     ({"days": 0}, "days"), ({"days": 3650}, "days")],
)  # fmt: skip
def test_never_without_a_reason_never_for_ever(cast: Cast, changes: dict[str, Any], field: str) -> None:
    case = case_of(cast, visitor())
    with pytest.raises(Invalid) as caught:
        place(cast, case, **changes)
    assert set(caught.value.fields) == {field}
    assert not Block.objects.exists()


def test_who_may(cast: Cast) -> None:
    case = case_of(cast, visitor())
    for role in ("village_clerk", "county_leader", "other_officer"):
        with pytest.raises(Forbidden):
            place(cast, case, by=role)
    above = place(cast, case, by="county_centre")
    officer = cast.actor("township_officer")
    # It holds there too, so it stands in the list, but it is the county's to change.
    assert list(block_list_for(officer, now=timezone.now())) == [above]
    with pytest.raises(NotFound):
        block_get_for(officer, above.id)
    with pytest.raises(Forbidden):
        block_lift(actor=officer, block=above, version=1, text="x", at=timezone.now())
    with pytest.raises(Conflict, match="不是从公开页面来的"):
        place(cast, report(cast))
    with pytest.raises(Conflict):
        place(cast, case, what="phone")


def test_the_list_is_narrowed_and_searched(cast: Cast) -> None:
    now = timezone.now()
    old = place(cast, case_of(cast, visitor()), at=now - timedelta(days=8), text="广告刷屏")
    case = case_of(cast, visitor())
    new = place(cast, case, at=now)
    actor = cast.actor("township_officer")

    def ids(**wanted: str) -> set[int]:
        return {row.id for row in block_list_for(actor, now=now, **wanted)}

    assert ids() == {old.id, new.id} == ids(what="device") == ids(what="nonsense") == ids(state="nonsense")
    assert ids(state="holding") == {new.id} == ids(text=case.number)
    assert ids(state="over") == {old.id} == ids(text="刷屏")
    assert ids(what="address") == set()
