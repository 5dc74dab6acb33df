"""Answers as people read them: on pages, in the API, in files, and the words by which a case is found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shanzhi.cases.kinds.schema import FieldBody, KindBody
from shanzhi.lib.masks import name_mask, phone_mask


@dataclass(frozen=True, slots=True)
class Line:
    """One answer; `photos` are ids of stored files, `value` is then how many there are."""

    code: str
    label: str
    value: str
    type: str
    photos: tuple[int, ...] = ()


def shown(body: KindBody, answers: Mapping[str, Any], *, masked: bool = True) -> list[Line]:
    """The answers in the order of the form. Names and phones of people are masked unless the reader may see them."""
    return [
        Line(
            field.code,
            field.label,
            value_words(field, answers[field.code], masked=masked),
            field.type,
            tuple(int(one) for one in answers[field.code]) if field.type == "photo" else (),
        )
        for field in body.fields
        if field.code in answers
    ]


def public_lines(body: KindBody, answers: Mapping[str, Any]) -> list[Line]:
    """For pages without a login: no person, no free text, no photo."""
    types = ("choice", "choices", "number", "date")
    return [one for one in shown(body, readable(body, answers, ())) if one.type in types]


def readable(body: KindBody, answers: Mapping[str, Any], roles: Collection[str]) -> Mapping[str, Any]:
    """The answers that somebody in these roles may read; for whoever gave them all are."""
    hidden = {field.code for field in body.fields if field.seen_by and not set(field.seen_by) & set(roles)}
    return {code: value for code, value in answers.items() if code not in hidden} if hidden else answers


def as_closed(old: KindBody, new: KindBody, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers that may go from one kind to another: none that more people could read there than here."""
    before, after = old.fields_by_code, new.fields_by_code
    opened = {
        code for code in answers
        if code in before and code in after and before[code].seen_by
        and not (after[code].seen_by and set(after[code].seen_by) <= set(before[code].seen_by))
    }  # fmt: skip
    return {code: value for code, value in answers.items() if code not in opened} if opened else answers


def value_words(field: FieldBody, value: Any, *, masked: bool = True) -> str:
    """3 亩, 路灯、路面, 2026年11月21日, 张*平 138****5678, 2 张照片."""
    if field.type == "number":
        return f"{value} {field.unit}".strip()
    if field.type == "choices":
        return "、".join(value)
    if field.type == "date":
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if field.type == "person":
        return person_words(value, masked=masked)
    if field.type == "photo":
        return f"{len(value)} 张照片"
    return str(value)


def person_words(person: Mapping[str, str], *, masked: bool = True) -> str:
    name, phone = person.get("name", ""), person.get("phone", "")
    if masked:
        name, phone = name_mask(name), phone_mask(phone)
    return f"{name} {phone}".strip()


def masked_answers(body: KindBody, answers: Mapping[str, Any]) -> dict[str, Any]:
    """For the API: the same form as the answers have, with people masked."""
    people = {field.code for field in body.fields if field.type == "person"}
    return {
        code: {"name": name_mask(value.get("name", "")), "phone": phone_mask(value.get("phone", ""))}
        if code in people
        else value
        for code, value in answers.items()
    }


def searchable(body: KindBody, answers: Mapping[str, Any]) -> str:
    """Words by which a case may be found; people and their phones are left out, as searches stand in addresses, and so
    is what not everybody may read."""
    types = ("text", "long", "number", "choice", "choices", "place")
    answers = readable(body, answers, ())
    lines = [value_words(f, answers[f.code]) for f in body.fields if f.type in types and f.code in answers]
    return " ".join(lines)
