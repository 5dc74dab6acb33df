"""POST Service Request: a report by another system, for somebody who has no account here.

Who holds the key answers for what comes with it: its holder must be allowed to report. Repetitions are known by the
header `Idempotency-Key`, else by device, service and description within a minute. `media_url` is never fetched: the
platform opens no address that a stranger names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import ApiToken
from shanzhi.accounts.selectors import actor_for, token_user
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import Source
from shanzhi.cases.gate.receiving import Received, report_or_hold
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Case, Held, Receipt
from shanzhi.cases.services import Report
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.exchange.models import Submission
from shanzhi.exchange.open311.catalogue import service_get
from shanzhi.exchange.open311.places import degrees, place_of
from shanzhi.exchange.open311.questions import answers_of
from shanzhi.lib.errors import Forbidden, Invalid, TooMany
from shanzhi.tenancy.context import current
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyring import key_ring

REPEATED: Final = timedelta(minutes=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=90)
PLACE: Final = 100
NAME: Final = 40
MARK: Final = "exchange_submission.mark"
SENDER: Final = "exchange_submission.token"
NO_KEY: Final = "没有写 api_key。上报要用接口令牌，请向本县的安全管理员申请。"
BAD_KEY: Final = "api_key 不对、已过期或已撤销，或者不是这个县的。"
MAY_NOT: Final = "这个 api_key 的账号没有上报事件的岗位，请找本县的安全管理员。"
TOO_FAST: Final = (
    "这个 api_key 上报得太快，每分钟最多 {minute} 件、每小时最多 {hour} 件，请稍后再发，不要丢掉没有发出的。"
)


@dataclass(frozen=True, slots=True)
class Said:
    """The arguments of the standard as they came; an empty one is one that was not sent."""

    service_code: str = ""
    lat: str = ""
    long: str = ""
    address_string: str = ""
    address_id: str = ""
    description: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    device_id: str = ""
    account_id: str = ""
    media_url: str = ""
    attributes: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The case, or none as long as the report is held; the secret of its receipt as it is read out, and the token."""

    case: Case | None
    secret: str
    token: str


def request_submit(*, api_key: str, said: Said, repeat_key: str = "", at: datetime) -> Submitted:
    """Open a case, or find the one that this very report opened before. In a flood the report is held like all others.

    Forbidden for a key that does not count here, TooMany beyond the limits of one key, Invalid with a sentence for
    each argument that has to be mended, NotFound for a service that is none.
    """
    _key_check(api_key, at)
    if not said.service_code:
        raise Invalid("请写明 service_code，从 services 里选。", code="service_missing")
    kind = service_get(said.service_code)
    position = degrees(said.lat, said.long)
    with atomic():
        # Reports of one key queue here: the limits and the look for a repetition hold however many come at once.
        token = ApiToken.objects.select_for_update().get(digest=ApiToken.digest_of(api_key))
        mark = _mark(said)
        row = None if repeat_key else _repeated(token, mark, at)
        if row is None:
            _pace(token, at)
            area = place_of(address_id=said.address_id, address=said.address_string, position=position)
            received = report_or_hold(
                actor=Actor.public(current(), granted={permissions.REPORT}, name=f"群众（{token.name}）"[:NAME]),
                report=Report(
                    body=_body(said, kind.label),
                    kind=kind.code,
                    place=said.address_string[:PLACE],
                    lon=position[0] if position else None,
                    lat=position[1] if position else None,
                    source=Source.API,
                    answers=answers_of(kind.body, said.attributes),
                ),
                area=area,
                contact=contact_of(said),
                visitor=Visitor(key_ring().blind(str(token.pk), SENDER), ""),
                key=_claimed(token, repeat_key),
                vouched=True,
                at=at,
            )
            row = _kept(token, mark, received, at)
    return _submitted(row)


