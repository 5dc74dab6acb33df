"""What the tests of call-backs share: closed cases that somebody told of, and the forms of a call."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from shanzhi.cases.callbacks.services import Answers, callback_open, callback_record, draw_make
from shanzhi.cases.models import CallBack, Case, Draw
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.taking.people import taken
from shanzhi.lib.times import local
from tests.cast import Cast

LIST = "/341181/cases/call-backs/"
DRAWS = f"{LIST}draws/"


def done(cast: Cast, **more: Any) -> Case:
    """Somebody called, the village and its grid did it, and it is closed."""
    case = taken(cast, **more)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    act(cast, "grid_worker", "handle", case, text="修好了")
    act(cast, "village_clerk", "verify", case)
    act(cast, "village_clerk", "close", case)
    return Case.objects.select_related("area", "owner__parent").get(id=case.id)


def draw(cast: Cast, *, by: str = "township_officer", place: str = "t1", **more: Any) -> Draw:
    today = local(timezone.now()).date()
    wanted = {"count": 10} | more
    return draw_make(actor=cast.actor(by), area=cast.areas[place], first=today, last=today, **wanted)


def listed(cast: Cast, **more: Any) -> tuple[Case, CallBack]:
    case = done(cast, **more)
    return case, callback_open(actor=cast.actor("township_officer"), case=case)


def say(cast: Cast, case: Case, outcome: str = "reached", *, by: str = "township_officer", **more: Any) -> CallBack:
    """One call, by the service, on the row as it is now."""
    row = CallBack.objects.get(case_id=case.id)
    said = {"contacted_in_time": "yes", "solved": True, "satisfied": True} if outcome == "reached" else {}
    answers = Answers(outcome, **{**said, **{k: v for k, v in more.items() if k not in ("version", "key", "at")}})
    rest = {k: v for k, v in more.items() if k in ("key", "at")}
    version = more.get("version", row.version)
    return callback_record(actor=cast.actor(by), case=case, version=version, answers=answers, **rest)


def form(row: CallBack, **more: Any) -> dict[str, Any]:
    """What the page sends."""
    sent = {
        "version": row.version, "outcome": "reached", "contacted_in_time": "yes", "solved": "yes", "satisfied": "yes",
        "words": "", "idempotency_key": uuid4().hex,
    }  # fmt: skip
    return {**sent, **more}
