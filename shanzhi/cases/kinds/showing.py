"""Answers as people read them: on pages, in the API, in files, and the words by which a case is found."""

from collections.abc import Mapping
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
    return [line for line in shown(body, answers) if line.type in ("choice", "choices", "number", "date")]


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
    """Words by which a case may be found; people and their phones are left out, as searches stand in addresses."""
    types = ("text", "long", "number", "choice", "choices", "place")
    lines = [value_words(f, answers[f.code]) for f in body.fields if f.type in types and f.code in answers]
    return " ".join(lines)
