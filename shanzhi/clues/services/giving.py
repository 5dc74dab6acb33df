"""Handing in, following and adding, by whoever holds the receipt. Nothing is written of who asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.clues.catalogue import Act
from shanzhi.clues.fields import mark_of
from shanzhi.clues.models import NUMBER, Assignee, Bar, Clue, ClueOfficer, Step, random_id
from shanzhi.clues.selectors import assigned_now, barred_among, leads_for, officers_now, who_mark
from shanzhi.clues.services.steps import knock, once, step_write, tell_officers
from shanzhi.lib.errors import Conflict, Invalid, NotFound
from shanzhi.lib.phones import phone_read
from shanzhi.lib.receipts import secret_new, secret_read, signs_new
from shanzhi.tenancy.ids import id_of

LONGEST: Final[dict[str, int]] = {"body": 5000, "place": 200, "whom": 500, "name": 50, "phone": 30}
ADDED: Final = 3000
PLACE: Final = "clues_clue.secret"
NO_BODY: Final = "请写明是什么事：什么时候、在哪里、谁、做了什么。"
NO_DESK: Final = "这里现在没有人受理线索，请打 110，或到 12337 举报平台、12388 举报网站反映。"
ALL_LEADS: Final = "至少要留一名牵头人能看到，不然没有人能办。都不放心的，请到 12337 举报平台或 12388 举报网站反映。"
NO_SUCH: Final = "请在列出的人里选不让谁看。"
PHONE: Final = "电话没有写对，请核对：手机号 11 位，座机带区号；不想留就空着。"
UNKNOWN: Final = "没有找到，请对照回执核对查询码。"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody hands in; `barred` are ids of officers' rows, as the form has them."""

    body: str
    place: str = ""
    whom: str = ""
    name: str = ""
    phone: str = ""
    barred: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Followed:
    """What the receipt tells: the state in plain words, and what officers chose to say."""

    clue: Clue
    words: Sequence[Step]
    added: int
    free: Sequence[ClueOfficer]


def clue_give(*, given: Given, address: str, key: str | None = None, at: datetime | None = None) -> Clue:
    """Write a clue with its receipt. Under the same key it is the same clue, and counts once.

    Refused: 409 without a desk, 422, 429. No actor is asked for: also of somebody who is signed in nothing is kept.
    """
    at = at or timezone.now()
    clue_id = random_id()
    body = {**_texts(given), "barred": sorted(given.barred)}
    with atomic():
        earlier = once(key=key, who=None, operation="give", body=body, result_id=clue_id, at=at)
        if earlier is not None:
            return Clue.objects.get(id=earlier)
        knock("give", address, at=at)
        officers = officers_now(at=at)
        if not any(one.lead for one in officers):
            raise Conflict(NO_DESK, code="no_desk")
        texts = _texts(given)
        faults = _faults(texts)
        barred = _barred(given.barred, officers, faults)
        if faults:
            raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
        away = ClueOfficer.objects.filter(ended_at=None, lead=True).exclude(id__in=[one.id for one in officers])
        barred += away  # named, but not shown to be barred: whoever comes back to the desk may be who is meant
        secret = secret_new()
        clue = Clue(
            id=clue_id, number=signs_new(NUMBER), received_at=at, last_at=at, secret=secret,
            secret_mark=mark_of(secret, PLACE), **texts,
        )  # fmt: skip
        clue.save()
        _bar(clue, barred)
        step = step_write(clue, Act.GIVE, actor_id=None, at=at, facts={"barred": sorted(map(_user, barred))})
        tell_officers(leads_for(clue, officers), step)
    return clue


def _user(officer: ClueOfficer) -> int:
    return int(officer.user_id)


def _texts(given: Given) -> dict[str, str]:
    texts = {name: getattr(given, name).replace("\x00", "").strip() for name in LONGEST}
    texts["phone"] = phone_read(texts["phone"])
    return texts


