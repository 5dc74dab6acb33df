"""Drawing by lot: from whom, how many, never twice, and so that anybody can draw it again."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from shanzhi.cases.callbacks.services import draw_make, drawn, lot_of
from shanzhi.cases.models import CallBack, Case, Draw
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.tests.callbacks.people import DRAWS, LIST, done, draw
from shanzhi.cases.tests.pages import text_of
from shanzhi.cases.tests.taking.people import taken
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound
from shanzhi.lib.times import local
from shanzhi.trail.models import Entry
from tests.cast import Cast


def test_the_lowest_lots_are_drawn_and_anybody_can_check_it(cast: Cast) -> None:
    cases = [done(cast) for _ in range(5)]
    made = draw(cast, count=2)
    assert (made.size, made.pool) == (2, 5)
    lots = {sha256(f"{made.seed}:{case.code}".encode()).hexdigest(): case.id for case in cases}
    wanted = sorted(lots)[:2]
    rows = CallBack.objects.filter(draw=made)
    assert {(row.lot, row.case_id) for row in rows} == {(lot, lots[lot]) for lot in wanted}
    assert {row.state for row in rows} == {"waiting"}
    assert Entry.objects.filter(code="cases.draw.made", object_id=made.id).exists()
    page = text_of(cast["township_officer"].client().get(f"{DRAWS}{made.id}/"))
    assert made.seed in page
    assert all(lot in page for lot in wanted)


def test_the_same_seed_draws_the_same(cast: Cast) -> None:
    for _ in range(4):
        done(cast)
    today, officer = local(timezone.now()).date(), cast.actor("township_officer")
    first, again = (drawn(officer, cast.areas["t1"], today, today, seed="abc") for _ in range(2))
    assert first == again
    other = drawn(officer, cast.areas["t1"], today, today, seed="abd")
    assert [lot for lot, _ in first] != [lot for lot, _ in other]
    assert lot_of("a", "b") == sha256(b"a:b").hexdigest()


def test_never_the_same_case_twice(cast: Cast) -> None:
    for _ in range(3):
        done(cast)
    first, second = draw(cast, count=2), draw(cast, count=2)
    assert (second.size, second.pool) == (1, 1)
    assert CallBack.objects.count() == 3
    assert first.seed != second.seed
    with pytest.raises(Conflict, match="没有可以回访的事件了"):
        draw(cast)
    assert Draw.objects.count() == 2


def test_a_share_is_rounded_up(cast: Cast) -> None:
    for _ in range(3):
        done(cast)
    assert draw(cast, count=None, percent=34).size == 2
    assert draw(cast, count=None, percent=1).size == 1


def test_only_what_is_closed_and_has_somebody_to_call(cast: Cast) -> None:
    done(cast, contact=ContactIn("钱小凤", "", True))
    taken(cast)
    with pytest.raises(Conflict):
        draw(cast)
    good = done(cast)
    Case.objects.filter(id=done(cast).id).update(closed_at=timezone.now() - timedelta(days=3))
    assert [row.case_id for row in CallBack.objects.filter(draw=draw(cast))] == [good.id]


def test_only_where_one_calls_back(cast: Cast) -> None:
    done(cast)
    for role, place, error in (
        ("village_clerk", "v1", Forbidden), ("auditor", "county", Forbidden), ("other_officer", "t1", NotFound),
        ("township_officer", "county", NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            draw(cast, by=role, place=place)
    assert draw(cast, by="county_centre", place="county").pool == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [({"count": None}, "count"), ({"percent": 5}, "count"), ({"count": 0}, "count"), ({"count": 501}, "count"),
     ({"count": None, "percent": 101}, "percent")],
)  # fmt: skip
def test_what_is_no_sample_is_refused(cast: Cast, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        draw(cast, **more)
    assert field in refused.value.fields
    today = local(timezone.now()).date()
    with pytest.raises(Invalid):
        draw_make(
            actor=cast.actor("township_officer"), area=cast.areas["t1"], first=today,
            last=today - timedelta(days=1), count=1,
        )  # fmt: skip


class TestPage:
    def sent(self, cast: Cast, **more: Any) -> dict[str, Any]:
        today = str(local(timezone.now()).date())
        data = {"area": cast.areas["t1"].code, "first": today, "last": today, "count": "1", "percent": ""}
        return {**data, "idempotency_key": uuid4().hex, **more}

    def test_drawing_leads_to_what_was_drawn(self, cast: Cast) -> None:
        client, case = cast["township_officer"].client(), done(cast)
        assert "种子由系统随机给出" in text_of(client.get(DRAWS))
        sent = self.sent(cast)
        answers = [client.post(DRAWS, sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Draw.objects.count() == 1
        page = text_of(client.get(answers[0]["Location"]))
        assert case.number in page
        assert "等回访" in page
        assert "从 1 件里抽" in text_of(client.get(DRAWS))

    def test_what_is_wrong_comes_back_with_what_was_typed(self, cast: Cast) -> None:
        client = cast["township_officer"].client()
        refused = client.post(DRAWS, self.sent(cast, count="7", percent="8"))
        assert refused.status_code == 422
        assert 'value="7"' in refused.content.decode()
        assert "两样写一样" in text_of(refused)
        nobody = client.post(DRAWS, self.sent(cast))
        assert nobody.status_code == 409
        assert "没有可以回访的事件了" in text_of(nobody)
        away = client.post(DRAWS, self.sent(cast, area=cast.areas["t2"].code))
        assert away.status_code == 422
        assert client.post(DRAWS, self.sent(cast, first="x")).status_code == 422

    def test_others_have_none_of_it(self, cast: Cast) -> None:
        done(cast)
        made = draw(cast)
        assert cast["village_clerk"].client().get(LIST).status_code == 403
        assert cast["other_officer"].client().get(f"{DRAWS}{made.id}/").status_code == 404
        assert cast["village_clerk"].client().get(f"{DRAWS}{made.id}/").status_code == 404
