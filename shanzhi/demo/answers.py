"""What somebody in the demo answers to the questions of a kind: the choice that the words of the report point to."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final

from shanzhi.cases.kinds.answers import is_shown
from shanzhi.cases.kinds.schema import FieldBody, KindBody
from shanzhi.lib.bigrams import tokens

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙"
WILLING: Final = 0.4  # how often a question is answered that need not be


def answered(
    body: KindBody, words: str, random: Random, day: date, given: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Raw answers to what is asked: those that are `given`, all that is required, and some of the rest."""
    kept: dict[str, Any] = {}
    for field in body.fields:
        if not is_shown(field, kept):
            continue
        if field.code in given:
            kept[field.code] = given[field.code]
        elif field.required or field.type == "stop" or (field.choices and random.random() < WILLING):
            value = _answer(field, words, random, day)
            if value is not None:
                kept[field.code] = value
    return kept


def _answer(field: FieldBody, words: str, random: Random, day: date) -> Any:
    if field.type == "stop":
        return next((choice for choice in field.choices if choice not in field.stop_if), None)
    if field.type in ("choice", "choices"):
        best = max(field.choices, key=lambda choice: (_overlap(choice, words), -field.choices.index(choice)))
        return [best] if field.type == "choices" else best
    if field.type == "number":
        least = field.min if field.min is not None else 1
        return str(random.randint(least, max(least, min(field.max if field.max is not None else 9, least + 8))))
    if field.type == "date":
        return (day + timedelta(days=3) if field.day == "future" else day).isoformat()
    if field.type == "person":
        return {"name": f"{random.choice(SURNAMES)}某某"}
    return None if field.type == "photo" else words[:20]


def _overlap(choice: str, words: str) -> int:
    """How many pairs of characters of the choice stand in the words."""
    return len(set(tokens(choice)) & set(tokens(words)))
