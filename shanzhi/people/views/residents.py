"""The list of people, one of them, somebody new, and what was written wrong of who they are."""

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.errors import Conflict
from shanzhi.people import services
from shanzhi.people.catalogue import Change, Papers, Population, Relation, Sex
from shanzhi.people.forms.fields import number_of
from shanzhi.people.forms.residents import FactsChangeForm, ResidentForm
from shanzhi.people.groups import groups_for
from shanzhi.people.happenings import possible
from shanzhi.people.models import Resident, Stay
from shanzhi.people.permissions import CARE, EDIT, REVEAL, RIGHTS, VIEW
from shanzhi.people.selectors import area_for, dwelling_get_for, household_get_for, reach, resident_get_for
from shanzhi.people.selectors.care import memberships_of
from shanzhi.people.selectors.kin import kin_of
from shanzhi.people.selectors.residents import (
    AGE_WORDS,
    TABS,
    PeopleFilter,
    can_take_back,
    correctable,
    resident_page,
    stays_shown,
)
from shanzhi.people.views.shared import (
    age_words,
    crumbs,
    home_words,
    link,
    numbers_of,
    offered,
    place_context,
    resident_crumb,
    tabs,
    where_words,
    words,
)
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls, url_with
from shanzhi.ui.parts import Crumb, TimelineItem

BOTH = require_http_methods(["GET", "HEAD", "POST"])
ICONS = {
    Change.BORN: "circle-plus", Change.DIED: "circle-x", Change.LEFT: "arrow-up-right", Change.BACK: "arrow-back-up",
    Change.MOVED: "home", Change.MOVED_IN: "login", Change.MOVED_OUT: "door-exit", Change.REGISTERED: "file-text",
    Change.HOUSEHOLD: "users",
}  # fmt: skip


@page(VIEW)
@require_safe
def resident_list(request: CountyRequest, county: int) -> HttpResponse:
    query, today = request.GET, timezone.localdate()
    context = place_context(request)
    wanted = PeopleFilter(
        tab=query.get("tab", "lives"), population=query.get("population", ""), sex=query.get("sex", ""),
        age=query.get("age", ""), care=query.get("care", ""),
    )  # fmt: skip
    found = resident_page(request.actor, context["area"], wanted, today=today, cursor=cursor_in(query))
    groups = groups_for(request.actor) if request.actor.can(CARE) else {}
    choices = [
        Choice("population", "人口类别", Population.choices), Choice("sex", "性别", [("1", "男"), ("2", "女")]),
        Choice("age", "年龄", list(AGE_WORDS.items())),
    ]  # fmt: skip
    if groups:
        choices.append(Choice("care", "关爱对象", [(code, group.label) for code, group in groups.items()]))
    context |= {
        "page": found, "rows": [(row, age_words(row, today), *where_words(row)) for row in found.rows],
        "bar": filter_bar(query, choices), "tab": wanted.tab,
        "ways": [(label, url_with(query, tab=tab), wanted.tab == tab) for tab, label in TABS.items()],
        "tabs": tabs(request, "list"), "crumbs": crumbs(request), **page_urls(found, query),
        "new_url": link(county, "resident-new", place=context["area"].code),
    }  # fmt: skip
    return render(request, "people/list.html", context)


@page(VIEW, object=True)
@require_safe
def resident_show(request: CountyRequest, county: int, resident_id: int) -> HttpResponse:
    """Everything about a person, numbers masked; that it was opened is written down."""
    row = resident_get_for(request.actor, resident_id)
    services.page_opened(actor=request.actor, resident=row)
    actor, today = request.actor, timezone.localdate()
    stays = stays_shown(row)
    lives, registered = where_words(row)
    may_edit = actor.can(EDIT)
    context = {
        "row": row, "lives": lives, "registered": registered, "age": age_words(row, today), "numbers": numbers_of(row),
        "dwelling": home_words(row.dwelling) if row.dwelling is not None else "",
        "dwelling_seen": row.dwelling is not None and reach(actor).covers(row.dwelling.area_path),
        "household_seen": row.household is not None and reach(actor).covers(row.household.area_path),
        "relation": Relation(row.relation).label if row.relation else "",
        "history": [(_item(stay), stay if may_edit and correctable(stay) else None) for stay in stays],
        "events": possible(row.population) if may_edit else [], "may_edit": may_edit,
        "may_take_back": may_edit and can_take_back(stays), "newest": next((s for s in stays if not s.void), None),
        "may_reveal": actor.can(REVEAL), "may_rights": actor.can(RIGHTS), "may_care": actor.can(CARE),
        "kin": kin_of(actor, row),
        "care": [(one, one.due_words(today), one.is_late(today)) for one in memberships_of(actor, row)],
        "crumbs": resident_crumb(request, row), "now": timezone.now(), "today": today,
    }  # fmt: skip
    return render(request, "people/resident.html", context)


