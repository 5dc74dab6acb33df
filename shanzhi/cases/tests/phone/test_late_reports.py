"""Reports that were written without a signal."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import fields, text_of
from shanzhi.cases.tests.phone.sending import NEW, ago, late_report, stamp
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import camera, upload
from tests.cast import Cast
from tests.kinds import kind_add

LAMPS = {"label": "路灯", "fields": [{"code": "which", "label": "哪一盏", "type": "text", "required": True}]}


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def test_it_is_opened_with_the_time_at_which_it_was_seen(cast: Cast) -> None:
    at = timezone.now() - timedelta(hours=3)
    answer = late_report(cast["grid_worker"].client(), fields(cast, done_at=stamp(at)))
    assert answer.status_code == 200
    case = Case.objects.get()
    told = answer.json()
    assert (told["state"], told["number"]) == ("done", case.number)
    assert told["words"] == f"已上报给张庄村，编号 {case.number}"
    assert abs(case.occurred_at - at) < timedelta(seconds=1)
    assert case.received_at - case.occurred_at > timedelta(hours=2), "the clock runs from the arrival"
    assert "没有信号时写于" in text_of(cast["village_clerk"].client().get(told["url"]))


def test_the_same_report_again_is_the_same_case(cast: Cast) -> None:
    client, sent = cast["grid_worker"].client(), fields(cast, done_at=ago(hours=1))
    first, second = late_report(client, sent), late_report(client, sent)
    assert first.json() == second.json()
    assert Case.objects.count() == 1


def test_the_same_key_from_somebody_else_tells_nothing_of_it(cast: Cast) -> None:
    sent = fields(cast, done_at=ago(hours=1))
    number = late_report(cast["grid_worker"].client(), sent).json()["number"]
    answer = late_report(cast["grid_leader"].client(), sent)
    assert answer.status_code == 422
    assert number not in answer.content.decode()
    assert Case.objects.count() == 1


def test_questions_that_the_phone_never_had_are_asked_afterwards(cast: Cast) -> None:
    kind_add("lamps", LAMPS)
    client, sent = cast["grid_worker"].client(), fields(cast, kind="lamps")
    answer = late_report(client, sent)
    assert answer.status_code == 422
    told = answer.json()
    assert (told["state"], told["ask"]) == ("invalid", True)
    assert told["words"].startswith("还要补填“路灯”的几个问题")
    assert not Case.objects.exists()
    done = late_report(client, {**sent, "asked": "lamps", "a_which": "东头第二盏"})
    assert done.json()["state"] == "done", "the key was not used up by the question"
    assert Case.objects.get().answers == {"which": "东头第二盏"}


def test_what_is_missing_is_asked_for_by_field(cast: Cast) -> None:
    answer = late_report(cast["grid_worker"].client(), fields(cast, body="", kind=""))
    assert (answer.status_code, answer.json()["state"]) == (422, "invalid")
    assert set(answer.json()["fields"]) == {"body", "kind"}


def test_a_place_of_others_is_asked_about(cast: Cast) -> None:
    answer = late_report(cast["grid_worker"].client(), fields(cast, area=cast.areas["g3"].code))
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"area"}


def test_a_photo_gives_the_place_that_the_phone_did_not_know(cast: Cast) -> None:
    photo = photo_store(actor=cast.actor("grid_worker"), upload=upload(camera()))
    answer = late_report(
        cast["grid_worker"].client(), fields(cast, lon="", lat="", accuracy="", photo_ids=[str(photo.id)])
    )
    assert answer.json()["state"] == "done"
    case, kept = Case.objects.get(), StoredFile.objects.get()
    assert (case.lon, case.lat) == (kept.lon, kept.lat) != (None, None)
    assert b"Exif" not in kept.open().read()[:4000]


def test_a_report_that_is_too_old_is_asked_about(cast: Cast) -> None:
    answer = late_report(cast["grid_worker"].client(), fields(cast, done_at=ago(days=100)))
    assert answer.status_code == 422
    assert "done_at" in answer.json()["fields"]
    assert not Case.objects.exists()


def test_swept_photos_are_sent_up_again(cast: Cast) -> None:
    answer = late_report(cast["grid_worker"].client(), fields(cast, photo_ids=["77"]))
    assert answer.json()["photos_gone"] is True


def test_without_a_post_here_there_is_nothing(cast: Cast, cast_b: Cast) -> None:
    assert late_report(cast_b["grid_worker"].client(), fields(cast)).status_code == 404
    assert not Case.objects.exists()


def test_a_lost_session_is_led_to_the_login(cast: Cast, client: Any) -> None:
    assert late_report(client, fields(cast)).status_code == 302


def test_one_that_may_not_report_is_told_so(cast: Cast) -> None:
    assert late_report(cast["department_handler"].client(), fields(cast)).status_code == 403


def test_an_empty_key_opens_nothing(cast: Cast) -> None:
    answer = late_report(cast["grid_worker"].client(), fields(cast, idempotency_key=""))
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_solved_on_the_spot_waits_to_be_checked(cast: Cast) -> None:
    sent = fields(cast, outcome="solved", solved="当场盖好了", idempotency_key=uuid4().hex)
    assert late_report(cast["grid_worker"].client(), sent).json()["state"] == "done"
    assert Case.objects.get().state == "handled"
    assert NEW == "/341181/cases/new/"
