"""A body held against its family: first its form, then, only if that is right, what it refers to."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from shanzhi.packs.families import Family, Fault, Place
from shanzhi.packs.faults import faults_of
from shanzhi.packs.reading import UNSEEN, Document, Path, read


def parsed(schema: type[BaseModel], value: Any) -> tuple[Any, list[Fault]]:
    """The body, or None with what is wrong with its form.

    Strict, as JSON is read: a number in quotes is text, true is no number; a date is text of the form 2026-10-01.
    """
    faults = list(_unseen(value, ()))
    if faults:
        return None, faults
    try:
        return schema.model_validate_json(json.dumps(value, ensure_ascii=False), strict=True), []
    except ValidationError as error:
        return None, faults_of(error, schema)


def judged(family: Family, code: str, value: Any, place: Place | None = None) -> tuple[Any, list[Fault]]:
    """The body, or None with everything that is wrong with it; without a place, it comes alone."""
    body, faults = parsed(family.schema, value)
    if body is not None:
        faults = list(family.check(body, place or Place(coming={family.code: {code: body}})))
    return (None, faults) if faults else (body, [])


def judged_text(family: Family, code: str, text: str) -> tuple[Any, Document]:
    """The body that a text of an editor gives, or None; its faults stand in the document, by line."""
    document = read(text, f"{code or '内容'}.yaml")
    body = None
    if document.value is not None:
        body, faults = judged(family, code, document.value)
        document.take(faults)
    document.faults.sort()
    return (None if document.faults else body), document


def _unseen(value: Any, path: Path) -> Iterator[Fault]:
    """Text that no file of a pack could carry."""
    if isinstance(value, str):
        if UNSEEN.search(value):
            yield Fault(path, "文字里有看不见的控制字符，请删去。")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unseen(str(key), (*path, str(key)))
            yield from _unseen(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unseen(item, (*path, index))
