"""What pydantic finds, said in plain Chinese with what to do."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from shanzhi.packs.families import Fault

Words = Callable[[dict[str, Any], Any], str]
_SHOWN: Final = 40


def faults_of(error: ValidationError, schema: type[BaseModel]) -> list[Fault]:
    """One fault for each thing that the schema refused, in the order of the fields; several of one place once."""
    seen: dict[tuple[tuple[str | int, ...], str], Fault] = {}
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        sentence = _sentence(item["type"], item.get("ctx", {}), item["input"], path, schema)
        seen.setdefault((path, sentence), Fault(path, sentence))
    return list(seen.values())


def _sentence(kind: str, context: dict[str, Any], value: Any, path: tuple[Any, ...], schema: type[BaseModel]) -> str:
    if kind == "missing":
        return f"缺少“{path[-1]}”，请补上。"
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), sorted(_names_at(schema, path[:-1])))
    if kind in ("value_error", "assertion_error"):
        said = str(context.get("error", "")).strip()
        return said if said.endswith(("。", "！", "？")) else f"{said}。" if said else "内容不对，请核对。"
    if value is None and kind.endswith("_type"):
        return f"{_name(path)}没有内容，请写上，或删去这一行。"
    words = _WORDS.get(kind)
    return f"{_name(path)}{words(context, value) if words else '内容不对，请核对。'}"


def _name(path: tuple[Any, ...]) -> str:
    """What the sentence begins with: the nearest name in the path."""
    names = [part for part in path if isinstance(part, str)]
    return f"“{names[-1]}”" if names else "这里"


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"没有“{name}”这一项，是不是“{near[0]}”？请改正。"
    listed = "、".join(known)
    return f"没有“{name}”这一项，请删去；可以写的有：{listed}。" if known else f"没有“{name}”这一项，请删去。"


def _names_at(schema: Any, path: tuple[Any, ...]) -> set[str]:
    """The fields that may stand at a path, of every model that it may lead to."""
    reached = list(_models(schema))
    for part in path:
        inner: list[Any] = []
        for model in reached:
            fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
            for name, info in fields.items():
                if part in (name, info.alias):
                    inner += _models(info.annotation)
        reached = inner or reached  # an index, or the branch of a union
    return {
        info.alias or name
        for model in reached
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, info in model.model_fields.items()
    }


def _models(annotation: Any) -> Iterator[Any]:
    """The models within an annotation: list[X], dict[str, X], X | None, Annotated[X, …]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None or isinstance(annotation, UnionType) or annotation is Union:
        for inner in get_args(annotation):
            yield from _models(inner)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _expected(context: dict[str, Any], value: Any) -> str:
    choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").replace(", ", "、")
    return f"不能是“{_short(value)}”，可以写：{choices}。"


def _constant(text: str) -> Words:
    return lambda context, value: text


def _limit(text: str, name: str) -> Words:
    return lambda context, value: text.format(context.get(name, ""))


_TEXT = _constant("要写成文字；像数字的编号请加引号。")
_NUMBER = _constant("要写成整数，不加引号。")
_DAY = _constant("要写成日期，如 2026-10-01。")
_MAP = _constant("要写成“名称: 内容”一项一项的样子。")
_LIST = _constant("要写成一项一项的清单，如 [甲, 乙]。")
_WORDS: Final[dict[str, Words]] = {
    "string_type": _TEXT,
    "string_too_short": _limit("至少要 {} 个字，请写上。", "min_length"),
    "string_too_long": _limit("最多 {} 个字，请缩短。", "max_length"),
    "string_pattern_mismatch": lambda context, value: f"不能写成“{_short(value)}”，请按规定的写法改正。",
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "int_parsing_size": _constant("这个数太大，请核对。"),
    "bool_type": _constant("要写 true 或 false。"),
    "bool_parsing": _constant("要写 true 或 false。"),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _MAP,
    "model_type": _MAP,
    "model_attributes_type": _MAP,
    "literal_error": _expected,
    "enum": _expected,
    "too_short": _limit("至少要有 {} 项，请补上。", "min_length"),
    "too_long": _limit("最多 {} 项，请减少。", "max_length"),
    "greater_than": _limit("要大于 {}。", "gt"),
    "greater_than_equal": _limit("不能小于 {}。", "ge"),
    "less_than": _limit("要小于 {}。", "lt"),
    "less_than_equal": _limit("不能大于 {}。", "le"),
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "time_type": _constant('要写成时刻，如 "08:30"。'),
    "time_parsing": _constant('要写成时刻，如 "08:30"。'),
    "union_tag_invalid": lambda context, value: (
        f"里的 {str(context.get('discriminator', '')).strip(chr(39))} 不能是“{_short(context.get('tag', ''))}”，可以写："
        f"{str(context.get('expected_tags', '')).replace(chr(39), '').replace(', ', '、')}。"
    ),
    "union_tag_not_found": _constant("缺少说明它是哪一种的那一项，请补上。"),
}
