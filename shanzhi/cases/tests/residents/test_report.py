"""我要反映 without an account: the form, the kind that is left to the village, and what is kept when it comes back."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.models import Case, Contact, Receipt, Step, Visit
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.cases.tests.pages import address, statements, text_of
from shanzhi.cases.tests.residents.people import (
    BODY,
    PHONE,
    RECEIPT,
    often,
    question_in,
    report_page,
    sent,
    villager,
)
from shanzhi.files.models import StoredFile
from shanzhi.files.tests.pictures import camera
from shanzhi.trail.models import Entry
from tests.cast import Cast
from tests.kinds import kind_add


def picture(name: str = "a.jpg", **more: Any) -> Any:
    made = BytesIO(camera(**more))
    made.name = name
    return made


class TestHappy:
    def test_a_villager_reports_and_gets_a_receipt(self, cast: Cast) -> None:
        client, page = villager(), report_page(cast)
        words = text_of(client.get(page))
        for part in ("我要反映", "张庄村", "谁会看到您写的", "办到哪一步，发短信告诉我"):
            assert part in words
        answer = client.post(page, sent(phone="139 5550 1234", wants_reply="on", caller="钱小凤"))
        assert (answer.status_code, answer["Location"]) == (303, RECEIPT)
        case = Case.objects.get()
        assert (case.source, case.reporter_id, case.state) == (Source.RESIDENT, None, State.REPORTED)
        assert (case.area_id, case.owner_id) == (cast.areas["v1"].id, cast.areas["v1"].id)
        contact = Contact.objects.get()
        assert (contact.name, contact.phone, contact.wants_reply) == ("钱小凤", PHONE, True)
        assert Entry.objects.filter(object_id=case.id, code="cases.case.reported").count() == 1
        assert Visit.objects.get().act == "report"
        receipt = client.get(RECEIPT)
        shown = secret_shown(Receipt.objects.get().secret)
        for part in (case.number, shown, "张庄村", "截屏"):
            assert part in text_of(receipt)
        assert 'src="data:image/svg+xml' in receipt.content.decode()
        assert receipt["Cache-Control"] == "no-store"
        assert shown not in answer["Location"]

    def test_the_receipt_is_shown_to_this_browser_only(self, cast: Cast) -> None:
        client = villager()
        client.post(report_page(cast), sent())
        assert client.get(RECEIPT).status_code == 200
        stranger = Client().get(RECEIPT)
        assert (stranger.status_code, stranger["Location"]) == (303, "/341181/follow/")
        client.post("/341181/follow/leave/")
        assert client.get(RECEIPT).status_code == 303

    def test_what_the_office_sees(self, cast: Cast) -> None:
        villager().post(report_page(cast), sent(phone=PHONE))
        words = text_of(cast["village_clerk"].client().get(address(Case.objects.get())))
        assert "居民反映" in words
        assert "139****1234" in words
        assert PHONE not in words

    def test_from_a_grid(self, cast: Cast) -> None:
        villager().post(report_page(cast), sent(area=cast.areas["g4"].code))
        case = Case.objects.get()
        assert (case.area_id, case.owner_id) == (cast.areas["g4"].id, cast.areas["v1"].id)

    def test_somebody_with_an_account_may_use_it_too(self, cast: Cast) -> None:
        client = cast["village_clerk"].client()
        assert client.post(report_page(cast), sent()).status_code == 303
        assert Case.objects.get().reporter_id is None


class TestKind:
    def test_it_may_be_left_to_the_village(self, cast: Cast) -> None:
        assert villager().post(report_page(cast), sent(kind="")).status_code == 303
        assert Case.objects.get().kind == "other"

    def test_a_kind_with_questions_is_asked_without_scripts(self, cast: Cast) -> None:
        field = {"code": "lamp", "label": "几号灯杆", "type": "text", "required": True}
        kind_add("lamps", {"label": "路灯", "fields": [field]})
        client, page = villager(), report_page(cast)
        form = sent(kind="lamps")
        asked = client.post(page, form)
        assert asked.status_code == 422
        assert "几号灯杆" in text_of(asked)
        assert BODY in asked.content.decode()
        again = client.post(page, {**form, "asked": "lamps"})
        assert again.status_code == 422
        assert client.post(page, {**form, "asked": "lamps", "a_lamp": "12 号"}).status_code == 303
        assert Case.objects.get().answers == {"lamp": "12 号"}

    def test_the_complaint_is_not_among_them(self, cast: Cast) -> None:
        kind_add("complaint", {"label": "投诉办理人员"})
        assert 'value="complaint"' not in villager().get(report_page(cast)).content.decode()
        assert villager().post(report_page(cast), sent(kind="complaint")).status_code == 422


class TestRefused:
    def test_a_village_that_is_not_there(self, cast: Cast) -> None:
        for code in ("341181999999", cast.areas["t1"].code, cast.areas["g1"].code):
            assert Client().get(f"/341181/villages/{code}/report/").status_code == 404

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"body": " "}, "请写一下是什么情况"),
            ({"wants_reply": "on"}, "要收短信，请填手机号"),
            ({"phone": "1x2"}, "电话不对"),
            ({"area": "341181102203001"}, "请在列出的网格里选"),
            ({"lon": "10", "lat": "10"}, "位置不在国内"),
            ({"kind": "nothing"}, "请在列出的类别里选"),
        ],
    )
    def test_says_what_to_mend_and_keeps_what_was_typed(self, cast: Cast, changes: dict[str, str], words: str) -> None:
        answer = villager().post(report_page(cast), sent(**{"place": "老槐树下", **changes}))
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert "老槐树下" in answer.content.decode()
        assert not Case.objects.exists()
        assert not Visit.objects.exists()

    def test_too_many_keep_what_was_typed(self, cast: Cast) -> None:
        client = villager()
        often(client, "report", 9)
        proof = question_in(client.get(report_page(cast)))
        assert client.post(report_page(cast), sent(body="第十件事情", **proof)).status_code == 303
        answer = client.post(report_page(cast), sent(body="又一件"))
        assert answer.status_code == 429
        assert "再试" in text_of(answer)
        assert "又一件" in answer.content.decode()
        assert Case.objects.count() == 1

    def test_a_county_without_kinds_says_so(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shanzhi.cases.forms.report.kinds_now", dict)
        answer = Client().get(report_page(cast))
        assert "请打 12345" in text_of(answer)


class TestPhotos:
    def test_come_back_when_the_form_is_refused(self, cast: Cast) -> None:
        client, page = villager(), report_page(cast)
        answer = client.post(page, {**sent(body=""), "photos": picture()})
        file = StoredFile.objects.get()
        thumb = f"/341181/report/photos/{file.id}/"
        assert thumb in answer.content.decode()
        assert client.get(thumb).status_code == 200
        assert Client().get(thumb).status_code == 404
        assert client.post(page, sent(photo_ids=str(file.id))).status_code == 303
        file.refresh_from_db()
        assert file.owner_id == Step.objects.get().id

    def test_of_another_browser_are_nobodys(self, cast: Cast) -> None:
        villager().post(report_page(cast), {**sent(body=""), "photos": picture()})
        answer = villager().post(report_page(cast), sent(photo_ids=str(StoredFile.objects.get().id)))
        assert answer.status_code == 422
        assert "有照片已经过期" in text_of(answer)

    def test_what_is_served_says_nothing_of_where_it_was_taken(self, cast: Cast) -> None:
        client = villager()
        form = {**sent(body=""), "photos": picture(place=(118.95, 32.7))}
        client.post(report_page(cast), form)
        file = StoredFile.objects.get()
        assert (file.lon, file.lat) == (1189500000, 327000000)
        client.post(report_page(cast), sent(photo_ids=str(file.id)))
        case = Case.objects.get()
        assert (case.lon, case.lat) == (1189500000, 327000000), "kept for staff"
        served = b"".join(client.get(f"/341181/follow/photos/{file.id}/"))  # type: ignore[call-overload]
        assert not Image.open(BytesIO(served)).getexif()


class TestTwice:
    def test_one_key_gives_one_case_and_the_same_receipt(self, cast: Cast) -> None:
        client, form = villager(), sent()
        shown = set()
        for _ in range(3):
            assert client.post(report_page(cast), form).status_code == 303
            shown.add(text_of(client.get(RECEIPT)))
        assert Case.objects.count() == Receipt.objects.count() == 1
        assert len(shown) == 1
        assert Visit.objects.count() == 1

    def test_another_text_under_the_key_is_refused(self, cast: Cast) -> None:
        client, form = villager(), sent()
        client.post(report_page(cast), form)
        answer = client.post(report_page(cast), {**form, "body": "别的事情，不一样的"})
        assert answer.status_code == 422


class TestChoosing:
    def test_by_name(self, cast: Cast) -> None:
        words = text_of(Client().get("/341181/report/?q=张庄"))
        assert "张庄村" in words
        assert "东镇" in words
        assert "李庄村" not in words
        assert "没有找到这个名字的村" in text_of(Client().get("/341181/report/?q=没有"))
        assert "点要反映的村" not in text_of(Client().get("/341181/report/"))


def test_few_statements(cast: Cast) -> None:
    client = villager()
    with statements() as asked:
        client.get(report_page(cast))
    assert len(asked) <= 7, "\n".join(asked)  # two for the place, two for the kinds, three whether a proof is owed
