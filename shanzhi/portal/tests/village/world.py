"""What the tests of public villages share: cases in every state, marks in every private column, addresses."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.cases.services import Report, case_report
from shanzhi.cases.taking.contacts import ContactIn
from tests.cast import Cast, report
from tests.kinds import kind_add

A = 341181
VILLAGE = "341181101201"
MARK = "绝密标记"
PHONE = "13955501234"
CALLER = f"{MARK}来电人"
SPOT = (1_189_512_345, 327_098_765)


def village(code: str = VILLAGE, rest: str = "") -> str:
    return f"/{A}/villages/{code}/{rest}"


def public(case: Case | str) -> str:
    return f"/{A}/public/cases/{case if isinstance(case, str) else case.number}/"


def api(rest: str) -> str:
    return f"/api/v1/{A}/public/{rest}"


def get(path: str, client: Client | None = None, **query: str) -> HttpResponse:
    return (client or Client()).get(path, query)


def act(cast: Cast, who: str, name: str, case: Case, **extra: Any) -> Case:
    fresh = Case.objects.select_related("owner__parent", "area").get(id=case.id)
    return services.case_act(actor=cast.actor(who), case=fresh, act=Act(name), version=fresh.version, **extra)


def publish(cast: Cast, case: Case, text: str, who: str = "village_clerk") -> Case:
    fresh = Case.objects.select_related("owner").get(id=case.id)
    return services.case_publish(actor=cast.actor(who), case=fresh, text=text)


def closed(cast: Cast, case: Case) -> Case:
    """On to its end by the level in charge alone."""
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "handle", case, text="好了")
    act(cast, "village_clerk", "verify", case)
    return act(cast, "village_clerk", "close", case)


def placed(cast: Cast, lon: int = SPOT[0], lat: int = SPOT[1], **changes: Any) -> Case:
    return report(cast, lon=lon, lat=lat, accuracy=12, **changes)


def marked(cast: Cast, *, kind: str = "asked", at: datetime | None = None) -> Case:
    """Told to the village's desk by somebody, with the mark in every field that anybody fills in."""
    if kind == "asked":
        questions = [
            {"code": "said", "label": "说明", "type": "text"},
            {"code": "who", "label": "谁", "type": "person"},
            {"code": "pick", "label": "哪种", "type": "choice", "choices": [f"{MARK}选项", "别的"]},
            {"code": "spot", "label": "地点", "type": "place"},
        ]
        kind_add(kind, {"label": "问得多的", "hint": "路灯、井盖", "fields": questions})
    said = Report(
        body=f"{MARK}正文", title=f"{MARK}标题", place=f"{MARK}地点", kind=kind, source="phone", lon=SPOT[0],
        lat=SPOT[1], accuracy=12,
        answers={"said": f"{MARK}答", "who": {"name": f"{MARK}甲", "phone": PHONE}, "pick": f"{MARK}选项",
                 "spot": f"{MARK}处"} if kind == "asked" else {},
    )  # fmt: skip
    who = ContactIn(CALLER, PHONE, True)
    return case_report(actor=cast.actor("village_clerk"), report=said, area=cast.areas["g1"], contact=who, at=at)


def gone_through(cast: Cast, case: Case) -> Case:
    """Every act with the mark in its words, up to the end."""
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], text=f"{MARK}交代")
    act(cast, "grid_worker", "start", case)
    act(cast, "village_clerk", "note", case, text=f"{MARK}备注")
    act(cast, "township_officer", "supervise", case, text=f"{MARK}督办")
    act(cast, "village_clerk", "whistle", case, text=f"{MARK}吹哨", units=[cast.units["t1"]])
    act(cast, "grid_worker", "handle", case, text=f"{MARK}处理")
    act(cast, "village_clerk", "verify", case, text=f"{MARK}核查")
    return act(cast, "village_clerk", "close", case, text=f"{MARK}办结")


def private(cast: Cast, code: str = "closed", **body: Any) -> Case:
    """Of a kind that the public knows nothing of."""
    kind_add(code, {"label": "不公开的", "public": False, **body})
    return report(cast, kind=code)


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
