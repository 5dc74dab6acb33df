"""Answers to the questions of a kind: read from a form or from JSON, kept as JSON without floats.

Kept is only what was asked: the answer to a question that is not shown is dropped, a question that is shown and
required is answered, and a stop question that stops refuses the whole report with its sentence. Answers that were kept
pass again unchanged.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shanzhi.cases.kinds.schema import FieldBody, KindBody
from shanzhi.lib.errors import Invalid

Answer = str | int | list[str] | dict[str, str]
Answers = dict[str, Answer]
TEXT: Final = 200
LONG: Final = 2000
PLACE: Final = 100
NAME: Final = 40
PHOTOS: Final = 3  # each question; a step holds 9 in all
PHONE: Final = re.compile(r"(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|[0-9]{7,8}|9[0-9]{4}|1[0-9]{2,4})")
OLDEST: Final = date(1900, 1, 1)
LATEST: Final = date(2100, 1, 1)


class Wrong(ValueError):
    """An answer that has to be mended; the text is the sentence for the person."""


class Stopped(Invalid):
    """A stop question was answered so that nothing may be reported before the person has done what it says."""

    default_code = "stopped"


def holds(condition: Mapping[str, Sequence[str]], answers: Mapping[str, Any]) -> bool:
    """Whether each named answer is one of the values given for it; a choice of several needs one of them."""
    for code, wanted in condition.items():
        given = answers.get(code)
        values = given if isinstance(given, list) else [given]
        if not any(value in wanted for value in values):
            return False
    return True


def is_shown(field: FieldBody, answers: Mapping[str, Any]) -> bool:
    """Given the answers kept so far: a condition looks only at questions before its own, so hiding is passed on."""
    return holds(field.shown_if, answers)


def checked(body: KindBody, raw: Mapping[str, Any], *, today: date, strict: bool = True) -> Answers:
    """What is kept of the answers, in the order of the form.

    Raises Invalid with `answers.<code>` → sentences, Stopped where a stop question stops. With `strict` an answer to a
    question that the kind doesn't have is refused; a form drops it, since it may have been opened under an older
    version.
    """
    faults: dict[str, list[str]] = {}
    kept: Answers = {}
    if strict:
        for code in raw:
            if code not in body.fields_by_code:
                faults[f"answers.{code}"[:60]] = [f"“{body.label}”没有这一项，请去掉，或核对代码。"]
    for field in body.fields:
        if not is_shown(field, kept):
            continue
        try:
            answer = read(field, raw.get(field.code), today)
            if answer is not None:
                kept[field.code] = answer
            elif field.required or field.type == "stop":
                raise Wrong(missing(field))
        except Wrong as wrong:
            faults[f"answers.{field.code}"] = [str(wrong)]
    for field in body.fields:
        if stops(field, kept):
            raise Stopped(field.say, code="stopped", fields={f"answers.{field.code}": [field.say]})
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return kept


def stops(field: FieldBody, kept: Mapping[str, Any]) -> bool:
    """Whether the answer given to this question ends the report."""
    return field.type == "stop" and kept.get(field.code) in field.stop_if


def missing(field: FieldBody) -> str:
    """What to do about a required question without an answer."""
    if field.type in ("choice", "stop"):
        return f"请选“{field.label}”。"
    if field.type == "choices":
        return f"“{field.label}”请至少选一项。"
    if field.type == "photo":
        return f"请拍“{field.label}”的照片。"
    return f"请填“{field.label}”。"


def read(field: FieldBody, value: Any, today: date) -> Answer | None:
    """One answer in the form in which it is kept; None if nothing was answered. Raises Wrong."""
    if value is None or value in ("", [], {}, ()):
        return None
    return READERS[field.type](field, value, today)


def _words(field: FieldBody, value: Any, limit: int) -> str | None:
    if not isinstance(value, str):
        raise Wrong(f"“{field.label}”要填文字。")
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise Wrong(f"“{field.label}”里有看不见的字符，请重新填写。")
    if len(text) > limit:
        raise Wrong(f"“{field.label}”最多 {limit} 字，现在 {len(text)} 字，请删减。")
    return text or None


def _text(field: FieldBody, value: Any, today: date) -> str | None:
    text = _words(field, value, TEXT)
    return " ".join(text.split()) if text else None


def _long(field: FieldBody, value: Any, today: date) -> str | None:
    return _words(field, value, LONG)


def _place(field: FieldBody, value: Any, today: date) -> str | None:
    text = _words(field, value, PLACE)
    return " ".join(text.split()) if text else None


def _number(field: FieldBody, value: Any, today: date) -> Answer | None:
    """Whole numbers are kept as int; with decimals as text in the shortest spelling, so that no float is kept."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | float):
        raise Wrong(f"“{field.label}”要填数字。")
    text = unicodedata.normalize("NFKC", str(value)).strip().replace(",", "")
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,10})?", text):
        raise Wrong(f"“{field.label}”要填数字，例如 {max(field.min or 0, 3)}{field.unit and f'（{field.unit}）'}。")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Wrong(f"“{field.label}”要填数字。") from None
    number = number.normalize() + 0
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > field.decimals:
        places = f"最多填 {field.decimals} 位小数" if field.decimals else "要填整数"
        raise Wrong(f"“{field.label}”{places}。")
    if field.min is not None and number < field.min:
        raise Wrong(f"“{field.label}”最少 {field.min}{_unit(field)}，请核对。")
    if field.max is not None and number > field.max:
        raise Wrong(f"“{field.label}”最多 {field.max}{_unit(field)}，请核对。")
    return int(number) if field.decimals == 0 else f"{number:f}"


