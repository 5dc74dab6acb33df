"""What happens to a person or a household, what was written wrong of it, and taking the newest back."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import form_page, form_view, sent
from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.people import services
from shanzhi.people.forms.fields import VersionForm
from shanzhi.people.forms.residents import CorrectForm, EventForm
from shanzhi.people.happenings import HAPPENINGS, Happening
from shanzhi.people.models import Resident, Stay
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors import household_get_for, resident_get_for
from shanzhi.people.selectors.homes import household_members
from shanzhi.people.views.shared import crumbs, link, offered, resident_crumb, words
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _known(event: str) -> Happening:
    found = HAPPENINGS.get(event)
    if found is None:
        raise not_found()
    return found


def _form(request: CountyRequest, happening: Happening, version: int, row: Resident | None, place: str) -> EventForm:
    initial: dict[str, Any] = {"on": timezone.localdate(), "version": version}
    if row is not None and "home" in happening.asks and row.lives is None:
        initial |= {"lives": row.registered.code if row.registered is not None else ""}
    return EventForm(
        sent(request), happening=happening, offered=offered(request, row, place=place), initial=initial
    )  # fmt: skip


@page(EDIT, object=True)
@BOTH
def event(request: CountyRequest, county: int, resident_id: int, event: str) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=EDIT)
    happening = _known(event)
    form = _form(request, happening, row.version, row, request.GET.get("place", ""))
    back = link(county, "resident", row.id)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.resident_event(
            actor=request.actor, number=row.id, version=data["version"], event=event, on=data["on"],
            whither=form.whither(), note=data["note"], key=key,
        )  # fmt: skip
        return f"已给{row.name}{happening.act}。", back

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        return {"version": resident_get_for(request.actor, row.id).version}, {}

    title = f"{row.name}：{happening.label}"
    page_words = words(
        title, happening.act, back, resident_crumb(request, row, Crumb(happening.label)), happening.hint,
        harms=happening.harms,
    )  # fmt: skip
    return form_view(
        request, form, call, template="people/form.html", context={"words": page_words, "crumbs": page_words.crumbs},
        fresh=fresh,
    )  # fmt: skip


@page(EDIT, object=True)
@BOTH
def household_event(request: CountyRequest, county: int, household_id: int, event: str) -> HttpResponseBase:
    """Everybody who lives with the head goes along; who that is stands on the page."""
    row = household_get_for(request.actor, household_id, permission=EDIT)
    happening = _known(event)
    form = _form(request, happening, row.version, None, request.GET.get("place", "") or row.area.code)
    back = link(county, "household", row.id)
    members = [one.row for one in household_members(request.actor, row)]
    going = [one.name for one in services.together(members) if one.population in happening.of]
    who = "、".join(going) or "没有人"

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        moved = services.household_event(
            actor=request.actor, number=row.id, version=data["version"], event=event, on=data["on"],
            whither=form.whither(), note=data["note"], key=key,
        )  # fmt: skip
        return f"已给 {len(moved)} 人{happening.act}。", back

    title = f"全户{happening.label}"
    page_words = words(
        title, happening.act, back, crumbs(request, Crumb(f"户 {row.number}", back), Crumb(title)), happening.hint,
        f"一起登记的有：{who}。住在别处的家人不变，请另外登记。", harms=happening.harms,
    )  # fmt: skip
    return form_page(request, page_words, form, call)


@page(EDIT, object=True)
@BOTH
def correct(request: CountyRequest, county: int, stay_id: int) -> HttpResponseBase:
    stay, row = services.stay_get_for(request.actor, stay_id)
    back = link(county, "resident", row.id)
    form = CorrectForm(sent(request), offered=offered(request, row), initial={**_said(stay), "version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.stay_correct(
            actor=request.actor, stay_id=stay_id, version=data["version"], whither=form.whither(), since=data["since"],
            note=data["note"], key=key,
        )  # fmt: skip
        return "已更正，原来写的还留在经过里。", back

    title = f"更正：{stay.get_change_display()}"
    page_words = words(
        title, "保存更正", back, resident_crumb(request, row, Crumb("更正")), "改的是这一条的日期和地方；前一条的结束日期会跟着改。",
        "人没有真的搬过、走过的，请在资料页撤回。",
    )  # fmt: skip
    return form_page(request, page_words, form, call)


def _said(stay: Stay) -> dict[str, Any]:
    return {
        "since": stay.since, "dwelling": stay.dwelling_id or "", "lives": stay.lives.code if stay.lives else "",
        "lives_elsewhere": stay.lives_elsewhere, "registered": stay.registered.code if stay.registered else "",
        "registered_elsewhere": stay.registered_elsewhere,
    }  # fmt: skip


@page(EDIT, object=True)
@BOTH
def take_back(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=EDIT)
    back = link(county, "resident", row.id)
    form = VersionForm(sent(request), initial={"version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.event_take_back(actor=request.actor, number=row.id, version=data["version"], key=key)
        return "已撤回最近一次登记。", back

    page_words = words(
        f"{row.name}：撤回最近一次登记", "撤回", back, resident_crumb(request, row, Crumb("撤回")),
        "最近一次变更当作没有发生过，恢复到它以前的居住和户籍。", "随着去世、迁出结束的关爱登记不会自己恢复，需要的请重新登记。",
        harms=True,
    )  # fmt: skip
    return form_page(request, page_words, form, call)
