"""One call: by whom, what is asked, three times in vain, once more, and two at the same time."""

from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.utils import timezone

from shanzhi.cases.callbacks.selectors import had_a_part, is_calling
from shanzhi.cases.callbacks.services import callback_open
from shanzhi.cases.models import CallBack, Case, Reveal, Step
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.tests.callbacks.people import LIST, done, draw, form, listed, say
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.cases.tests.taking.people import MASKED, NAME, PHONE, taken
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry
from tests.cast import Cast, build_cast, report
from tests.racing import together


def test_answers_end_it_and_stay(cast: Cast) -> None:
    case, row = listed(cast)
    at = timezone.now()
    said = say(cast, case, contacted_in_time="no", satisfied=False, words=" 来得太晚 ", at=at)
    assert (said.state, said.tries, said.contacted_in_time, said.solved, said.satisfied, said.words) == (
        "done", 1, "no", True, False, "来得太晚",
    )  # fmt: skip
    assert (said.at, said.version, said.user_id) == (at, row.version + 1, cast["township_officer"].user.pk)
    assert CallBack.objects.get().words == "来得太晚"
    assert Entry.objects.filter(code="cases.callback.recorded", object_id=said.id, version=2).exists()
    with pytest.raises(Conflict, match="已经回访过"):
        say(cast, case)


def test_the_third_call_in_vain_ends_it(cast: Cast) -> None:
    case, _ = listed(cast)
    assert [say(cast, case, "missed").state for _ in range(3)] == ["waiting", "waiting", "unreachable"]
    row = CallBack.objects.get()
    assert (row.tries, row.solved, row.at is None) == (3, None, False)


def test_who_does_not_want_to_answer_is_not_asked_again(cast: Cast) -> None:
    case, _ = listed(cast)
    row = say(cast, case, "refused", words="在开车")
    assert (row.state, row.solved, row.satisfied) == ("refused", None, None)


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"solved": None}, "solved"), ({"satisfied": None}, "satisfied"),
     ({"contacted_in_time": "x"}, "contacted_in_time"),
     ({"words": "长" * 501}, "words"), ({"reopen": "再办"}, "reopen")],
)  # fmt: skip
def test_three_answers_are_needed(cast: Cast, answers: dict[str, Any], field: str) -> None:
    case, row = listed(cast)
    with pytest.raises(Invalid) as refused:
        say(cast, case, **answers)
    assert field in refused.value.fields
    with pytest.raises(Invalid):
        say(cast, case, "maybe")
    assert CallBack.objects.get().version == row.version


def test_whoever_had_a_part_does_not_call(cast: Cast) -> None:
    case = taken(cast)
    act(cast, "township_officer", "escalate", case, text="镇里办")
    act(cast, "township_officer", "accept", case)
    act(cast, "township_officer", "handle", case, text="镇里修好了")
    act(cast, "command_centre", "verify", case)
    act(cast, "command_centre", "close", case)
    case = Case.objects.select_related("owner__parent").get(id=case.id)
    for role in ("township_officer", "command_centre"):
        actor = cast.actor(role)
        assert had_a_part(case, [actor.user_id or 0])
        with pytest.raises(Forbidden, match="没有经手的同事"):
            callback_open(actor=actor, case=case)
        page = text_of(cast[role].client().get(address(case, "callback")))
        assert "没有经手的同事" in page
        assert "记下这次电话" not in page
    callback_open(actor=cast.actor("county_centre"), case=case)
    assert not is_calling(cast.actor("township_officer"), case)
    with pytest.raises(Forbidden):
        say(cast, case)
    assert say(cast, case, by="county_centre").state == "done"


def test_elsewhere_and_others_may_not(cast: Cast) -> None:
    case, _ = listed(cast)
    for role in ("other_officer", "village_clerk", "auditor", "county_leader", "resident"):
        with pytest.raises(Forbidden):
            say(cast, case, by=role)
    assert cast["other_officer"].client().get(address(case, "callback")).status_code == 404
    assert cast["village_clerk"].client().get(address(case, "callback")).status_code == 403
    assert cast["resident"].client().get(address(case, "callback")).status_code == 404


def test_only_what_is_closed_and_was_told_by_somebody_is_listed(cast: Cast) -> None:
    officer = cast.actor("township_officer")
    for case in (taken(cast), report(cast), done(cast, contact=ContactIn(NAME, "", True))):
        with pytest.raises(Conflict):
            callback_open(actor=officer, case=case)
    case, _ = listed(cast)
    with pytest.raises(Conflict, match="已经在回访名单里"):
        callback_open(actor=officer, case=case)


def test_not_solved_goes_on_at_once_with_the_reason(cast: Cast) -> None:
    case, _ = listed(cast)
    say(cast, case, solved=False, satisfied=False, reopen="盖子又掉了")
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("returned", 1)
    step = Step.objects.filter(case=case).latest("version")
    assert (step.act, step.text, step.actor_id) == ("reopen", "盖子又掉了", cast["township_officer"].user.pk)


