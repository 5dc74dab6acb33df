"""The services of a county: its public kinds that everybody may see, with their questions as attributes.

Questions that name people, ask for photos or may be read by some roles only are left out. A kind that can't be
reported without such a question is no service: what is offered here can be reported here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shanzhi.cases.kinds.registry import KindVersion, kinds_now
from shanzhi.cases.kinds.schema import FieldBody, KindBody
from shanzhi.lib.errors import NotFound

DATATYPES: Final = {
    "text": "string", "place": "string", "long": "text", "number": "number", "date": "datetime",
    "choice": "singlevaluelist", "stop": "singlevaluelist", "choices": "multivaluelist",
}  # fmt: skip


def is_shown(body: KindBody) -> bool:
    """Whether anybody may know that there are cases of this kind."""
    return body.public and not body.seen_by


def private_kinds() -> list[str]:
    """Kinds that are not public now, though a case may have begun when they were."""
    return [code for code, kind in kinds_now().items() if not is_shown(kind.body)]


def questions_of(body: KindBody) -> list[FieldBody]:
    """Those that this interface asks."""
    return [field for field in body.fields if field.type in DATATYPES and not field.seen_by]


def services_now() -> dict[str, KindVersion]:
    """What may be reported through this interface, in the county's order."""
    return {code: kind for code, kind in kinds_now().items() if is_shown(kind.body) and _can_be_reported(kind.body)}


def _can_be_reported(body: KindBody) -> bool:
    asked = {field.code for field in questions_of(body)}
    return not any(field.required and not field.shown_if and field.code not in asked for field in body.fields)


def service_get(code: str) -> KindVersion:
    """NotFound in the same words for what does not exist and for what nobody may know of."""
    found = services_now().get(code)
    if found is None:
        raise NotFound("没有这个 service_code，请从 services 里选。", code="service_unknown")
    return found


def service_rows() -> list[dict[str, Any]]:
    """GET Service List."""
    return [
        {
            "service_code": code,
            "service_name": kind.label,
            "description": kind.body.hint or kind.label,
            "metadata": bool(questions_of(kind.body)),
            "type": "realtime",
            "keywords": ",".join(_words(kind.body)),
            "group": kind.body.department or kind.label,
        }
        for code, kind in services_now().items()
    ]


def _words(body: KindBody) -> list[str]:
    """The label, the department, and the answers of the first question: what people call it."""
    choices: Sequence[str] = next((field.choices for field in questions_of(body) if field.choices), ())
    words = [body.label, body.department, *choices]
    return [word.replace(",", "，") for word in dict.fromkeys(words) if word]


def definition_of(kind: KindVersion) -> dict[str, Any]:
    """GET Service Definition."""
    asked = questions_of(kind.body)
    rows = [_attribute(field, kind.body, order) for order, field in enumerate(asked, 1)]
    return {"service_code": kind.code, "attributes": rows}


def _attribute(field: FieldBody, body: KindBody, order: int) -> dict[str, Any]:
    """A question that is asked only after some answers is not required here: the standard has no conditions."""
    needed = (field.required or field.type == "stop") and not field.shown_if
    row = {
        "variable": True,
        "code": field.code,
        "datatype": DATATYPES[field.type],
        "required": needed,
        "datatype_description": _advice(field, body) or None,
        "order": order,
        "description": f"{field.label}（{field.unit}）" if field.unit else field.label,
    }
    if field.choices:
        row["values"] = [{"key": choice, "name": choice} for choice in field.choices]
    return row


def _advice(field: FieldBody, body: KindBody) -> str:
    parts = [field.hint]
    if field.type == "number":
        low = f"最少 {field.min}" if field.min is not None else ""
        high = f"最多 {field.max}" if field.max is not None else ""
        parts += [low, high, f"最多 {field.decimals} 位小数" if field.decimals else "整数"]
    if field.type == "stop":
        parts.append(f"选“{'、'.join(field.stop_if)}”的不能上报：{field.say}")
    parts += [_condition(code, values, body) for code, values in field.shown_if.items()]
    return "；".join(part.rstrip("。") for part in parts if part)


def _condition(code: str, values: Sequence[str], body: KindBody) -> str:
    other: Mapping[str, FieldBody] = body.fields_by_code
    label = other[code].label if code in other else code
    return f"“{label}”选“{'、'.join(values)}”时才填"
