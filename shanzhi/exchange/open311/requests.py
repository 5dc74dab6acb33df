"""Cases as service requests: what anybody may know of a case, and nothing more.

No title, no words of whoever reported or handles, no name, phone, photo, position or place of a case whose summary
nobody confirmed; of one with a confirmed summary the village and a position rounded to about a hundred metres.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max, QuerySet

from shanzhi.areas.models import Area
from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case, Step
from shanzhi.cases.taking.following import NEXT, NOW, TOLD
from shanzhi.exchange.open311.catalogue import private_kinds
from shanzhi.exchange.open311.jurisdictions import w3c
from shanzhi.lib.errors import Invalid, NotFound

ROWS: Final = 1000
SPAN: Final = timedelta(days=90)
SCALE: Final = 10_000_000
DIGITS: Final = 3  # of a degree: 111 m from north to south, about 95 m from east to west
STATUSES: Final = ("open", "closed")
UNKNOWN: Final = "没有这个 service_request_id。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asked for; `numbers` override all the rest, empty fields narrow nothing."""

    numbers: Sequence[str] = ()
    services: Sequence[str] = ()
    statuses: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


def visible() -> QuerySet[Case]:
    """Cases that anybody may know of: of a kind that was public when they began and still is."""
    rows = Case.objects.filter(is_public=True, seen_by="").exclude(kind__in=private_kinds())
    return rows.select_related("owner", "area__parent__parent__parent", "merged_into").defer("body", "answers")


def is_visible(case: Case, private: Collection[str]) -> bool:
    """The same for one case, with the kinds that are private now."""
    return case.is_public and not case.seen_by and case.kind not in private


def requests_of(wanted: Wanted, *, county_id: int, at: datetime) -> list[dict[str, Any]]:
    """GET Service Requests: the newest first, at most 1,000. Invalid for a span of more than 90 days."""
    rows = visible()
    if wanted.numbers:
        rows = rows.filter(number__in=[number_of(text, county_id) for text in wanted.numbers[:ROWS]])
    else:
        since, until = span_of(wanted.since, wanted.until, at=at)
        rows = rows.filter(received_at__gte=since, received_at__lte=until)
        if wanted.services:
            rows = rows.filter(kind__in=list(wanted.services))
        if set(wanted.statuses) == {"open"}:
            rows = rows.filter(ended_at=None)
        elif set(wanted.statuses) == {"closed"}:
            rows = rows.exclude(ended_at=None)
    return rows_of(list(rows.order_by("-received_at", "-id")[:ROWS]))


def request_get(number: str, *, county_id: int) -> dict[str, Any]:
    """GET Service Request. NotFound in the same words for what there is not and for what nobody may know of."""
    found = list(visible().filter(number=number_of(number, county_id))[:1])
    if not found:
        raise NotFound(UNKNOWN, code="request_unknown")
    return rows_of(found)[0]


def number_of(text: str, county_id: int) -> str:
    """2611-0203, also where the county stands before it: 341181-2611-0203."""
    return text.replace("\0", "").strip()[:40].removeprefix(f"{county_id:06d}-")


def span_of(since: datetime | None, until: datetime | None, *, at: datetime) -> tuple[datetime, datetime]:
    """The latest 90 days, or 90 days from the one end that was named."""
    if since is not None and until is not None:
        if until < since:
            raise Invalid("end_date 不能早于 start_date。", code="span_invalid")
        if until - since > SPAN:
            raise Invalid("start_date 到 end_date 最多 90 天，请分几次查。", code="span_too_long")
        return since, until
    if since is not None:
        return since, since + SPAN
    last = until or at
    return last - SPAN, last


def rows_of(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """One statement for all of them."""
    changed, private = _changed(cases), frozenset(private_kinds())
    return [_row(case, changed.get(case.id, case.received_at), private) for case in cases]


def _changed(cases: Iterable[Case]) -> Mapping[int, datetime]:
    """When each was last changed by an act that the public is told of."""
    ids = [case.id for case in cases]
    rows = Step.objects.filter(case_id__in=ids, act__in=[str(act) for act in TOLD])
    return dict(rows.order_by().values_list("case_id").annotate(at=Max("at")))


def _row(case: Case, changed: datetime, private: Collection[str]) -> dict[str, Any]:
    shown = bool(case.summary)
    village = village_of(case.area) if shown else None
    placed = shown and case.lat is not None and case.lon is not None
    return {
        "service_request_id": case.number,
        "status": status_of(case),
        "status_notes": notes_of(State(case.state), case, private),
        "service_name": kind_of(case).label,
        "service_code": case.kind,
        "description": case.summary or None,
        "agency_responsible": case.owner.name,
        "service_notice": None,
        "requested_datetime": w3c(case.received_at),
        "updated_datetime": w3c(case.ended_at or changed),
        "expected_datetime": None,
        "address": address_of(village) if village is not None else None,
        "address_id": village.code if village is not None else None,
        "zipcode": None,
        "lat": round((case.lat or 0) / SCALE, DIGITS) if placed else None,
        "long": round((case.lon or 0) / SCALE, DIGITS) if placed else None,
        "media_url": None,
    }


def status_of(case: Case) -> str:
    return "open" if case.ended_at is None else "closed"


def notes_of(state: State, case: Case, private: Collection[str]) -> str:
    """In the words of the receipt. What was merged names the other one, if anybody may know of that."""
    words = f"{NOW[state]}。{NEXT[state].format(owner=case.owner.name)}"
    leading = case.merged_into if state == State.MERGED else None
    if leading is not None and is_visible(leading, private):
        words += f"那一件的编号是 {leading.number}。"
    return words


def village_of(area: Area) -> Area:
    """The village of a grid: nothing smaller is told to the public."""
    return area.parent if area.level == Area.Level.GRID and area.parent is not None else area


def address_of(area: Area) -> str:
    """天长市东镇张庄村: from the county down to the village."""
    names: list[str] = []
    at: Area | None = area
    while at is not None:
        names.append(at.name)
        at = at.parent
    return "".join(reversed(names))
