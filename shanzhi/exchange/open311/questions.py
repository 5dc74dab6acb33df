"""`attribute[code]=value` as raw answers to the questions of a kind."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from shanzhi.cases.kinds.schema import KindBody
from shanzhi.exchange.open311.catalogue import questions_of
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local

BEGIN: Final = "attribute["


def attributes_of(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Code → values, out of all arguments of a form; `attribute[code][]` is the spelling for several."""
    found: dict[str, list[str]] = {}
    for name, values in pairs:
        if name.startswith(BEGIN) and "]" in name:
            code, _, rest = name.removeprefix(BEGIN).partition("]")
            if rest in ("", "[]"):
                found.setdefault(code, []).extend(value for value in values if value)
    return {code: values for code, values in found.items() if values}


def answers_of(body: KindBody, attributes: Mapping[str, list[str]]) -> dict[str, Any]:
    """What `kinds.answers` checks. Invalid for a code that the definition does not offer."""
    asked = {question.code: question for question in questions_of(body)}
    unknown = [code for code in attributes if code not in asked]
    if unknown:
        raise Invalid(f"“{body.label}”没有 attribute[{unknown[0][:30]}]，请对照 service definition。", code="attribute")
    answers: dict[str, Any] = {}
    for code, values in attributes.items():
        kind = asked[code].type
        answers[code] = values if kind == "choices" else _day(values[-1]) if kind == "date" else values[-1]
    return answers


def _day(text: str) -> str:
    """A datetime of the standard as the day it is here; what is none stays, for the check to refuse."""
    if "T" not in text:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{local(moment):%Y-%m-%d}" if moment.tzinfo is not None else f"{moment:%Y-%m-%d}"