def _faults(texts: dict[str, str]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not texts["body"]:
        faults["body"] = [NO_BODY]
    for name, most in LONGEST.items():
        if len(texts[name]) > most:
            faults[name] = [f"最多写 {most:,} 字，现在是 {len(texts[name]):,} 字，请删减。"]
    phone = texts["phone"]
    if phone and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
        faults["phone"] = [PHONE]
    return faults


def _barred(ids: Sequence[str], officers: Sequence[ClueOfficer], faults: dict[str, list[str]]) -> list[ClueOfficer]:
    wanted = {id_of(one) for one in ids}
    known = {one.id: one for one in officers}
    if wanted - known.keys():
        faults["barred"] = [NO_SUCH]
        return []
    found = [one for one in officers if one.id in wanted]
    if not any(one.lead and one.id not in wanted for one in officers):
        faults["barred"] = [ALL_LEADS]
    return found


def _bar(clue: Clue, barred: Sequence[ClueOfficer]) -> None:
    Bar.objects.bulk_create([Bar(clue=clue, who=who_mark(_user(one))) for one in barred], ignore_conflicts=True)


def clue_of(*, secret: str, address: str, at: datetime | None = None) -> Clue:
    """The clue of a receipt. NotFound in the same words whatever was wrong, after it was counted; TooMany beyond ten.

    The caller must keep what was written though it raises.
    """
    at = at or timezone.now()
    plain = secret_read(secret)
    found = Clue.objects.filter(secret_mark=mark_of(plain, PLACE)).first() if plain else None
    if found is None:
        with atomic():
            knock("miss", address, at=at)
        raise NotFound(UNKNOWN, code="receipt_unknown")
    return found


def followed(clue: Clue, *, at: datetime | None = None) -> Followed:
    """Neither what was handed in nor who works at it: whoever finds the receipt reads no more than the state."""
    at = at or timezone.now()
    steps = list(Step.objects.filter(clue_id=clue.id).order_by("serial"))
    officers = officers_now(at=at)
    barred = barred_among(clue, officers)
    return Followed(
        clue, [one for one in steps if one.told], sum(one.act == Act.ADD for one in steps),
        [one for one in officers if one.user_id not in barred],
    )  # fmt: skip


def clue_add(*, secret: str, text: str, address: str, key: str | None = None, at: datetime | None = None) -> Clue:
    """Something more, in any state: also after it was concluded, where a lead decides what becomes of it."""
    at, words = at or timezone.now(), text.replace("\x00", "").strip()
    clue = clue_of(secret=secret, address=address, at=at)
    with atomic():
        if _again(clue, "add", {"text": words}, key, at):
            return clue
        knock("add", address, at=at)
        if not words or len(words) > ADDED:
            sentence = f"最多写 {ADDED:,} 字，现在是 {len(words):,} 字，请删减。" if words else "请写要补充的情况。"
            raise Invalid(sentence, code="invalid", fields={"text": [sentence]})
        return _written(clue, Act.ADD, at, note=words)


def clue_bar(
    *, secret: str, barred: Sequence[str], address: str, key: str | None = None, at: datetime | None = None
) -> Clue:
    """More people who may not know of it, such as one who was named to the desk since. It can't be taken back here."""
    at = at or timezone.now()
    clue = clue_of(secret=secret, address=address, at=at)
    with atomic():
        if _again(clue, "bar", {"barred": sorted(barred)}, key, at):
            return clue
        knock("add", address, at=at)
        clue = Clue.objects.select_for_update().get(id=clue.id)  # two who bar at once may not bar every lead
        officers = officers_now(at=at)
        before, faults = barred_among(clue, officers), dict[str, list[str]]()
        chosen = _barred(barred, officers, faults)
        if not chosen and not faults:
            faults["barred"] = ["请先选不让谁看。"]
        gone = before | {_user(one) for one in chosen}
        if not faults and not any(one.lead and one.user_id not in gone for one in officers):
            faults["barred"] = [ALL_LEADS]
        if faults:
            raise Invalid(faults["barred"][0], code="invalid", fields=faults)
        _bar(clue, chosen)
        Assignee.objects.filter(clue_id=clue.id, user_id__in=gone).delete()
        return _written(clue, Act.BAR, at, facts={"barred": sorted(map(_user, chosen))})


def _again(clue: Clue, operation: str, body: dict[str, Any], key: str | None, at: datetime) -> bool:
    said = {"clue": clue.id, **body}
    return once(key=key, who=None, operation=operation, body=said, result_id=clue.id, at=at) is not None


def _written(clue: Clue, act: Act, at: datetime, *, note: str = "", facts: dict[str, Any] | None = None) -> Clue:
    """Beside the acts of officers: it makes nobody's page stale, but whoever works at it is told."""
    clue = Clue.objects.select_for_update().get(id=clue.id)
    step = step_write(clue, act, actor_id=None, at=at, note=note, facts=facts)
    Clue.objects.filter(id=clue.id).update(last_at=at)
    officers = officers_now(at=at)
    barred = barred_among(clue, officers)
    known = {int(one.user_id) for one in officers} - barred
    people = assigned_now(clue, officers) & known
    tell_officers(people or leads_for(clue, officers), step)
    return clue
