"""Following by a receipt: the own words, the words that are meant for the reporter, and photos without an account."""

from io import BytesIO
from typing import Any

from django.test import Client

from shanzhi.cases.models import Case, Miss
from shanzhi.cases.taking.secrets import secret_new, secret_shown
from shanzhi.cases.tests.pages import act, statements, text_of
from shanzhi.cases.tests.residents.people import (
    BODY,
    FOLLOW,
    PHONE,
    holding,
    report_page,
    secret_of,
    send,
    sent,
    told,
    verified,
    villager,
)
from shanzhi.cases.tests.taking.people import taken
from shanzhi.files.models import StoredFile
from shanzhi.files.tests.pictures import camera
from tests.cast import Cast

PRIVATE = "内部嘱咐一句"


def with_photo(cast: Cast) -> tuple[Client, Case, int]:
    """Reported in a browser, with a photo; the browser still holds the receipt."""
    client = villager()
    made = BytesIO(camera())
    made.name = "a.jpg"
    assert client.post(report_page(cast), {**sent(), "photos": made}).status_code == 303
    return client, Case.objects.get(), StoredFile.objects.get().id


class TestOwnWords:
    def test_are_shown_to_who_holds_the_secret(self, cast: Cast) -> None:
        case = told(cast)
        answer = Client().post(FOLLOW, {"secret": secret_shown(secret_of(case)), "number": ""})
        words = text_of(answer)
        assert BODY in words
        assert "只有拿着查询码的人看得到这一段" in words
        assert secret_of(case) not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin", "a form of a page without any referrer has no origin"

    def test_stay_for_a_reload_in_this_browser_and_no_other(self, cast: Cast) -> None:
        client = holding(told(cast))
        assert BODY in text_of(client.get(FOLLOW))
        assert BODY not in text_of(Client().get(FOLLOW))
        client.post("/341181/follow/leave/")
        assert BODY not in text_of(client.get(FOLLOW))

    def test_the_mark_is_signed_short_and_of_this_county(self, cast: Cast) -> None:
        client = holding(told(cast))
        mark = client.cookies["held"]
        assert (mark["httponly"], mark["samesite"], mark["path"], mark["max-age"]) == (True, "Lax", FOLLOW, 1800)
        client.cookies["held"] = mark.value[:-2] + "xx"
        assert BODY not in text_of(client.get(FOLLOW))

    def test_a_wrong_secret_ends_what_was_held(self, cast: Cast) -> None:
        client = holding(told(cast))
        assert client.post(FOLLOW, {"secret": secret_new(), "number": ""}).status_code == 404
        assert BODY not in text_of(client.get(FOLLOW))
        assert Miss.objects.count() == 1

    def test_staff_words_for_the_reporter_and_no_others(self, cast: Cast) -> None:
        case = told(cast)
        act(cast, "village_clerk", "accept", case)
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], text=PRIVATE)
        act(cast, "township_officer", "note", case, text=PRIVATE)
        act(cast, "grid_worker", "handle", case, text="换了三个灯泡")
        words = text_of(holding(case).get(FOLLOW))
        assert "换了三个灯泡" in words
        assert PRIVATE not in words
        for role in ("village_clerk", "grid_worker"):
            assert cast[role].user.name not in words

    def test_why_it_was_not_taken_on(self, cast: Cast) -> None:
        case = told(cast)
        act(cast, "village_clerk", "reject", case, text="请找供电所")
        assert "请找供电所" in text_of(holding(case).get(FOLLOW))

    def test_words_that_were_covered_are_covered_here(self, cast: Cast) -> None:
        case = told(cast)
        act(cast, "village_clerk", "accept", case)
        done = act(cast, "village_clerk", "handle", case, text="王五骂人")
        step = done.steps.get(act="handle")
        act(cast, "village_clerk", "moderate", case, what=f"step:{step.version}", text="有姓名", instead="已处理")
        words = text_of(holding(case).get(FOLLOW))
        assert "王五" not in words
        assert "已处理" in words

    def test_the_same_for_what_staff_took_down(self, cast: Cast) -> None:
        case = taken(cast)
        verified(cast, case)
        words = text_of(holding(case).get(FOLLOW))
        assert case.body in words
        assert "评价：满意不满意" in words
        assert PHONE not in words


class TestPhotos:
    def test_are_served_to_the_holder_alone(self, cast: Cast) -> None:
        client, case, photo = with_photo(cast)
        address = f"/341181/follow/photos/{photo}/"
        assert address in client.get(FOLLOW).content.decode()
        for path in (address, f"{address}?size=thumb"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "private, no-store"
        other = holding(told(cast, body="别的事"))
        for stranger in (Client(), villager(), other, cast["village_clerk"].client()):
            assert stranger.get(address).status_code == 404
        assert client.get("/341181/follow/photos/1/").status_code == 404
        assert case.number not in address

    def test_a_covered_photo_is_gone(self, cast: Cast) -> None:
        client, case, photo = with_photo(cast)
        act(cast, "village_clerk", "moderate", case, what=f"photo:{photo}", text="有人脸")
        assert client.get(f"/341181/follow/photos/{photo}/").status_code == 404

    def test_of_the_result_too(self, cast: Cast) -> None:
        client, case, photo = with_photo(cast)
        step = case.steps.get()
        handled = act(cast, "village_clerk", "accept", case)
        act(cast, "village_clerk", "handle", handled, text="好了")
        StoredFile.objects.filter(id=photo).update(owner_id=case.steps.get(act="handle").id)
        assert client.get(f"/341181/follow/photos/{photo}/").status_code == 200
        StoredFile.objects.filter(id=photo).update(owner_id=case.steps.get(act="accept").id)
        assert client.get(f"/341181/follow/photos/{photo}/").status_code == 404
        assert step.act == "report"


class TestApi:
    def test_tells_what_its_holder_may_do(self, cast: Cast) -> None:
        case = verified(cast, told(cast))
        answer = send(Client(), "followed", {"secret": secret_of(case)}).json()
        assert (answer["number"], answer["version"], answer["is_reporter"]) == (case.number, case.version, True)
        assert answer["acts"] == ["close", "add"]
        assert answer["body"] == BODY
        assert "换了灯泡" in [step["text"] for step in answer["told"]]

    def test_guessing_is_counted_and_stopped(self, cast: Cast) -> None:
        secret = secret_of(told(cast))
        for path in ("followed", "additions", "ratings", "reopenings") * 3:
            body: dict[str, Any] = {"secret": secret_new(), "text": "x", "version": 1, "satisfied": True}
            answer = send(Client(), path, body)
            assert answer.status_code == (404 if Miss.objects.count() <= 10 and answer.status_code != 429 else 429)
        assert Miss.objects.count() == 10
        assert send(Client(), "followed", {"secret": secret}).status_code == 429

    def test_a_number_alone_opens_nothing(self, cast: Cast) -> None:
        case = told(cast)
        assert send(Client(), "followed", {"secret": "", "number": case.number}).status_code == 404
        assert Client().post(FOLLOW, {"secret": "", "number": case.number}).status_code == 422


def test_few_statements(cast: Cast) -> None:
    client, _, _ = with_photo(cast)
    client.get(FOLLOW)
    with statements() as asked:
        client.get(FOLLOW)
    assert len(asked) <= 7, "\n".join(asked)
