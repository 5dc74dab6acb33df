"""Steps that were taken without a signal: done once, or kept as a note, or asked about; nothing typed is lost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case, Step
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.tests.pages import act, address, dispatched, text_of
from shanzhi.cases.tests.phone.sending import LATE, ago, late_step, stamp
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import noise, upload
from shanzhi.lib.clocks import Span, Unit
from shanzhi.trail.models import Entry
from tests.cast import Cast, report

DAY = Span(Unit.HOURS, 24 * 3600)


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def acts(case: Case) -> list[str]:
    return list(Step.objects.filter(case_id=case.id).order_by("version").values_list("act", flat=True))


def newest(case: Case) -> Step:
    found = Step.objects.filter(case_id=case.id).order_by("-version").first()
    assert found is not None
    return found


def test_a_step_is_done_with_the_time_at_which_it_was_taken(cast: Cast) -> None:
    case, at = dispatched(cast), timezone.now() - timedelta(hours=2)
    answer = late_step(cast["grid_worker"].client(), case, "handle", text="换了井盖", done_at=stamp(at))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state"], told["number"], told["url"]) == ("done", case.number, address(case))
    assert told["words"] == "处理结果已报上去，等待核查"
    step = newest(case)
    assert step.act == Act.HANDLE
    assert step.done_at is not None
    assert abs(step.done_at - at) < timedelta(seconds=1)
    assert step.at > timezone.now() - timedelta(minutes=1), "clocks and order go by the arrival"


def test_the_timeline_says_when_it_was_done_and_when_it_came(cast: Cast) -> None:
    case = dispatched(cast)
    late_step(cast["grid_worker"].client(), case, "handle", text="换了井盖")
    words = text_of(cast["village_clerk"].client().get(address(case)))
    assert "离线时" in words
    assert "上传" in words


def test_what_comes_within_a_minute_was_not_off_line(cast: Cast) -> None:
    case = dispatched(cast)
    late_step(cast["grid_worker"].client(), case, "handle", text="换了井盖", done_at=ago(seconds=5))
    assert newest(case).done_at is None


@pytest.mark.parametrize(
    "said",
    [ago(days=91), stamp(timezone.now() + timedelta(days=1)), "昨天", "2026-11-21T15:30:00", "2026-13-41T00:00Z"],
    ids=["too old", "of tomorrow", "no date", "without a zone", "no such day"],
)
def test_a_clock_that_is_wrong_is_asked_about(cast: Cast, said: str) -> None:
    case = dispatched(cast)
    answer = late_step(cast["grid_worker"].client(), case, "handle", text="换了井盖", done_at=said)
    assert answer.status_code == 422
    assert answer.json()["state"] == "invalid"
    assert "核对手机的日期" in answer.json()["fields"]["done_at"][0]
    assert acts(case)[-1] == Act.DISPATCH


def test_without_a_time_it_is_as_if_done_now(cast: Cast) -> None:
    case = dispatched(cast)
    answer = late_step(cast["grid_worker"].client(), case, "start", done_at="")
    assert answer.json()["state"] == "done"
    assert newest(case).done_at is None


def test_without_a_key_nothing_is_done(cast: Cast) -> None:
    case = dispatched(cast)
    answer = late_step(cast["grid_worker"].client(), case, "handle", text="换了", idempotency_key="")
    assert answer.status_code == 422
    assert acts(case)[-1] == Act.DISPATCH


def test_the_same_item_again_is_told_that_it_is_done(cast: Cast) -> None:
    case, client = dispatched(cast), cast["grid_worker"].client()
    sent = {"text": "换了井盖", "idempotency_key": uuid4().hex}
    assert late_step(client, case, "handle", **sent).json()["state"] == "done"
    act(cast, "village_clerk", "verify", case)
    again = late_step(client, case, "handle", **sent)
    assert (again.status_code, again.json()["state"]) == (200, "done")
    assert acts(case).count(Act.HANDLE) == 1
    assert acts(case)[-1] == Act.VERIFY, "no note was made of the repetition"


def test_two_steps_of_one_queue_follow_one_another(cast: Cast) -> None:
    """Both were filled in on the page as it was when the signal went."""
    case, client = dispatched(cast), cast["grid_worker"].client()
    assert late_step(client, case, "start").json()["state"] == "done"
    assert late_step(client, case, "handle", text="换了井盖").json()["state"] == "done"
    assert acts(case)[-2:] == [Act.START, Act.HANDLE]


def test_words_of_others_make_no_step_stale(cast: Cast) -> None:
    case = dispatched(cast)
    from_now = case_get_for(cast.actor("village_clerk"), case.number)
    act(cast, "village_clerk", "note", from_now, text="电工说下午到")
    assert late_step(cast["grid_worker"].client(), case, "handle", text="换了").json()["state"] == "done"


def stale(cast: Cast) -> Case:
    """The worker had it; meanwhile the other of the grid handled it and the village found it good."""
    case = dispatched(cast)
    act(cast, "grid_leader", "handle", case_get_for(cast.actor("grid_leader"), case.number), text="我去换了")
    return case


def test_a_stale_step_becomes_a_note_with_its_words_and_photos(cast: Cast) -> None:
    case, client = stale(cast), cast["grid_worker"].client()
    photo = photo_store(actor=cast.actor("grid_worker"), upload=upload(noise(40, 30)))
    answer = late_step(client, case, "handle", text="我也换了，@王五 看一下", photo_ids=[str(photo.id)])
    assert answer.status_code == 200
    told = answer.json()
    assert told["state"] == "note"
    assert "到晚了" in told["words"]
    assert "已作为备注" in told["words"]
    step = newest(case)
    assert (step.act, step.text) == (Act.NOTE, "我也换了，@王五 看一下")
    assert "没有信号时填的“填写处理结果”到晚了" in step.target
    assert step.done_at is not None
    assert StoredFile.objects.get(id=photo.id).owner_id == step.id
    case.refresh_from_db()
    assert case.state == "handled"
    page = text_of(cast["village_clerk"].client().get(address(case)))
    assert "备注：没有信号时填的“填写处理结果”到晚了，没有办成，内容留在这里" in page


def test_a_stale_step_again_makes_no_second_note(cast: Cast) -> None:
    case, client = stale(cast), cast["grid_worker"].client()
    sent = {"text": "我也换了", "idempotency_key": uuid4().hex}
    first, second = (late_step(client, case, "handle", **sent) for _ in range(2))
    assert first.json() == second.json()
    assert acts(case).count(Act.NOTE) == 1


def test_a_step_that_is_impossible_by_now_becomes_a_note_too(cast: Cast) -> None:
    case = dispatched(cast)
    act(cast, "village_clerk", "suspend", case, text="等材料", until=timezone.localdate() + timedelta(days=3))
    answer = late_step(cast["grid_worker"].client(), case, "start")
    assert answer.json()["state"] == "note"
    assert newest(case).text == "（没有写说明）"
    assert "已挂账" in answer.json()["words"]


def test_what_was_chosen_in_the_form_stands_in_the_note(cast: Cast) -> None:
    case = act(cast, "village_clerk", "accept", report(cast))
    case = act(cast, "village_clerk", "handle", case, text="换了")
    case = act(cast, "village_clerk", "verify", case)
    seen = Case.objects.get(id=case.id)
    act(cast, "village_clerk", "close", case)
    answer = late_step(cast["grid_worker"].client(), seen, "close", satisfied="no", text="还是不亮")
    assert answer.json()["state"] == "note"
    assert newest(case).text == "还是不亮\n处理得怎么样：不满意，退回重办"


def test_who_may_not_note_gets_the_refusal_and_keeps_the_item(cast: Cast) -> None:
    case = report(cast, by="resident", place="v1")
    case = act(cast, "village_clerk", "accept", case)
    case = act(cast, "village_clerk", "handle", case, text="换了")
    case = act(cast, "village_clerk", "verify", case)
    seen = Case.objects.get(id=case.id)
    act(cast, "village_clerk", "close", case)
    answer = late_step(cast["resident"].client(), seen, "close", satisfied="no", text="还是不亮")
    assert (answer.status_code, answer.json()["state"]) == (409, "refused")
    assert answer.json()["words"]
    assert acts(case)[-1] == Act.CLOSE


def test_what_is_missing_is_asked_for(cast: Cast) -> None:
    case = dispatched(cast)
    answer = late_step(cast["grid_worker"].client(), case, "handle", text=" ")
    assert (answer.status_code, answer.json()["state"]) == (422, "invalid")
    assert answer.json()["fields"] == {"text": ["请写明怎么处理的、结果怎么样。"]}
    assert acts(case)[-1] == Act.DISPATCH


def test_a_stale_step_without_words_is_a_note_rather_than_a_question(cast: Cast) -> None:
    case = stale(cast)
    assert late_step(cast["grid_worker"].client(), case, "handle", text="").json()["state"] == "note"


def test_photos_that_were_swept_are_sent_up_again(cast: Cast) -> None:
    case = dispatched(cast)
    answer = late_step(cast["grid_worker"].client(), case, "handle", text="换了", photo_ids=["12345"])
    assert answer.status_code == 422
    assert answer.json()["photos_gone"] is True


def test_a_photo_of_the_queue_is_the_one_of_the_form(cast: Cast) -> None:
    """The picture goes up by itself first; its key is the one under which the form would have stored it."""
    case, client = dispatched(cast), cast["grid_worker"].client()
    ids = []
    for _ in range(2):
        sent = client.post("/341181/files/", {"photo": upload(noise(40, 30))}, HTTP_IDEMPOTENCY_KEY="queue-1")
        ids.append(sent.json()["id"])
    assert ids[0] == ids[1]
    late_step(client, case, "handle", text="换了", photo_ids=ids[:1])
    assert StoredFile.objects.get(id=int(ids[0])).owner_id == newest(case).id
    assert StoredFile.objects.count() == 1


def test_out_of_scope_is_as_if_it_were_not_there(cast: Cast) -> None:
    case = dispatched(cast)
    for who, status in (("other_worker", 404), ("accountant", 403)):
        answer = late_step(cast[who].client(), case, "handle", text="换了")
        assert (answer.status_code, answer.json()["state"]) == (status, "refused")
    assert acts(case)[-1] == Act.DISPATCH


def test_a_lost_session_is_led_to_the_login(cast: Cast, client: Any) -> None:
    case = dispatched(cast)
    answer = late_step(client, case, "handle", text="换了")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_without_the_header_the_form_answers_as_ever(cast: Cast) -> None:
    case = stale(cast)
    sent = {"version": case.version, "idempotency_key": uuid4().hex, "text": "我也换了", "done_at": ago(hours=1)}
    assert cast["grid_worker"].client().post(address(case, "handle-create"), sent).status_code == 409
    assert acts(case)[-1] == Act.HANDLE
    assert LATE == {"HTTP_X_QUEUED": "1"}


def test_each_late_step_leaves_its_entry_in_the_trail(cast: Cast) -> None:
    case = dispatched(cast)
    before = Entry.objects.filter(object_id=case.id).count()
    late_step(cast["grid_worker"].client(), case, "handle", text="换了")
    assert Entry.objects.filter(object_id=case.id).count() == before + 1


def test_a_queue_that_comes_twice_and_out_of_order_does_no_harm(cast: Cast) -> None:
    case, client = dispatched(cast), cast["grid_worker"].client()
    start = {"idempotency_key": uuid4().hex}
    handle = {"idempotency_key": uuid4().hex, "text": "换了井盖"}
    states = [
        late_step(client, case, name, **sent).json()["state"]
        for name, sent in (("handle", handle), ("start", start), ("handle", handle), ("start", start))
    ]
    assert states == ["done", "note", "done", "note"]
    assert acts(case)[-2:] == [Act.HANDLE, Act.NOTE]