def test_what_can_not_be_reopened_leaves_nothing_written(cast: Cast) -> None:
    case, row = listed(cast)
    Case.objects.filter(id=case.id).update(reopened=1)
    case.refresh_from_db()
    with pytest.raises(Invalid) as refused:
        say(cast, case, solved=False, satisfied=False, reopen="盖子又掉了")
    assert "reopen" in refused.value.fields
    assert CallBack.objects.get().version == row.version
    page = text_of(cast["township_officer"].client().get(address(case, "callback")))
    assert "马上要求重新办理" not in page


def test_an_old_page_is_told_and_keeps_what_was_typed(cast: Cast) -> None:
    case, row = listed(cast)
    say(cast, case, "missed")
    with pytest.raises(Stale):
        say(cast, case, version=row.version)
    client = cast["township_officer"].client()
    answer = client.post(address(case, "callback"), form(row, words="打过了，没人接", outcome="missed"))
    assert answer.status_code == 409
    assert "打过了，没人接" in answer.content.decode()
    assert "刚刚有人记过" in text_of(answer)
    assert 'name="version" value="2"' in answer.content.decode()


def test_the_same_key_is_one_call(cast: Cast) -> None:
    case, row = listed(cast)
    key = uuid4().hex
    for _ in range(2):
        assert say(cast, case, "missed", key=key, version=row.version).tries == 1
    client, sent = cast["township_officer"].client(), form(CallBack.objects.get())
    for _ in range(2):
        assert client.post(address(case, "callback"), sent).status_code == 302
    assert CallBack.objects.get().tries == 2


class TestNumber:
    def test_whoever_calls_back_has_it_shown_for_a_purpose(self, cast: Cast) -> None:
        case, _ = listed(cast)
        client = cast["township_officer"].client()
        page = client.get(address(case, "callback")).content.decode()
        assert PHONE not in page
        assert MASKED in page
        assert f"{address(case, 'reveals')}?purpose=reply" in page
        ask = client.get(address(case, "reveals") + "?purpose=reply").content.decode()
        assert 'value="reply"' in ask
        assert "checked" in ask
        shown = client.post(address(case, "reveals"), {"purpose": "reply", "text": "", "idempotency_key": uuid4().hex})
        assert PHONE in shown.content.decode()
        assert Reveal.objects.get().user_id == cast["township_officer"].user.pk

    def test_nobody_else_and_not_before_or_afterwards(self, cast: Cast) -> None:
        case = done(cast)
        officer = cast["township_officer"].client()
        assert officer.get(address(case, "reveals")).status_code == 403
        callback_open(actor=cast.actor("township_officer"), case=case)
        assert officer.get(address(case, "reveals")).status_code == 200
        assert cast["grid_worker"].client().get(address(case, "reveals")).status_code == 403
        say(cast, case)
        assert officer.get(address(case, "reveals")).status_code == 403


class TestPages:
    def test_three_questions_as_they_are_asked(self, cast: Cast) -> None:
        case, row = listed(cast)
        client = cast["township_officer"].client()
        page = text_of(client.get(address(case, "callback")))
        for question in ("24 小时以内有没有人和您联系过", "解决了没有", "您满意不满意"):
            assert question in page
        missing = client.post(address(case, "callback"), form(row, solved="", words="说到一半断了"))
        assert missing.status_code == 422
        assert "请选问题解决了没有。" in text_of(missing)
        assert "说到一半断了" in missing.content.decode()
        no_reason = client.post(address(case, "callback"), form(row, solved="no", again="on"))
        assert "请写明为什么要重新办理" in text_of(no_reason)
        sent = form(row, solved="no", satisfied="no", again="on", reopen="还是漏水")
        assert client.post(address(case, "callback"), sent).status_code == 302
        result = text_of(client.get(address(case, "callback")))
        assert "没解决" in result
        assert "已回访" in result
        case.refresh_from_db()
        assert case.state == "returned"

    def test_one_that_was_not_drawn_can_be_listed(self, cast: Cast) -> None:
        case, client = done(cast), cast["township_officer"].client()
        assert "列入回访" in text_of(client.get(address(case, "callback")))
        for _ in range(2):
            sent = {"idempotency_key": "same-key-0001"}
            assert client.post(address(case, "callback-list"), sent).status_code == 302
        assert CallBack.objects.count() == 1
        assert client.post(address(case, "callback-list"), {"idempotency_key": uuid4().hex}).status_code == 409

    def test_the_list_filters_sorts_finds_pages_and_exports(self, cast: Cast) -> None:
        cases = [listed(cast)[0] for _ in range(3)]
        say(cast, cases[0], solved=False)
        say(cast, cases[1], "missed")
        client = cast["township_officer"].client()

        def shown(query: str) -> set[int]:
            page = client.get(f"{LIST}?{query}").content.decode()
            return {place for place, case in enumerate(cases) if f">{case.number}<" in page}

        assert shown("") == {0, 1, 2}
        assert shown("state=done") == {0}
        assert shown("state=waiting") == {1, 2}
        assert shown("answer=unsolved") == {0}
        assert shown("answer=satisfied&state=waiting") == set()
        assert shown(f"q={cases[2].number}") == {2}
        assert shown(f"place={cast.areas['v2'].code}") == set()
        assert shown(f"place={cast.areas['v1'].code}&sort=newest") == {0, 1, 2}
        today = timezone.localdate()
        assert shown(f"called_from={today}&called_to={today}") == {0}
        assert "没有符合条件的回访" in text_of(client.get(f"{LIST}?state=refused"))
        body = client.get(f"{LIST}export/?state=done")
        assert body["Content-Disposition"].startswith("attachment")
        sheet = ZipFile(BytesIO(body.content)).read("xl/worksheets/sheet1.xml").decode()
        assert cases[0].number in sheet
        assert cases[1].number not in sheet
        assert PHONE not in sheet
        assert NAME not in sheet
        assert cast["other_officer"].client().get(LIST).content.decode().count(cases[0].number) == 0

    def test_a_draw_is_a_filter(self, cast: Cast) -> None:
        done(cast)
        made = draw(cast)
        other, _ = listed(cast)
        page = cast["township_officer"].client().get(f"{LIST}?draw={made.id}").content.decode()
        assert other.number not in page


