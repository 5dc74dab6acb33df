"""Who looked: opening a page, a whole number for a purpose, each written down before it is given out."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound
from shanzhi.people.models import Look, Resident
from shanzhi.people.selectors.rights import look_page, looks_of
from shanzhi.people.services import FIELDS, SECONDS, looking, number_show, page_opened
from shanzhi.people.tests.test_pages import url, words
from shanzhi.people.tests.world import dwelling, happen, resident
from shanzhi.trail.models import Entry
from tests.cast import Cast

PHONE = "13955501234"


def show(cast: Cast, row: Resident, *, by: str = "village_clerk", **said: Any) -> str:
    said = {"field": "phone", "purpose": "contact", **said}
    return number_show(actor=cast.actor(by), number=row.id, **said)[1]


def test_each_number_is_given_out_after_its_purpose_is_written_down(cast: Cast) -> None:
    home = dwelling(cast, door="12号")
    row = resident(cast, dwelling=home.id)
    values = {field: show(cast, row, field=field, text="核对") for field in FIELDS}
    assert values == {"paper": row.paper_number, "phone": PHONE, "door": "12号"}
    looks = looks_of(row)
    assert sorted(one.fields for one in looks) == sorted(FIELDS.values())
    one = looks[0]
    assert (one.what, one.purpose, one.text, one.by) == ("revealed", "contact", "核对", "赵村文，张庄村 村文书")
    assert Entry.objects.filter(code="people.look.noted").count() == 3


def test_nothing_is_given_out_when_it_cannot_be_written_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = resident(cast)

    def refuse(**said: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(looking, "look_note", refuse)
    with pytest.raises(DatabaseError):
        show(cast, row)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"field": "name"}, "field"), ({"purpose": ""}, "purpose"), ({"purpose": "fun"}, "purpose"),
        ({"purpose": "other"}, "text"), ({"purpose": "other", "text": " "}, "text"), ({"text": "长" * 101}, "text"),
    ],
)  # fmt: skip
def test_without_a_purpose_there_is_no_number(cast: Cast, said: dict[str, Any], field: str) -> None:
    row = resident(cast)
    with pytest.raises(Invalid) as refused:
        show(cast, row, **said)
    assert list(refused.value.fields) == [field]
    assert PHONE not in refused.value.message
    assert not Look.objects.exists()


def test_what_is_not_known_cannot_be_shown(cast: Cast) -> None:
    row = resident(cast, papers="none", paper_number="", phone="")
    for field in FIELDS:
        with pytest.raises(Conflict, match="没有登记"):
            show(cast, row, field=field)
    assert not Look.objects.exists()


def test_a_key_writes_one_row(cast: Cast) -> None:
    row = resident(cast)
    assert show(cast, row, key="k") == show(cast, row, key="k") == PHONE
    assert Look.objects.count() == 1
    with pytest.raises(Invalid, match="重复提交标识"):
        show(cast, row, key="k", purpose="case")


def test_who_may(cast: Cast) -> None:
    row = resident(cast)
    for who, error in (("other_clerk", NotFound), ("command_centre", Forbidden), ("auditor", NotFound),
                       ("county_leader", NotFound), ("security_admin", NotFound), ("resident", NotFound)):  # fmt: skip
        with pytest.raises(error):
            show(cast, row, by=who)
    for who in ("grid_worker", "grid_leader", "branch_secretary", "township_officer"):
        assert show(cast, row, by=who) == PHONE


def test_opening_is_written_down_once_an_hour_and_user(cast: Cast) -> None:
    row, now = resident(cast), timezone.now()
    clerk, worker = cast.actor("village_clerk"), cast.actor("grid_worker")
    for minutes in (0, 10, 59):
        page_opened(actor=clerk, resident=row, at=now + timedelta(minutes=minutes))
    page_opened(actor=worker, resident=row, at=now + timedelta(minutes=5))
    assert Look.objects.filter(what="opened").count() == 2
    page_opened(actor=clerk, resident=row, at=now + timedelta(minutes=61))
    assert Look.objects.filter(what="opened", user=cast["village_clerk"].user).count() == 2
    page_opened(actor=Actor.system(cast.county.id), resident=row, at=now)
    assert Look.objects.count() == 3


def test_the_page_and_the_program_both_write(cast: Cast) -> None:
    row = resident(cast)
    cast["village_clerk"].client().get(url("resident", row.id))
    assert [one.what for one in looks_of(row)] == ["opened"]
    cast["grid_worker"].client().get(f"/api/v1/341181/people/residents/{row.id}")
    assert Look.objects.count() == 2
    cast["other_clerk"].client().get(url("resident", row.id))
    assert Look.objects.count() == 2


def test_looks_are_never_altered(cast: Cast) -> None:
    assert Look.APPEND_ONLY
    row = resident(cast)
    show(cast, row)
    happen(cast, row, "died")
    assert [one.fields for one in looks_of(row)] == ["电话"]


def test_the_list_pages_from_the_newest(cast: Cast) -> None:
    row, now = resident(cast), timezone.now()
    clerk = cast.actor("village_clerk")
    for hours in range(5):
        page_opened(actor=clerk, resident=row, at=now + timedelta(hours=2 * hours))
    first = look_page(row, size=3)
    rest = look_page(row, size=3, cursor=first.next_cursor or "")
    ats = [one.at for one in (*first.rows, *rest.rows)]
    assert ats == sorted(ats, reverse=True)
    assert len(ats) == 5


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


def test_a_page_asks_first_and_hides_after_a_minute(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    address = url("reveal", row.id)
    asked = clerk.get(f"{address}?field=phone")
    assert PHONE not in asked.content.decode()
    assert "139****1234" in words(asked)
    refused = clerk.post(address, {"field": "phone"})
    assert (refused.status_code, PHONE in refused.content.decode()) == (422, False)
    assert "请选看这个号码做什么用。" in words(refused)
    shown = clerk.post(address, {"field": "phone", "purpose": "visit", "idempotency_key": "k"})
    assert PHONE in words(shown)
    assert shown["Cache-Control"] == "no-store"
    assert shown["Refresh"] == f"{SECONDS}; url={url('resident', row.id)}"
    assert f'data-hide-after="{SECONDS}"' in shown.content.decode()
    assert PHONE not in clerk.get(url("resident", row.id)).content.decode()
    assert "走访看望" in words(clerk.get(url("looks", row.id)))


def test_a_field_that_is_none_shows_nothing(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    assert clerk.get(url("reveal", row.id) + "?field=shoe").status_code == 200
    answer = clerk.post(url("reveal", row.id), {"field": "shoe", "purpose": "visit"})
    assert answer.status_code == 422
    assert not Look.objects.exists()


def test_a_paper_for_the_resident_who_asks(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    show(cast, row, by="grid_worker", purpose="other", text="送通知")
    clerk.get(url("resident", row.id))
    paper = words(clerk.get(url("looks-print", row.id)))
    for said in (
        "谁看过张小平的资料",
        "第一网格 网格员",
        "显示完整号码：电话",
        "其他 （送通知）".replace(" ", ""),
        "打开资料",
    ):
        assert said in paper.replace("其他 （", "其他（"), said
    assert "个人信息保护法第四十四条" in paper
    assert cast["grid_worker"].client().get(url("looks-print", row.id)).status_code == 403
    assert cast["grid_worker"].client().get(url("looks", row.id)).status_code == 200
