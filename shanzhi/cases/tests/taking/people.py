"""What the tests of taking down share."""

from typing import Any
from uuid import uuid4

from shanzhi.cases.models import Case, Receipt
from shanzhi.cases.services import Report, case_report
from shanzhi.cases.taking.contacts import ContactIn
from tests.cast import Cast

NAME, PHONE = "钱小凤", "13955501234"
MASKED = "139****1234"
TAKE_DOWN = "/341181/cases/take-down/"
FOLLOW = "/341181/follow/"
BODY = "路口井盖断裂，晚上没有路灯。"


def sent(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What the clerk's form of taking down sends."""
    data = {
        "source": "phone", "caller": NAME, "phone": "139 5550 1234", "wants_reply": "on", "occurred_at": "",
        "area": cast.areas["g1"].code, "place": "张庄组路口", "lon": "", "lat": "", "accuracy": "", "body": BODY,
        "kind": "facilities", "outcome": "report", "solved": "", "idempotency_key": uuid4().hex,
    }  # fmt: skip
    return {**data, **changes}


def taken(
    cast: Cast, *, by: str = "village_clerk", place: str = "g1", contact: ContactIn | None = None, **changes: Any
) -> Case:
    """A case that somebody called in, by the service."""
    words = {"body": BODY, "kind": "facilities", "place": "张庄组路口", "source": "phone", **changes}
    given = contact if contact is not None else ContactIn(NAME, PHONE, True)
    return case_report(
        actor=cast.actor(by), report=Report(**words), area=cast.areas[place], contact=given if given.is_given else None
    )


def secret_of(case: Case) -> str:
    return Receipt.objects.get(case_id=case.id).secret
