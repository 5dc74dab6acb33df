"""The lines of a work list. Fifty of them are most of the page, so they are put together here and not by a template."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from shanzhi.cases.presenters import Row
from shanzhi.ui.templatetags.ui import clock_badge, icon_html, status

register = template.Library()
LINE = (
    '<div class="wr{plain}{on}" id="r-{number}" data-row{current}{oob}>{box}'
    '<a class="wr-t cut" href="{url}" hx-get="{url}?pane=1" hx-target="#case" hx-sync="#case:replace"'
    ' hx-push-url="?{query}case={number}" data-open>{title}</a>{badge}'
    '<div class="wr-m"><span class="num">{number}</span><span>{place}</span><span class="cut">{kind}</span>'
    "{labels}{state}{act}</div></div>\n"
)


@register.simple_tag(takes_context=True)
def worklist_lines(context: Context, rows: Iterable[Row]) -> SafeString:
    """A line for each row: its box if there are acts for many (`batch`), the place in the list (`list_query`), whether
    it is the one that is shown (`selected`), and `oob` for a line that is swapped in by itself."""
    query = conditional_escape(f"{context['list_query']}&" if context.get("list_query") else "")
    common = {"query": query, "oob": ' hx-swap-oob="true"' if context.get("oob") else ""}
    boxed, selected = bool(context.get("batch")), context.get("selected", "")
    # Every value of the template was escaped or made by a function that escapes.
    return mark_safe("".join(_line(row, common, boxed, row.number == selected) for row in rows))  # noqa: S308


def _line(row: Row, common: dict[str, Any], boxed: bool, shown: bool) -> str:
    title = conditional_escape(row.title)
    box = (
        f'<input class="ck" type="checkbox" name="case" value="{row.number}" form="batch" aria-label="选中 {title}">'
        if boxed else ""
    )  # fmt: skip
    return LINE.format(
        plain="" if boxed else " wr-plain", on=" wr-on" if shown else "", number=conditional_escape(row.number),
        current=' aria-current="true"' if shown else "", box=box, url=conditional_escape(row.url), title=title,
        badge=clock_badge(row.badge, row.badge_title) if row.clock == "open" else "<span></span>",
        place=conditional_escape(row.place), kind=conditional_escape(row.kind), labels=_labels(row),
        state=status(row.shape, row.state), act=_act(row), **common,
    )  # fmt: skip


def _labels(row: Row) -> str:
    danger = format_html('<span class="lbl">{}有人身危险</span>', icon_html("alert-triangle")) if row.urgent else ""
    return danger + "".join(format_html('<span class="lbl">{}</span>', label) for label in row.labels)


def _act(row: Row) -> str:
    if not row.act:
        return ""
    return format_html('<a class="wr-a" href="{}">{}{}</a>', row.act_url, row.act, icon_html("chevron-right"))
