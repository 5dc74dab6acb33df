"""The rules of an assignment, each refused with a sentence beside its field."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import F, Q

from shanzhi.areas.models import Area
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.phones import phone_read
from shanzhi.staffing.catalogue import LEVELS, ROLES
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.phones import PHONE, WRONG

NAME: Final = 40
ORGANISATION: Final = 60
SOURCE: Final = 100
REASON: Final = 200
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
Faults = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Details:
    """Who it is: everything but the name may be left out."""

    name: str
    organisation: str = ""
    phone: str = ""
    source: str = ""

    def tidy(self) -> "Details":
        return Details(
            " ".join(self.name.split()), " ".join(self.organisation.split()), phone_read(self.phone),
            " ".join(self.source.split()),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """Both days included; without an end until it is ended."""

    first: date
    last: date | None = None


def refuse(faults: Faults) -> None:
    """Invalid with the first sentence, if there is any."""
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)


def detail_faults(details: Details) -> Faults:
    faults: Faults = {}
    if not details.name:
        faults["name"] = ["请填姓名。"]
    for field, label, value, most in (
        ("name", "姓名", details.name, NAME), ("organisation", "单位", details.organisation, ORGANISATION),
        ("source", "任命依据", details.source, SOURCE),
    ):  # fmt: skip
        if len(value) > most:
            faults[field] = [f"{label}最多写 {most} 字，请删减。"]
    if details.phone and not PHONE.fullmatch(details.phone):
        faults["phone"] = [WRONG]
    return faults


def term_faults(term: Term, today: date) -> Faults:
    if not EARLIEST <= term.first < LATEST:
        return {"valid_from": ["任期开始的年份不对，请核对。"]}
    if term.last is None:
        return {}
    if term.last < term.first:
        return {"valid_to": ["任期结束不能早于任期开始，请改日期。"]}
    if term.last < today:
        return {"valid_to": ["任期结束不能早于今天，请改日期；已经卸任的不用登记。"]}
    return {"valid_to": ["任期结束的年份不对，请核对。"]} if term.last >= LATEST else {}


def place_faults(role: str, area: Area | None) -> Faults:
    known = ROLES.get(role)
    if known is None:
        return {"role": ["请选岗位。"]}
    if not known.own:
        return {"role": [f"{known.label}要登录办事，请安全管理员在“人员”里授予岗位，不用在这里再填一次。"]}
    if area is None or not area.is_open:
        return {"place": ["请选一个现行的地方。"]}
    if area.level not in known.levels:
        levels = "、".join(LEVELS[level] for level in known.levels)
        return {"place": [f"{known.label}设在{levels}，请另选地方。"]}
    return {}


def reason_checked(reason: str, what: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        refuse({"reason": [f"请写明{what}的原因。"]})
    if len(reason) > REASON:
        refuse({"reason": [f"原因最多写 {REASON} 字，请删减。"]})
    return reason


def check_twice(row: Assignment) -> None:
    """Conflict where the same person holds the same role at the same place in a term that meets this one.

    Of two people with the same name the phone tells them apart; where one of the numbers is not known they are one.
    Whoever appoints at the place at the same moment waits: its row is locked until the end of the transaction.
    What was ended meets nothing from the day on which it was.
    """
    if row.ended_on is not None and row.ended_on <= row.valid_from:
        return
    Area.objects.select_for_update(no_key=True).filter(id=row.area_id).first()
    meeting = Assignment.objects.filter(role=row.role, area_id=row.area_id, name=row.name).exclude(id=row.id)
    meeting = meeting.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from))
    meeting = meeting.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=F("valid_from")) & Q(ended_on__gt=row.valid_from)
    )
    if row.valid_to is not None:
        meeting = meeting.filter(valid_from__lte=row.valid_to)
    if row.ended_on is not None:
        meeting = meeting.filter(valid_from__lt=row.ended_on)
    if row.phone_index:
        meeting = meeting.filter(phone_index__in=["", row.phone_index])
    if meeting.exists():
        sentence = f"{row.name}在这段任期里已经是这里的{row.role_label}，不用再填；要延长请用“续任”。"
        raise Conflict(sentence, code="assigned_twice", fields={"name": [sentence]})
