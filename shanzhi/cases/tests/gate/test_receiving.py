"""What comes faster than people can read is held: with a receipt, in no list, until somebody looked at it."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image

from shanzhi.access.actor import Actor
from shanzhi.cases.gate.jobs import end_floods
from shanzhi.cases.gate.receiving import came, packed, report_or_hold, too_many_at, unpacked
from shanzhi.cases.models import Case, Contact, Flood, Held, Receipt, Sender, Visit
from shanzhi.cases.selectors import CaseFilter, case_list_for
from shanzhi.cases.services import Report
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.taking.following import followed
from shanzhi.cases.tests.gate.people import BODY, send, somebody, visitor
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from shanzhi.notices.models import Notice
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(settings: Any) -> None:
    settings.GATE = {"normal": 1000, "village": 3, "county": 6}


def photo(who: Any) -> StoredFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return photo_store(actor=somebody(who), upload=SimpleUploadedFile("a.jpg", out.getvalue()))


def test_what_comes_as_usual_is_a_case_at_once(cast: Cast) -> None:
    who = visitor()
    found = send(cast, who, phone="13955501234")
    assert found.case is not None
    assert found.held is None
    assert found.number == found.case.number
    row = Sender.objects.get(case=found.case)
    assert (row.device, row.address, row.village_path, row.counted) == (
        who.device, who.address, cast.areas["v1"].path, True,
    )  # fmt: skip
    assert row.phone_index == Contact.objects.get(case=found.case).phone_index != ""
    assert Receipt.objects.get(case=found.case).secret == found.secret


def test_beyond_the_limit_of_a_village_it_is_held_and_in_no_list(cast: Cast) -> None:
    results = [send(cast, place=place) for place in ("v1", "g1", "g4", "v1", "g1")]
    assert [one.case is not None for one in results] == [True, True, True, False, False]
    for role in ("village_clerk", "township_officer", "county_centre"):
        assert case_list_for(cast.actor(role), CaseFilter(), now=timezone.now()).count() == 3
    assert Held.objects.count() == 2
    # Another village is not concerned.
    assert send(cast, place="v2").case is not None


def test_beyond_the_limit_of_the_county_every_village_is_held(cast: Cast) -> None:
    for place in ("v1", "v1", "v2", "v2", "v3", "v3"):
        assert send(cast, place=place).case is not None
    held = send(cast, place="v3").held
    assert held is not None
    assert held.flood.area.level == "county"


def test_the_flood_of_one_village_holds_nobody_elsewhere(cast: Cast) -> None:
    for _ in range(12):
        send(cast, place="v1")
    assert Flood.objects.get().area_id == cast.areas["v1"].id
    assert [send(cast, place="v3").case is not None for _ in range(4)] == [True, True, True, False]


def test_what_is_held_counts_too_so_a_flood_does_not_seep_through(cast: Cast) -> None:
    start = timezone.now()
    for minute in range(12):
        send(cast, at=start + timedelta(minutes=minute))
    # The first three are older than ten minutes now, but it still comes as fast.
    assert Case.objects.count() == 3
    assert send(cast, at=start + timedelta(minutes=40)).case is not None


def test_the_receipt_of_a_held_one_follows_at_once(cast: Cast) -> None:
    for _ in range(3):
        send(cast)
    found = send(cast)
    told = followed(number="", secret=found.secret, address="1.2.3.4", at=timezone.now())
    assert told.state == "收到了，来得太多，工作人员看过就受理"
    assert (told.number, told.ended, told.place, told.due_at) == ("", False, "张庄村", None)
    assert [step.words for step in told.steps] == ["收到了"]
    with pytest.raises(NotFound):
        followed(number="2611-0001", secret=found.secret, address="1.2.3.4", at=timezone.now())


def test_one_flood_is_one_notice_to_those_who_judge(cast: Cast) -> None:
    for _ in range(9):
        send(cast)
    drain()
    notices = Notice.objects.filter(object_type="cases.flood")
    # The desks of the township and of the county, each once; the village and the other township not at all.
    assert {one.recipient_id for one in notices} == {
        cast[role].user.pk for role in ("township_officer", "command_centre", "county_centre")
    }
    assert notices.count() == 3
    assert Flood.objects.count() == 1
    assert Notice.objects.filter(object_type="cases.case").values("object_id").distinct().count() <= 3


def test_a_flood_ends_when_nothing_came_for_ten_minutes_and_the_next_is_told_again(cast: Cast) -> None:
    start = timezone.now()
    for _ in range(5):
        send(cast, at=start)
    assert end_floods(start + timedelta(minutes=9)) == 0
    assert end_floods(start + timedelta(minutes=11)) == 1
    assert end_floods(start + timedelta(minutes=12)) == 0
    for _ in range(5):
        send(cast, at=start + timedelta(minutes=30))
    assert Flood.objects.count() == 2


def test_the_same_key_gives_the_same_receipt_held_or_not(cast: Cast) -> None:
    who = visitor()
    first = [send(cast, who, key=f"k{number}") for number in range(2)]
    send(cast)
    first += [send(cast, who, key=f"k{number}") for number in range(2, 3)]
    again = [send(cast, who, key=f"k{number}") for number in range(3)]
    assert [one.secret for one in again] == [one.secret for one in first]
    assert again[2].held is not None
    assert Case.objects.count() + Held.objects.count() == 4
    assert Visit.objects.count() == 4
    with pytest.raises(Invalid) as caught:
        send(cast, who, key="k0", body="别的事")
    assert caught.value.code == "idempotency_key_reused"


def test_photos_hang_on_what_is_held_and_only_those_who_judge_see_them(cast: Cast) -> None:
    for _ in range(3):
        send(cast)
    who = visitor()
    picture = photo(who)
    held = send(cast, who, photo_ids=[picture.id]).held
    assert held is not None
    picture.refresh_from_db()
    assert (picture.owner_type, picture.owner_id, held.photos) == ("cases.held", held.id, 1)
    for role, status in (("township_officer", 200), ("village_clerk", 404), ("other_officer", 404)):
        assert cast[role].client().get(picture.thumb_url).status_code == status, role


def test_what_can_be_no_case_is_refused_and_not_held(cast: Cast) -> None:
    for _ in range(3):
        send(cast)
    for wrong, field in (({"body": " "}, "body"), ({"kind": "nothing"}, "kind"), ({"phone": "12"}, "phone")):
        with pytest.raises(Invalid) as caught:
            send(cast, **wrong)  # type: ignore[arg-type]
        assert field in caught.value.fields
    assert not Held.objects.exists()
    assert Visit.objects.count() == 3
    area = cast.areas["v1"]
    area.valid_to = timezone.localdate()
    area.save()
    with pytest.raises(Invalid, match="已撤销"):
        send(cast)


def test_photos_that_are_not_the_senders_refuse_it_wholly(cast: Cast) -> None:
    for _ in range(3):
        send(cast)
    with pytest.raises(Conflict):
        send(cast, photo_ids=[photo(visitor()).id])
    assert not Held.objects.exists()
    assert not Flood.objects.exists()


def test_nobody_without_the_grant_comes_in(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        report_or_hold(
            actor=Actor.anonymous(cast.county.id), report=Report(body=BODY, kind="facilities"), area=cast.areas["v1"],
            visitor=visitor(), at=timezone.now(),
        )  # fmt: skip


def test_too_many_from_one_browser_are_refused_and_say_when_to_come_again(cast: Cast, settings: Any) -> None:
    settings.GATE = {"normal": 1000, "village": 1000, "county": 1000}
    who, start = visitor(), timezone.now()
    for number in range(10):
        Visit.objects.create(act="report", address=who.address, device=who.device, at=start + timedelta(minutes=number))
    with pytest.raises(TooMany, match="请过 50 分钟再试") as caught:
        send(cast, who, at=start + timedelta(minutes=10))
    assert caught.value.wait == 50 * 60 + 1
    assert not Case.objects.exists()


def test_nothing_of_what_was_said_lies_open(cast: Cast) -> None:
    for _ in range(3):
        send(cast)
    held = send(cast, phone="13955501234", title="路灯").held
    assert held is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_held")
        row = str(cursor.fetchone())
    assert "路灯" not in row
    assert "13955501234" not in row
    report, contact, device = unpacked(held.body)
    assert report.title == "路灯"
    assert contact == ContactIn("", "13955501234", True)
    assert device == held.device


def test_a_report_packed_and_unpacked_is_the_same() -> None:
    sent = Report(
        body="甲", kind="other", title="乙", place="丙", lon=1180000000, lat=320000000, accuracy=9, urgent=True,
        occurred_at=timezone.now(), photo_ids=[1, 2], answers={"lamp": "x"}, from_form=True,
    )  # fmt: skip
    assert unpacked(packed(sent, None, "d")) == (sent, None, "d")
    assert json.loads(packed(sent, None, "d"))["contact"] is None


def test_the_count_stops_at_what_is_asked(cast: Cast) -> None:
    for _ in range(5):
        send(cast)
    now = timezone.now()
    assert came(cast.areas["v1"].path, at=now, most=4) == 4
    assert came(cast.areas["v1"].path, at=now, most=100) == 5
    assert too_many_at(cast.areas["g1"], at=now) == cast.areas["v1"].path
    assert too_many_at(cast.areas["v2"], at=now) is None