class TestApi:
    def call(self, cast: Cast, who: str, method: str, path: str, **body: Any) -> Any:
        client = cast[who].client()
        full = f"/api/v1/341181{path}"
        if method == "GET":
            return client.get(full)
        return client.post(
            full, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=body.pop("key", uuid4().hex)
        )

    def test_the_same_by_a_program(self, cast: Cast) -> None:
        case, today = done(cast), str(timezone.localdate())
        made = self.call(
            cast, "township_officer", "POST", "/call-back-draws", area=cast.areas["t1"].code, first=today, last=today,
            percent=100,
        )  # fmt: skip
        assert made.status_code == 201, made.content
        assert made.json()["size"] == 1
        rows = self.call(cast, "township_officer", "GET", f"/call-backs?draw={made.json()['id']}").json()["items"]
        assert [row["number"] for row in rows] == [case.number]
        said = {"outcome": "reached", "contacted_in_time": "unknown", "solved": True, "satisfied": True}
        path = f"/cases/{case.number}/call-back"
        answer = self.call(cast, "township_officer", "POST", path, version=rows[0]["version"], **said)
        assert answer.status_code == 200, answer.content
        assert self.call(cast, "command_centre", "GET", path).json()["state"] == "done"
        assert self.call(cast, "township_officer", "POST", path, version=2, **said).json()["code"] == "called_already"

    def test_refusals(self, cast: Cast) -> None:
        case = done(cast)
        path = f"/cases/{case.number}/call-back"
        assert self.call(cast, "township_officer", "GET", path).status_code == 404
        assert self.call(cast, "other_officer", "POST", path, version=1, outcome="missed").status_code == 404
        assert self.call(cast, "village_clerk", "POST", path, version=1, outcome="missed").status_code == 403
        assert (
            self.call(cast, "township_officer", "POST", path, version=1, outcome="missed").json()["code"]
            == "not_listed"
        )
        assert self.call(cast, "township_officer", "POST", f"{path}/listing").json()["state"] == "waiting"
        assert self.call(cast, "township_officer", "POST", path, version=9, outcome="missed").json()["code"] == "stale"
        wrong = self.call(cast, "township_officer", "POST", path, version=1, outcome="reached")
        assert set(wrong.json()["fields"]) == {"contacted_in_time", "solved", "satisfied"}
        away = self.call(
            cast, "township_officer", "POST", "/call-back-draws", area=cast.areas["t2"].code, first="2026-11-01",
            last="2026-11-30", count=1,
        )  # fmt: skip
        assert away.status_code == 422


@pytest.fixture
def town(transactional_db: None) -> Cast:
    """A committed cast; every thread enters the county by itself."""
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def test_of_two_who_call_the_same_person_one_is_written(town: Cast) -> None:
    cast = town
    with county(341181):
        case, row = listed(cast)
    officer, centre = cast.actor("township_officer"), cast.actor("command_centre")
    assert officer.user_id != centre.user_id

    def work(who: str) -> Any:
        return lambda: say(cast, Case.objects.get(id=case.id), by=who, version=row.version)

    results = together(work("township_officer"), work("command_centre"))
    assert sorted(type(result).__name__ for result in results) in (["CallBack", "Conflict"], ["CallBack", "Stale"])
    with county(341181):
        assert (CallBack.objects.get().tries, CallBack.objects.get().version) == (1, 2)


def test_of_two_who_draw_nobody_is_drawn_twice(town: Cast) -> None:
    cast = town
    with county(341181):
        for _ in range(4):
            done(cast)
    results = together(*(lambda: draw(cast, count=3) for _ in range(2)))
    assert all(isinstance(result, Conflict) or hasattr(result, "seed") for result in results), results
    with county(341181):
        ids = list(CallBack.objects.values_list("case_id", flat=True))
    assert len(ids) == len(set(ids))
    assert len(ids) in (3, 4)
