"""Households: the list, one with its members, opening, joining, another head, splitting, merging, closing."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.forms import Call, TakingForm, form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.people import services
from shanzhi.people.catalogue import Relation
from shanzhi.people.forms.fields import VersionForm, number_of
from shanzhi.people.forms.homes import DayForm, HeadForm, HouseholdForm, JoinForm, MembersForm, MergeForm
from shanzhi.people.happenings import HAPPENINGS
from shanzhi.people.models import Household
from shanzhi.people.permissions import EDIT, VIEW
from shanzhi.people.selectors import area_for, household_get_for, resident_get_for
from shanzhi.people.selectors.homes import household_members, household_page
from shanzhi.people.selectors.offering import household_choices, people_choices, places_mine, village_of
from shanzhi.people.views.shared import (
    age_words,
    crumbs,
    link,
    place_context,
    resident_crumb,
    tabs,
    where_words,
    words,
)
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in, page_urls
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(VIEW)
@require_safe
def household_list(request: CountyRequest, county: int) -> HttpResponse:
    query, context = request.GET, place_context(request)
    closed = query.get("state") == "closed"
    found = household_page(request.actor, context["area"], closed=closed, cursor=cursor_in(query))
    context |= {
        "page": found, "rows": [(one, place_words(one.row.area)) for one in found.rows],
        "bar": filter_bar(query, [Choice("state", "状态", [("closed", "已销户")])]),
        "tabs": tabs(request, "households"), "crumbs": crumbs(request, Crumb("户")), **page_urls(found, query),
        "new_url": link(county, "household-new", place=context["area"].code),
    }  # fmt: skip
    return render(request, "people/households.html", context)


@page(VIEW, object=True)
@require_safe
def household_show(request: CountyRequest, county: int, household_id: int) -> HttpResponse:
    row = household_get_for(request.actor, household_id)
    today = timezone.localdate()
    members = household_members(request.actor, row)
    context = {
        "row": row, "place": place_words(row.area), "may_edit": request.actor.can(EDIT) and row.closed_on is None,
        "members": [
            (one, Relation(one.row.relation).label if one.row.relation else "", age_words(one.row, today),
             where_words(one.row)[0])
            for one in members
        ],
        "headless": members and not any(one.row.relation == Relation.HEAD for one in members),
        "events": [
            one for one in HAPPENINGS.values() if one.whole and any(m.row.population in one.of for m in members)
        ],
        "new_url": link(county, "resident-new", household=str(row.id)), "crumbs": _crumbs(request, row),
        "born_url": link(county, "resident-new", household=str(row.id), change="born"),
    }  # fmt: skip
    return render(request, "people/household.html", context)


def _crumbs(request: CountyRequest, row: Household | None, *rest: Crumb) -> list[Crumb]:
    county = request.county.id
    listed = Crumb("户", link(county, "households"))
    if row is None:
        return crumbs(request, listed, *rest)
    return crumbs(request, listed, Crumb(row.number, link(county, "household", row.id) if rest else ""), *rest)


@page(EDIT)
@BOTH
def household_new(request: CountyRequest, county: int) -> HttpResponseBase:
    area = area_for(request.actor, request.GET.get("place", ""), EDIT)
    people = people_choices(request.actor, village_of(area.path))
    initial: dict[str, Any] = {"place": area.code, "kind": Household.Kind.FAMILY, "on": timezone.localdate()}
    if request.GET.get("head"):
        initial |= {"head": number_of(request.GET["head"])}
    form = HouseholdForm(sent(request), places=places_mine(request.actor), people=people, initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        row = services.household_open(
            actor=request.actor, place=data["place"], on=data["on"], kind=data["kind"], members=form.members(), key=key
        )
        return f"已立户，编号 {row.number}。", link(county, "household", row.id)

    page_words = words(
        "立户", "立户", link(county, "households"), _crumbs(request, None, Crumb("立户")),
        "户编号由系统依次编，户口簿号码不登记。",
    )  # fmt: skip
    return form_page(request, page_words, form, call)


def _act(
    request: CountyRequest, row: Household, title: str, act: str, form: TakingForm, call: Call, *lines: str,
    harms: bool = False,
) -> HttpResponseBase:  # fmt: skip
    """A form of one household; where somebody was faster, upon the version as it is now."""
    back = link(request.county.id, "household", row.id)

    def fresh() -> tuple[dict[str, Any], dict[str, Any]]:
        return {"version": household_get_for(request.actor, row.id).version}, {}

    page_words = words(f"户 {row.number}：{title}", act, back, _crumbs(request, row, Crumb(title)), *lines, harms=harms)
    return form_page(request, page_words, form, call, fresh=fresh)


@page(EDIT, object=True)
@BOTH
def join(request: CountyRequest, county: int, household_id: int) -> HttpResponseBase:
    """People of the village who are in no household, and those of this one for another relation."""
    row = household_get_for(request.actor, household_id, permission=EDIT)
    own = [
        (str(one.row.id), f"{one.row.name}（已在这一户）") for one in household_members(request.actor, row) if one.seen
    ]
    people = [*people_choices(request.actor, village_of(row.area_path)), *own]
    initial = {"on": timezone.localdate(), "resident": number_of(request.GET.get("resident"))}
    form = JoinForm(sent(request), people=people, initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        found = services.household_join(
            actor=request.actor, number=row.id, resident=number_of(data["resident"]) or 0, relation=data["relation"],
            on=data["on"], key=key,
        )  # fmt: skip
        return f"{found.name}已登记到这一户。", link(county, "household", row.id)

    said = "列出的是本村还不在任何户里的人；还没有登记的人，请回到户的页面“登记新成员”。"
    return _act(request, row, "加人、改关系", "保存", form, call, said)


@page(EDIT, object=True)
@BOTH
def leave(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=EDIT)
    back = link(county, "resident", row.id)
    form = DayForm(sent(request), initial={"on": timezone.localdate(), "version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.household_leave(actor=request.actor, resident=row.id, version=data["version"], on=data["on"], key=key)
        return f"{row.name}已不在户里。", back

    page_words = words(
        f"{row.name}：移出这一户", "移出", back, resident_crumb(request, row, Crumb("移出户")),
        "只移出户，住的地方和户籍不变。搬走、去世请用各自的登记。", harms=True,
    )  # fmt: skip
    return form_page(request, page_words, form, call)


def _people(request: CountyRequest, row: Household) -> list[tuple[str, str]]:
    return [(str(one.row.id), one.name) for one in household_members(request.actor, row)]


@page(EDIT, object=True)
@BOTH
def head(request: CountyRequest, county: int, household_id: int) -> HttpResponseBase:
    row = household_get_for(request.actor, household_id, permission=EDIT)
    initial = {"on": timezone.localdate(), "version": row.version}
    form = HeadForm(sent(request), people=_people(request, row), initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.head_change(
            actor=request.actor, number=row.id, version=data["version"], head=number_of(data["head"]) or 0,
            relations=form.members(), on=data["on"], key=key,
        )  # fmt: skip
        return "户主已变更。", link(county, "household", row.id)

    return _act(request, row, "变更户主", "变更户主", form, call, "其他人与新户主的关系也要改，没有选的记为“其他”。")


@page(EDIT, object=True)
@BOTH
def split(request: CountyRequest, county: int, household_id: int) -> HttpResponseBase:
    row = household_get_for(request.actor, household_id, permission=EDIT)
    initial = {"on": timezone.localdate(), "version": row.version}
    form = MembersForm(sent(request), people=_people(request, row), blank="留在原来的户", heads=True, initial=initial)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        made = services.household_split(
            actor=request.actor, number=row.id, version=data["version"], members=form.members(), on=data["on"], key=key
        )
        return f"已分户，新户编号 {made.number}。", link(county, "household", made.id)

    said = "给要分出去的人选他在新户里的关系，其中一个是户主；其余的人留在原来的户。"
    return _act(request, row, "分户", "分户", form, call, said)


@page(EDIT, object=True)
@BOTH
def merge(request: CountyRequest, county: int, household_id: int) -> HttpResponseBase:
    row = household_get_for(request.actor, household_id, permission=EDIT)
    others = [one for one in household_choices(request.actor, village_of(row.area_path)) if one[0] != str(row.id)]
    form = MergeForm(sent(request), households=others, initial={"on": timezone.localdate(), "version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        target = services.household_merge(
            actor=request.actor, number=row.id, version=data["version"], into=number_of(data["into"]) or 0,
            on=data["on"], key=key,
        )  # fmt: skip
        return f"已并入户 {target.number}，请改一下各人与户主的关系。", link(county, "household", target.id)

    said = "这一户的人都并到另一户，关系先记为“其他”；这一户随之销户。"
    return _act(request, row, "并户", "并入", form, call, said, harms=True)


@page(EDIT, object=True)
@BOTH
def close(request: CountyRequest, county: int, household_id: int) -> HttpResponseBase:
    row = household_get_for(request.actor, household_id, permission=EDIT)
    form: VersionForm = DayForm(sent(request), initial={"on": timezone.localdate(), "version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.household_close(actor=request.actor, number=row.id, version=data["version"], on=data["on"], key=key)
        return "已销户，记录保留。", link(county, "household", row.id)

    return _act(request, row, "销户", "销户", form, call, "户里还有人的不能销户。", harms=True)
