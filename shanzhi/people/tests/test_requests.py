"""What residents ask about their own data: taken down, answered, printed, and deleted where that is lawful."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.models import Look, Membership, Request, Resident, Stay
from shanzhi.people.selectors.rights import request_get_for, request_page, requests_of
from shanzhi.people.services import (
    membership_end,
    memberships_sweep,
    request_decide,
    request_take,
    resident_erase,
    why_not,
)
from shanzhi.people.services.erasing import KEPT_DAYS
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import ago, groups, happen, household, member, resident, today
from shanzhi.trail.models import Entry, Salt
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast

LONG = KEPT_DAYS + 1


def take(cast: Cast, row: Resident, kind: str = "copy", *, by: str = "village_clerk", **said: Any) -> Request:
    return request_take(actor=cast.actor(by), resident=row.id, kind=kind, **said)


def decide(cast: Cast, row: Request, *, by: str = "village_clerk", **said: Any) -> Request:
    said = {"done": True, "answer": "已当面打印。", "version": Request.objects.get(id=row.id).version, **said}
    return request_decide(actor=cast.actor(by), number=row.id, **said)


def erase(cast: Cast, row: Resident, *, by: str = "village_clerk", **said: Any) -> None:
    found = Resident.objects.filter(id=row.id).first()
    said = {"version": found.version if found else 1, **said}
    resident_erase(actor=cast.actor(by), number=row.id, **said)


def long_gone(cast: Cast, **said: Any) -> Resident:
    row = resident(cast, on=ago(LONG + 100), **said)
    return happen(cast, row, "moved-out", lives_elsewhere="江苏省苏州市", on=ago(LONG))


def test_taken_down_and_answered(cast: Cast) -> None:
    row = resident(cast)
    asked = take(cast, row, "explain", text="为什么算流入？", key="k")
    assert (asked.state, asked.path, asked.taken_by) == ("open", cast.areas["g1"].path, "赵村文，张庄村 村文书")
    assert take(cast, row, "explain", text="为什么算流入？", key="k").id == asked.id
    done = decide(cast, asked, answer="已解释。", key="d")
    assert (done.state, done.answer, done.version) == ("done", "已解释。", 2)
    assert decide(cast, asked, answer="已解释。", version=1, key="d").version == 2
    with pytest.raises(Conflict, match="已经办结"):
        decide(cast, asked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, answer FROM people_request")
        lying = " ".join(cursor.fetchone())
    assert "流入" not in lying
    assert "解释" not in lying
    assert Entry.objects.filter(code__in=("people.request.taken", "people.request.done")).count() == 2


def test_a_refusal_says_why(cast: Cast) -> None:
    asked = take(cast, resident(cast), "erase", text="不想被登记")
    with pytest.raises(Invalid, match="不同意的，写明理由"):
        decide(cast, asked, done=False, answer=" ")
    refused = decide(cast, asked, done=False, answer="还住在本村，登记是法定职责。")
    assert refused.state == "refused"
    with pytest.raises(Stale):
        decide(cast, take(cast, resident(cast, name="乙")), version=9)


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [("gift", {}, "kind"), ("correct", {}, "text"), ("erase", {"text": " "}, "text"), ("explain", {}, "text"),
     ("copy", {"text": "长" * 501}, "text")],
)  # fmt: skip
def test_what_is_missing(cast: Cast, kind: str, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        take(cast, resident(cast), kind, **said)
    assert list(refused.value.fields) == [field]
    assert not Request.objects.exists()


def test_offices_take_and_decide_for_their_own_place(cast: Cast) -> None:
    row = resident(cast)
    for who, error in (("grid_worker", Forbidden), ("branch_secretary", Forbidden), ("command_centre", Forbidden),
                       ("other_clerk", NotFound), ("auditor", NotFound)):  # fmt: skip
        with pytest.raises(error):
            take(cast, row, by=who)
        with pytest.raises(error):
            erase(cast, row, by=who, mistaken=True)
    asked = take(cast, row, by="township_officer")
    for who in ("grid_worker", "other_clerk", "other_officer", "auditor"):
        with pytest.raises(NotFound):
            request_get_for(cast.actor(who), asked.id)
    decide(cast, asked)
    assert [one.id for one in requests_of(row)] == [asked.id]


def test_the_list_is_of_ones_own_place_and_by_state(cast: Cast) -> None:
    first = take(cast, resident(cast))
    second = take(cast, resident(cast, name="乙", place="g4"))
    other = take(cast, resident(cast, by="other_clerk", place="g3", name="丙"), by="other_clerk")
    decide(cast, first)
    clerk = cast.actor("village_clerk")
    assert [row.id for row in request_page(clerk).rows] == [second.id, first.id]
    assert [row.id for row in request_page(clerk, state="open").rows] == [second.id]
    assert [row.id for row in request_page(cast.actor("other_clerk")).rows] == [other.id]
    page = request_page(clerk, size=1)
    assert [row.id for row in request_page(clerk, size=1, cursor=page.next_cursor or "").rows] == [first.id]


def test_who_lives_here_is_not_deleted(cast: Cast) -> None:
    row = resident(cast)
    with pytest.raises(Conflict, match="法定职责") as refused:
        erase(cast, row)
    assert refused.value.code == "must_keep"
    happen(cast, row, "moved-out", lives_elsewhere="上海市")
    with pytest.raises(Conflict, match="要保留三年"):
        erase(cast, row)
    assert Resident.objects.filter(id=row.id).exists()


def test_who_left_long_ago_is_deleted_for_good(cast: Cast) -> None:
    row = long_gone(cast)
    asked = take(cast, row, "erase", text="请删除")
    erase(cast, row, request=(asked.id, asked.version), key="k")
    assert not Resident.objects.filter(id=row.id).exists()
    assert not Stay.objects.filter(resident_id=row.id).exists()
    asked.refresh_from_db()
    assert (asked.resident, asked.text, asked.state, asked.answer) == (None, "", "done", "资料已经删除。")
    assert Entry.objects.filter(code="people.resident.erased", object_id=row.id).count() == 1
    assert Entry.objects.filter(code="people.stay.erased").count() == 2
    assert not Salt.objects.filter(object_type="people.resident", object_id=row.id).exists()
    assert not Salt.objects.filter(object_type="people.stay").exists()


def test_nothing_of_the_person_is_left_in_any_table(cast: Cast) -> None:
    row = long_gone(cast, name="欧阳无名")
    number = row.paper_number
    take(cast, row, "correct", text="欧阳无名的电话错了")
    decide(cast, Request.objects.get(), answer="欧阳无名的电话已更正")
    erase(cast, row)
    with connection.cursor() as cursor:
        for model in (Resident, Stay, Membership, Request, Look, Entry):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for cells in cursor.fetchall():
                assert "欧阳" not in str(cells)
                assert number not in str(cells)
    assert Request.objects.get().answer == ""


def test_what_stands_in_the_way_is_said(cast: Cast) -> None:
    groups(cast)
    row = long_gone(cast)
    care = member(cast, again := resident(cast, name="乙"))
    assert "还是关爱对象" in why_not(again, today(), mistaken=True)
    membership_end(
        actor=cast.actor("village_clerk"), number=care.id, version=1, until=ago(10), reason="登错"
    )  # fmt: skip
    assert "按规定要保留到" in why_not(again, today(), mistaken=True)
    assert why_not(again, today() + timedelta(days=400), mistaken=True) == ""
    assert why_not(row, today(), mistaken=False) == ""
    assert "要保留三年" in why_not(row, today() - timedelta(days=2), mistaken=False)


def test_who_was_written_down_twice_is_deleted_at_once(cast: Cast) -> None:
    row = resident(cast)
    other = resident(cast, name="乙")
    house = household(cast, {row: "0", other: "1"})
    with pytest.raises(Invalid, match="变更户主"):
        erase(cast, row, mistaken=True)
    erase(cast, other, mistaken=True)
    erase(cast, row, mistaken=True)
    assert not Resident.objects.filter(household=house).exists()


def test_twice_under_one_key_and_too_late(cast: Cast) -> None:
    row = long_gone(cast)
    with pytest.raises(Stale):
        erase(cast, row, version=1)
    erase(cast, row, key="k")
    with pytest.raises(NotFound):
        erase(cast, row)


def test_the_verifier_says_erased_and_finds_nothing_wrong(cast: Cast) -> None:
    row = long_gone(cast)
    take(cast, row)
    erase(cast, row)
    ours = ("居民", "居住和户籍变更", "个人信息申请", "查看居民资料", "房屋", "户", "关爱对象")
    assert [one for one in verify_county(cast.county.id).findings if one.startswith(ours)] == []


def test_ended_memberships_go_by_themselves(cast: Cast) -> None:
    groups(cast)
    clerk = cast.actor("village_clerk")
    old, new, running = (member(cast, resident(cast, name=name, on=ago(900)), since=ago(800)) for name in "甲乙丙")
    membership_end(actor=clerk, number=old.id, version=1, until=ago(365), reason="好了")
    membership_end(actor=clerk, number=new.id, version=1, until=ago(364), reason="好了")
    assert memberships_sweep(at=timezone.now()) == 1
    assert set(Membership.objects.values_list("id", flat=True)) == {new.id, running.id}
    entry = Entry.objects.get(code="people.membership.erased")
    assert (entry.object_id, entry.actor_id) == (old.id, 0)
    assert not Salt.objects.filter(object_type="people.membership", object_id=old.id).exists()
    assert memberships_sweep(at=timezone.now()) == 0
    assert memberships_sweep(at=timezone.now() + timedelta(days=1)) == 1


def test_at_the_counter_from_the_request_to_the_paper(cast: Cast) -> None:
    clerk = cast["village_clerk"].client()
    row = resident(cast)
    made = clerk.post(url("request-new", row.id), sent(kind="copy", text=""))
    assert made.status_code == 302
    page = words(clerk.get(made["Location"]))
    assert "去打印全部资料" in page
    assert row.paper_number not in words(clerk.get(url("copy", row.id)))
    paper = clerk.post(url("copy", row.id), sent())
    assert paper["Cache-Control"] == "no-store"
    for said in (row.paper_number, "13955501234", "首次登记", "张庄村 第一网格", "打印资料：全部资料"):
        assert said in words(paper), said
    asked = Request.objects.get()
    closed = clerk.post(url("request", asked.id), sent(version=1, done="1", answer="已当面交给本人。"))
    assert closed.status_code == 302
    assert "已当面交给本人。" in words(clerk.get(url("request", asked.id)))
    assert "已办" in words(clerk.get(url("requests")))


def test_a_deletion_on_its_page(cast: Cast) -> None:
    clerk = cast["village_clerk"].client()
    here = resident(cast)
    refused = clerk.post(url("erase", here.id), sent(version=1, mistaken="0", sure="on"))
    assert refused.status_code == 409
    assert "法定职责" in words(refused)
    unsure = clerk.post(url("erase", here.id), sent(version=1, mistaken="1"))
    assert (unsure.status_code, "确定的请打勾" in words(unsure)) == (422, True)
    row = long_gone(cast)
    asked = take(cast, row, "erase", text="请删除")
    assert f"erasures/?request={asked.id}" in clerk.get(url("request", asked.id)).content.decode()
    done = clerk.post(url("erase", row.id) + f"?request={asked.id}", sent(version=2, mistaken="0", sure="on"))
    assert done.status_code == 302
    assert clerk.get(url("resident", row.id)).status_code == 404
    assert "资料已经删除。" in words(clerk.get(url("request", asked.id)))