def _kept(token: ApiToken, mark: str, received: Received, at: datetime) -> Submission:
    """The row of what was received; the key may have given an earlier one."""
    held_id = received.held.id if received.held is not None else None
    same = Submission.objects.filter(held_id=held_id) if held_id else Submission.objects.filter(case=received.case)
    return same.first() or Submission.objects.create(
        token_id=token.pk, mark=mark, case=received.case, held_id=held_id, at=at
    )


def _submitted(row: Submission) -> Submitted:
    case = case_now(row)
    if case is not None:
        secret = Receipt.objects.get(case_id=case.id, role=Receipt.Role.REPORTER).secret
    else:
        secret = Held.objects.get(id=row.held_id or 0).secret
    return Submitted(case, secret_shown(secret), str(row.id))


def case_now(row: Submission) -> Case | None:
    """The case of a report, which a held one has since it was released."""
    if row.held_id is None:
        case: Case | None = row.case
        return case
    return Case.objects.filter(id__in=Held.objects.filter(id=row.held_id).values("case_id")).first()


def token_number(text: str) -> str | None:
    """What has become of a report that was answered with this token: its case's number, empty as long as there is none.

    None for what is no token of a held report.
    """
    row = Submission.objects.filter(id=id_of(text) or 0).exclude(held_id=None).first()
    if row is None:
        return None
    case = case_now(row)
    return case.number if case is not None else ""


def _key_check(api_key: str, at: datetime) -> None:
    """The standard answers 403 for a key that is missing as well as for a wrong one."""
    if not api_key:
        raise Forbidden(NO_KEY, code="key_missing")
    found = token_user(api_key, at=at)
    if found is None or found[1] != current():
        raise Forbidden(BAD_KEY, code="key_invalid")
    if not actor_for(user=found[0], county_id=current(), at=at).can(permissions.REPORT):
        raise Forbidden(MAY_NOT, code="key_may_not")


def _pace(token: ApiToken, at: datetime) -> None:
    limits = settings.EXCHANGE
    for span, most in ((MINUTE, limits["minute"]), (HOUR, limits["hour"])):
        recent = Submission.objects.filter(token_id=token.pk, at__gt=at - span, at__lte=at)
        if recent[:most].count() >= most:
            raise TooMany(TOO_FAST.format(**limits), code="too_many_reports")


def _mark(said: Said) -> str:
    """What a repetition has in common with the first, keyed; empty where device or words were not sent."""
    if not (said.device_id and said.description):
        return ""
    parts = [said.device_id, said.service_code, said.description]
    return key_ring().blind(json.dumps(parts, ensure_ascii=False), MARK)


def _repeated(token: ApiToken, mark: str, at: datetime) -> Submission | None:
    if not mark:
        return None
    rows = Submission.objects.filter(token_id=token.pk, mark=mark, at__gt=at - REPEATED).select_related("case")
    return rows.order_by("-id").first()


def _claimed(token: ApiToken, repeat_key: str) -> str | None:
    """The client's key as the county's table of keys holds it: two systems may use the same one."""
    if not repeat_key:
        return None
    return f"open311:{token.pk}:{sha256(repeat_key.encode()).hexdigest()[:32]}"


def _body(said: Said, label: str) -> str:
    """What was described; the service's name where nothing was. An address that is too long stands here whole."""
    words = said.description.strip() or f"{label}（没有写情况）"
    return f"{words}\n地点：{said.address_string}" if len(said.address_string) > PLACE else words


def contact_of(said: Said) -> ContactIn | None:
    """Who told it, if they said so; Chinese names are written together, the family's first."""
    first, last = said.first_name.strip(), said.last_name.strip()
    apart = (first + last).isascii()
    name = " ".join(part for part in (first, last) if part) if apart else f"{last}{first}"
    contact = ContactIn(name=name, phone=said.phone.strip(), wants_reply=bool(said.phone.strip()))
    return contact if contact.is_given else None


def submissions_purge(*, at: datetime) -> int:
    """Drop what a key brought in more than 90 days ago; the cases stay."""
    with atomic():
        dropped: tuple[int, Any] = Submission.objects.filter(at__lt=at - KEPT).delete()
    return dropped[0]