def _unit(field: FieldBody) -> str:
    return f" {field.unit}" if field.unit else ""


def _choice(field: FieldBody, value: Any, today: date) -> str | None:
    if not isinstance(value, str) or value not in field.choices:
        raise Wrong(f"“{field.label}”没有这个选项，请重新选。")
    return value


def _choices(field: FieldBody, value: Any, today: date) -> list[str] | None:
    if not isinstance(value, list | tuple) or any(one not in field.choices for one in value):
        raise Wrong(f"“{field.label}”没有这个选项，请重新选。")
    return [choice for choice in field.choices if choice in value]


def _date(field: FieldBody, value: Any, today: date) -> str | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(unicodedata.normalize("NFKC", value).strip())
    except (TypeError, ValueError):
        raise Wrong(f"“{field.label}”要填日期，例如 {today:%Y-%m-%d}。") from None
    if not OLDEST <= day <= LATEST:
        raise Wrong(f"“{field.label}”的年份不对，请核对。")
    if field.day == "past" and day > today:
        raise Wrong(f"“{field.label}”不能晚于今天。")
    if field.day == "future" and day < today:
        raise Wrong(f"“{field.label}”不能早于今天。")
    return f"{day:%Y-%m-%d}"


def _person(field: FieldBody, value: Any, today: date) -> dict[str, str] | None:
    """{"name": …, "phone": …}; the phone may be left out, the name may not if there is a phone."""
    if not isinstance(value, Mapping) or set(value) - {"name", "phone"}:
        raise Wrong(f"“{field.label}”要填姓名和电话。")
    if any(not isinstance(part, str) for part in value.values() if part is not None):
        raise Wrong(f"“{field.label}”要填姓名和电话。")
    name = " ".join((value.get("name") or "").split())
    phone = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", value.get("phone") or ""))
    if not name and not phone:
        return None
    if not name:
        raise Wrong(f"请填“{field.label}”的姓名。")
    if len(name) > NAME or _words(field, name, NAME) is None:
        raise Wrong(f"“{field.label}”的姓名最多 {NAME} 字。")
    if phone and not PHONE.fullmatch(phone):
        raise Wrong(f"“{field.label}”的电话不对，请核对：手机号 11 位，座机带区号。")
    return {"name": name, "phone": phone} if phone else {"name": name}


def _photo(field: FieldBody, value: Any, today: date) -> list[str] | None:
    """Ids of stored files as texts; whether they are this person's is asked when they are attached."""
    if not isinstance(value, list | tuple) or any(isinstance(one, bool) or not str(one).isascii() for one in value):
        raise Wrong(f"“{field.label}”要选照片。")
    ids = list(dict.fromkeys(str(one) for one in value))
    if any(not one.isdigit() or len(one) > 19 for one in ids):
        raise Wrong(f"“{field.label}”要选照片。")
    if len(ids) > PHOTOS:
        raise Wrong(f"“{field.label}”最多 {PHOTOS} 张照片，请去掉 {len(ids) - PHOTOS} 张。")
    return ids


READERS: Final[dict[str, Callable[[FieldBody, Any, date], Answer | None]]] = {
    "text": _text,
    "long": _long,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "person": _person,
    "place": _place,
    "photo": _photo,
    "stop": _choice,
}


def photo_ids(body: KindBody, answers: Mapping[str, Any]) -> list[int]:
    """Stored files among the answers, to be attached to the first step."""
    fields = [field.code for field in body.fields if field.type == "photo"]
    return [int(one) for code in fields for one in answers.get(code, ())]
