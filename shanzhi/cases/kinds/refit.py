"""Answers given under one kind, put under another: what fits is kept, what is missing is asked for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shanzhi.cases.kinds.answers import Answers, Wrong, is_shown, missing, read
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.lib.errors import Invalid


def readable(body: KindBody, answers: Mapping[str, Any], *, today: date) -> Answers:
    """Those of the answers that this kind would take, if it asked for them; the others are left out without a word."""
    taken: Answers = {}
    for field in body.fields:
        try:
            answer = read(field, answers.get(field.code), today)
        except Wrong:
            continue
        if answer is not None:
            taken[field.code] = answer
    return taken


def fitting(body: KindBody, answers: Mapping[str, Any], *, today: date) -> Answers:
    """Those that it does ask for, given these answers alone."""
    taken = readable(body, answers, today=today)
    kept: Answers = {}
    for field in body.fields:
        if field.code in taken and is_shown(field, kept):
            kept[field.code] = taken[field.code]
    return kept


def refitted(
    body: KindBody, old: Mapping[str, Any], given: Mapping[str, Any], *, today: date, strict: bool = True
) -> Answers:
    """The old answers that fit, under those that are given now.

    A stop question stops nobody here: the matter is reported already. Invalid with `answers.<code>` → sentences for
    what is wrong in what was given now and for required questions that nobody has answered.
    """
    faults: dict[str, list[str]] = {}
    kept: Answers = {}
    if strict:
        for code in given:
            if code not in body.fields_by_code:
                faults[f"answers.{code}"[:60]] = [f"“{body.label}”没有这一项，请去掉，或核对代码。"]
    before = readable(body, old, today=today)
    for field in body.fields:
        if not is_shown(field, kept):
            continue
        try:
            answer = read(field, given.get(field.code), today)
            if answer is None:
                answer = before.get(field.code)
            if answer is not None:
                kept[field.code] = answer
            elif field.required:
                raise Wrong(missing(field))
        except Wrong as wrong:
            faults[f"answers.{field.code}"] = [str(wrong)]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return kept