def _item(stay: Stay) -> TimelineItem:
    lives, registered = where_words(stay)
    span = f"{stay.since:%Y-%m-%d} 起" + (f"，到 {stay.until:%Y-%m-%d}" if stay.until else "")
    lines = [span, f"居住：{lives}　户籍：{registered}"] if stay.population not in ("dead", "gone") else [span]
    if stay.household is not None and stay.relation:
        lines.append(f"户 {stay.household.number}，{Relation(stay.relation).label}")
    if stay.note:
        lines.append(stay.note)
    title = Change(stay.change).label + ("（已更正，不作数）" if stay.void else "")
    return TimelineItem(
        title=title, at=stay.recorded_at, who=f"{stay.actor_name}　{stay.actor_post}".strip(), note="\n".join(lines),
        kind="note" if stay.void else "now" if stay.until is None else "done",
        icon=ICONS.get(Change(stay.change), "check"),
    )  # fmt: skip


@page(EDIT)
@BOTH
def resident_new(request: CountyRequest, county: int) -> HttpResponseBase:
    """Somebody new, prefilled with the dwelling, the household and the place of the page that led here."""
    query = request.GET
    initial, place = _known(request)
    form = ResidentForm(sent(request), offered=offered(request, place=place), initial=initial)
    born = query.get("change") == Change.BORN
    back = link(county, "list")
    context: dict[str, Any] = {
        "title": "登记出生" if born else "登记居民", "act": "登记", "back": back,
        "crumbs": crumbs(request, Crumb("登记")),
    }  # fmt: skip

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        try:
            row = services.resident_add(
                actor=request.actor, facts=form.facts(), whither=form.whither(),
                on=data["on"] or data["born_on"] or timezone.localdate(), change=data["change"], key=key,
            )  # fmt: skip
        except Conflict as error:
            known = error.more.get("resident")
            context["known_url"] = link(county, "resident", int(known)) if known else ""
            raise
        return f"已登记{row.name}。", link(county, "resident", row.id)

    return form_view(request, form, call, template="people/resident_form.html", context=context)


def _known(request: CountyRequest) -> tuple[dict[str, Any], str]:
    """What is known of whoever comes from a dwelling, a household or a list."""
    query, actor = request.GET, request.actor
    area = area_for(actor, query.get("place", ""), EDIT)
    initial: dict[str, Any] = {
        "papers": Papers.ID_CARD, "change": Change.FIRST, "on": timezone.localdate(), "lives": area.code,
        "registered": area.code, "sex": Sex.UNKNOWN,
    }  # fmt: skip
    if query.get("change") == Change.BORN:
        initial |= {"change": Change.BORN, "papers": Papers.NONE, "on": None}
    household = number_of(query.get("household"))
    if household is not None:
        home = household_get_for(actor, household)
        head = Resident.objects.filter(household=home).order_by("relation", "id").first()
        initial |= {"household": home.id, "registered": home.area.code, "lives": home.area.code}
        initial |= {"dwelling": head.dwelling_id} if head is not None and head.dwelling_id else {}
        return initial, home.area.code
    dwelling = number_of(query.get("dwelling"))
    if dwelling is not None:
        found = dwelling_get_for(actor, dwelling)
        initial |= {"dwelling": found.id, "lives": found.area.code, "registered": found.area.code}
        return initial, found.area.code
    return initial, area.code


@page(EDIT, object=True)
@BOTH
def facts(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=EDIT)
    back = link(county, "resident", row.id)
    said = ("只更正写错的或者变了的资料；搬家、外出、去世请用各自的登记。", "证件号码和电话不填就保留原来的。")
    page_words = words("更正资料", "保存更正", back, resident_crumb(request, row, Crumb("更正资料")), *said)
    initial: dict[str, str | int | date | None] = {
        "name": row.name, "papers": row.papers, "sex": row.sex, "born_on": row.born_on, "version": row.version,
    }  # fmt: skip
    form = FactsChangeForm(sent(request), initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.resident_change(
            actor=request.actor, number=row.id, version=data["version"], facts=form.facts(), key=key
        )
        return "资料已更正。", back

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        return {"version": resident_get_for(request.actor, row.id).version}, {}

    return form_page(request, page_words, form, call, fresh=fresh)
