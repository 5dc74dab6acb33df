"""Parts as template tags.

Those that stand in every row (icon, clock, status, person, when) are plain Python: a page of fifty rows is rendered in
a few milliseconds. Larger parts are templates in ui/parts/.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shanzhi.lib.times import show_date
from shanzhi.ui import fields, words
from shanzhi.ui.pages import PageLike, page_urls

register = template.Library()

CLOCK_ICONS = {
    "ok": "clock",
    "soon": "clock-exclamation",
    "late": "alert-triangle",
    "paused": "player-pause",
    "done": "circle-check",
    "donelate": "clock-x",
    "none": "clock",
}
# Shape of the dot, by state; a state that is not here is a ring of grey.
STATES = {
    "new": ("new", "待受理"),
    "reported": ("new", "待受理"),
    "accepted": ("run", "已受理"),
    "open": ("run", "处理中"),
    "dispatched": ("run", "已派给"),
    "handling": ("run", "处理中"),
    "run": ("run", "处理中"),
    "handled": ("check", "待核查"),
    "verifying": ("check", "待核查"),
    "check": ("check", "待核查"),
    "suspended": ("hold", "已挂账"),
    "hold": ("hold", "已挂账"),
    "merged": ("hold", "已合并"),
    "returned": ("back", "已退回"),
    "back": ("back", "已退回"),
    "rejected": ("back", "不受理"),
    "failed": ("back", "没有办成"),
    "cancelled": ("hold", "已取消"),
    "queued": ("new", "等待开始"),
    "running": ("run", "正在办"),
    "verified": ("check", "已核查"),
    "closed": ("done", "已办结"),
    "done": ("done", "已办结"),
}


@lru_cache(maxsize=8)
def _sprite(static_url: str, debug: bool) -> str:
    return asset_url("ui/icons.svg")


def asset_url(path: str) -> str:
    """Address of a static file; the plain one while a manifest has not been collected."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


def icon_html(name: str, extra: str = "") -> SafeString:
    """An icon is never read out: the word stands beside it, or the link has a label."""
    return _drawn(name, extra, _sprite(settings.STATIC_URL or "", settings.DEBUG))


@lru_cache(maxsize=1024)
def _drawn(name: str, extra: str, url: str) -> SafeString:
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', f" {extra}" if extra else "", url, name
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    return icon_html(name, extra)


@register.simple_tag
def asset(path: str) -> str:
    return asset_url(f"ui/dist/{path}")


@register.simple_tag
def clock(
    due: datetime | None, now: datetime | None = None, state: str = "", met_at: datetime | None = None
) -> SafeString:
    """The badge of a time limit; `state` is "", "paused" or "done". The whole time is its title.

    What a template leaves out arrives as an empty string and counts as None.
    """
    at = now or timezone.now()
    found = words.clock(due or None, at, state=state, met_at=met_at or None)
    title = f"要在 {words.when(due, at)} 前办完" if due else ""
    return clock_badge(found, title)


@register.simple_tag
def clock_badge(found: words.ClockWords, title: str = "") -> SafeString:
    """The badge with words that were found elsewhere, such as by a calendar of working days."""
    kind = "ok" if found.kind == "none" else found.kind
    return format_html(
        '<span class="clock clock-{}" title="{}">{}{}</span>',
        kind,
        title,
        icon_html(CLOCK_ICONS[found.kind]),
        found.words,
    )


@register.simple_tag
def status(state: Any, label: str = "") -> SafeString:
    """A grey word with a shaped dot; `label` replaces the usual word of the state."""
    shape, word = STATES.get(str(state), ("hold", str(state)))
    return format_html('<span class="state state-{}">{}</span>', shape, label or getattr(state, "label", "") or word)


@register.simple_tag
def person(name: str, post: str = "") -> SafeString:
    """A name with its post; without a name the post is vacant."""
    if not name:
        return format_html(
            '<span class="person"><span class="av av-q" aria-hidden="true">{}</span><span>{} 空缺</span></span>',
            icon_html("user-off"),
            post,
        )
    return format_html(
        '<span class="person"><span class="av" aria-hidden="true">{}</span><b>{}</b><span>{}</span></span>',
        name[:1],
        name,
        post,
    )


@register.filter
def whole(text: Any) -> SafeString:
    """The content of a textarea: HTML drops one newline at its beginning, so one that nobody typed stands before it."""
    return format_html("\n{}", text)


@register.filter
def when(moment: datetime | None, now: datetime | None = None) -> SafeString | str:
    """今天 15:30 in a <time>; nothing for no time."""
    if not moment:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', words.machine_time(moment), words.when(moment, now or timezone.now())
    )


@register.filter
def day(one: date | None, today: date | None = None) -> SafeString | str:
    """今天, 11月21日 in a <time>; nothing for no day."""
    if not one:
        return ""
    return format_html('<time datetime="{}">{}</time>', one.isoformat(), show_date(one, today or timezone.localdate()))


@register.filter
def thousands(value: int | Decimal | float | None) -> str:
    return words.thousands(value)


@register.filter
def yuan(fen: int) -> str:
    """Integer fen as yuan with two decimals."""
    return words.yuan(fen)


@register.filter
def yuan_signed(fen: int) -> str:
    return words.yuan(fen, signed=True)


@register.simple_tag(takes_context=True)
def idempotency_key(context: dict[str, Any]) -> SafeString:
    """Hidden key of a form; the same again when the form comes back with errors, so that a retry is the same act."""
    request: HttpRequest | None = context.get("request")
    key = request.POST.get("idempotency_key", "") if request is not None and request.method == "POST" else ""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', key or uuid4().hex)


@register.simple_tag
def asset_icon() -> str:
    """The picture of the app on a phone that reads no manifest."""
    return asset_url("ui/icon-192.png")


@register.simple_tag
def draft_done(name: str) -> SafeString:
    """On the page that follows a success: the phone forgets the draft of this name, for the server has it."""
    return format_html('<span hidden data-draft-done="{}"></span>', name)


@register.simple_tag
def field(bound: BoundField, hint: str = "", label: str = "") -> SafeString:
    """A whole field of a form: label, hint, error, control, wired to each other for a screen reader."""
    return fields.field_html(bound, hint=hint, label=label, error_icon=icon_html("alert-circle"))


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """The control alone, with its classes, for a form that lays out its own labels."""
    return fields.control_html(bound)


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """On top of a form that came back: each line is linked to its field, with the same words."""
    return {"errors": fields.summary(form)}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: PageLike) -> dict[str, Any]:
    """上一页 / 下一页 of a keyset page; everything else in the address is kept."""
    return page_urls(page, context["request"].GET) | {"page": page}


@register.inclusion_tag("ui/parts/blank.html")
def blank(icon: str, title: str, text: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """An empty place that says what will come here."""
    return {"icon": icon, "title": title, "text": text, "url": url, "label": label}
