"""Bodies as YAML in one form: the order of the schema, no defaults, one line for what fits on one line.

What `dump` wrote reads back as the same body, and dumping that again gives the same bytes. Keys that a schema leaves
free are sorted, because not every database keeps their order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml
from pydantic import BaseModel
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shanzhi.packs.reading import DAY

WIDTH: Final = 100
_TAG: Final = "tag:yaml.org,2002:"


class _Dumper(yaml.SafeDumper):
    """Quotes what another program would take for something else; a date of ten characters looks like what it is."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0] and DAY.fullmatch(value):
            return f"{_TAG}str"
        return super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def dump(body: BaseModel) -> str:
    """A body as the text of its file, ending in a line feed."""
    return dump_plain(ordered(body.model_dump(mode="json", by_alias=True, exclude_defaults=True), body))


def dump_plain(value: Mapping[str, Any]) -> str:
    """The same for JSON values whose keys are in order already."""
    return _text(_block(value, 0)) if value else "{}\n"


def ordered(stored: Any, source: Any) -> Any:
    """JSON values of a body in the order in which they are written: fields as the schema has them, free keys sorted."""
    if isinstance(stored, dict):
        if isinstance(source, BaseModel):
            names = {str(info.serialization_alias or info.alias or name): name for name, info in _fields(source)}
            return {key: ordered(item, getattr(source, str(names.get(key, key)), None)) for key, item in stored.items()}
        inner = source if isinstance(source, Mapping) else {}
        return {key: ordered(stored[key], inner.get(key)) for key in sorted(stored)}
    if isinstance(stored, list):
        items = source if isinstance(source, Sequence) and len(source) == len(stored) else [None] * len(stored)
        return [ordered(item, origin) for item, origin in zip(stored, items, strict=True)]
    return stored


def _fields(body: BaseModel) -> list[tuple[str, Any]]:
    return list(type(body).model_fields.items())


def _text(node: Node) -> str:
    return str(yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=float("inf")))


def _block(value: Mapping[str, Any], indent: int) -> MappingNode:
    """A mapping with each entry on lines of its own."""
    pairs = [(_scalar(key), _node(item, indent, len(key) + 2)) for key, item in value.items()]
    return MappingNode(f"{_TAG}map", pairs, flow_style=False)


def _node(value: Any, indent: int, before: int) -> Node:
    """A value that stands behind `before` characters on a line that begins at `indent`."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    if _is_flat(value):
        line = _flow(value)
        if not value or len(_text(line)) - 1 + indent + before <= WIDTH:
            return line
    if isinstance(value, dict):
        return _block(value, indent + 2)
    items = [_node(item, indent + 2, 2) for item in value]
    return SequenceNode(f"{_TAG}seq", items, flow_style=False)


def _is_flat(value: Any, depth: int = 0) -> bool:
    """Whether a value may stand on one line: no list of mappings, nothing of several lines, not too deep."""
    if isinstance(value, str):
        return "\n" not in value
    if isinstance(value, list):
        return depth < 3 and not any(isinstance(item, dict | list) for item in value) and _all_flat(value, depth)
    if isinstance(value, dict):
        return depth < 3 and _all_flat(value.values(), depth)
    return True


def _all_flat(values: Any, depth: int) -> bool:
    return all(_is_flat(item, depth + 1) for item in values)


def _flow(value: Any) -> Node:
    if isinstance(value, dict):
        return MappingNode(f"{_TAG}map", [(_scalar(k), _flow(v)) for k, v in value.items()], flow_style=True)
    if isinstance(value, list):
        return SequenceNode(f"{_TAG}seq", [_flow(item) for item in value], flow_style=True)
    return _scalar(value)


def _scalar(value: Any) -> ScalarNode:
    if value is None:
        return ScalarNode(f"{_TAG}null", "null")
    if isinstance(value, bool):
        return ScalarNode(f"{_TAG}bool", "true" if value else "false")
    if isinstance(value, int):
        return ScalarNode(f"{_TAG}int", str(value))
    if isinstance(value, str):
        return ScalarNode(f"{_TAG}str", value, style="|" if "\n" in value else None)
    raise TypeError(f"{type(value).__name__} has no place in a pack")
