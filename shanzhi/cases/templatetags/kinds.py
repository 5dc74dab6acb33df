"""A kind on a page: `{% kind_parts body %}` for its readers."""

from typing import Any

from django import template

from shanzhi.cases.kinds import telling
from shanzhi.cases.kinds.schema import FIELD_TYPES, FieldBody, KindBody

register = template.Library()


@register.inclusion_tag("cases/kinds/parts.html")
def kind_parts(body: KindBody) -> dict[str, Any]:
    """Everything that a kind says besides its form."""
    return {
        "body": body,
        "clocks": telling.clock_lines(body),
        "handling": [span.words() for span in body.handling_spans],
        "routes": telling.route_lines(body, telling.place_names([body])),
        "steps": telling.step_items(body),
        "replies": telling.reply_lines(body),
        "off": telling.off_labels(body),
        "roles": telling.role_labels(body),
    }


@register.inclusion_tag("cases/kinds/field_list.html")
def kind_fields(body: KindBody) -> dict[str, Any]:
    """Its questions as a table, where its form is not shown itself."""
    return {"rows": [(field, FIELD_TYPES[field.type], telling.condition_words(field.shown_if, body), _limits(field))
                     for field in body.fields]}  # fmt: skip


def _limits(field: FieldBody) -> str:
    """路灯、路面 / 1 到 500 平方米 / 今天和以前 / 选“有”就止步：先打 95598"""
    if field.type == "stop":
        return f"{'、'.join(field.choices)}；选“{'、'.join(field.stop_if)}”就止步：{field.say}"
    if field.choices:
        return "、".join(field.choices)
    if field.type == "number":
        low = "" if field.min is None else f"最少 {field.min}"
        high = "" if field.max is None else f"最多 {field.max}"
        return "，".join(part for part in (low, high, field.unit) if part)
    return {"past": "今天和以前", "future": "今天和以后"}.get(field.day, "")
