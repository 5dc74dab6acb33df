"""Walks on paper, walked: who works with the register finds what they need, and nothing that they may not do."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.jobs.registry import PERIODICS
from shanzhi.jobs.runner import run_periodic
from shanzhi.people.forms.homes import HeadForm, MembersForm
from shanzhi.people.forms.residents import CorrectForm, EventForm, Offered, ResidentForm
from shanzhi.people.happenings import HAPPENINGS
from shanzhi.people.models import Dwelling, Membership, Resident
from shanzhi.people.services import membership_end
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import ago, dwelling, groups, household, member, resident, today
from shanzhi.ui import nav
from tests.cast import Cast

OFFERED = Offered([("341181101201", "张庄村")], [("7", "张庄组")], [("8", "2026-000001")])


@pytest.fixture
def family(cast: Cast) -> Resident:
    groups(cast)
    home = dwelling(cast)
    row = resident(cast, dwelling=home.id)
    household(cast, {row: "0"})
    member(cast, row)
    return Resident.objects.get()


def labels(cast: Cast, who: str) -> set[str]:
    return {item.label for item in nav.items_for(cast.actor(who), nav.DESK) if item.url_name.startswith("people:")}


def test_the_menu_leads_whoever_may(cast: Cast) -> None:
    both, none = {"人口", "人口数字"}, set[str]()
    wanted = {
        "village_clerk": both, "grid_worker": both, "branch_secretary": both, "township_officer": both,
        "command_centre": both, "county_leader": {"人口数字"}, "auditor": {"人口数字"}, "system_admin": none,
        "security_admin": none, "audit_admin": none, "accountant": none, "department_handler": none, "resident": none,
    }  # fmt: skip
    assert {who: labels(cast, who) for who in wanted} == wanted


def test_a_grid_worker_comes_from_their_own_page(cast: Cast, family: Resident) -> None:
    worker = cast["grid_worker"].client()
    me = worker.get("/341181/me/").content.decode()
    assert url("list") in me
    page = worker.get(url("list"))
    assert "张小平" in words(page)
    assert "本人申请" not in words(page)
    opened = words(worker.get(url("resident", family.id)))
    assert "登记关爱对象" in opened
    assert "删除资料" not in opened
    assert url("list") not in cast["accountant"].client().get("/341181/me/").content.decode()


def test_a_township_officer_goes_down_the_places(cast: Cast, family: Resident) -> None:
    officer = cast["township_officer"].client()
    page = officer.get(url("list")).content.decode()
    assert f"?area={cast.areas['v1'].code}" in page
    village = officer.get(url("list") + f"?area={cast.areas['v1'].code}")
    assert "张庄村居民" in words(village)
    assert f"?area={cast.areas['t1'].code}" in village.content.decode()
    empty = words(officer.get(url("list") + f"?area={cast.areas['v2'].code}"))
    assert "这里还没有登记" in empty
    assert "没有符合条件的人" in words(officer.get(url("list") + "?population=overseas"))


def test_an_auditor_gets_figures_and_no_way_to_a_person(cast: Cast, family: Resident) -> None:
    auditor = cast["auditor"].client()
    page = auditor.get(url("counts"))
    assert page.status_code == 200
    assert "/residents/" not in page.content.decode()
    for name in ("list", "dwellings", "households", "care", "requests", "resident-new"):
        assert auditor.get(url(name)).status_code == 403, name
    assert auditor.get(url("resident", family.id)).status_code == 404


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_sees_no_person_and_no_figure(cast: Cast, family: Resident, who: str, settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    admin = cast[who].client()
    for name in ("list", "dwellings", "households", "care", "counts", "requests"):
        assert admin.get(url(name)).status_code == 403, name


def test_one_who_asks_at_the_counter_who_looked(cast: Cast, family: Resident) -> None:
    cast["grid_worker"].client().get(url("resident", family.id))
    clerk = cast["village_clerk"].client()
    made = clerk.post(url("request-new", family.id), sent(kind="looks", text=""))
    page = clerk.get(made["Location"])
    assert url("looks-print", family.id) in page.content.decode()
    paper = words(clerk.get(url("looks-print", family.id)))
    assert "网格员" in paper
    assert "打开资料" in paper


def test_pages_work_without_scripts(cast: Cast, family: Resident) -> None:
    """Every act is a form that is posted or a link; nothing hangs on a script."""
    clerk: Client = cast["village_clerk"].client()
    for page in (url("resident", family.id), url("list"), url("dwelling", Dwelling.objects.get().id)):
        text = clerk.get(page).content.decode()
        assert "onclick" not in text
        assert "hx-" not in text
        assert 'href="#"' not in text
    form = clerk.get(url("dwelling-new")).content.decode()
    assert 'name="lon"' in form
    assert 'type="hidden" name="lon"' not in form


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("moved", {"dwelling", "lives"}), ("back", {"dwelling", "lives"}), ("left", {"lives_elsewhere"}),
        ("registered", {"registered", "registered_elsewhere"}),
        ("moved-out", {"lives_elsewhere", "registered_elsewhere"}),
        ("moved-in", {"dwelling", "lives", "registered", "registered_elsewhere"}), ("died", set()),
    ],
)  # fmt: skip
def test_a_form_asks_for_what_its_event_needs(event: str, fields: set[str]) -> None:
    form = EventForm(happening=HAPPENINGS[event], offered=OFFERED)
    assert set(form.fields) == {"version", "on", "note"} | fields
    bound = EventForm({"on": "2026-01-05", "version": ""}, happening=HAPPENINGS[event], offered=OFFERED)
    assert bound.is_valid(), bound.errors
    assert bound.cleaned_data["version"] == -1
    assert bound.whither().relation == ""


def test_what_nobody_can_choose_is_not_asked() -> None:
    bare = ResidentForm(offered=Offered())
    assert not {"lives", "dwelling", "registered", "household"} & set(bare.fields)
    full = ResidentForm(offered=OFFERED)
    assert {"lives", "dwelling", "registered", "household", "relation"} <= set(full.fields)
    assert next(iter(CorrectForm(offered=OFFERED).fields)) == "since"
    data = {"name": "甲", "papers": "none", "change": "first", "on": "2026-01-05", "dwelling": "7", "household": "8",
            "relation": "2", "sex": "1"}  # fmt: skip
    read = ResidentForm(data, offered=OFFERED)
    assert read.is_valid(), read.errors
    whither = read.whither()
    assert (whither.dwelling, whither.household, whither.relation, whither.lives) == (7, 8, "2", "")


def test_forms_of_members_know_only_their_people() -> None:
    people = [("1", "张大"), ("2", "李妻")]
    data = {"on": "2026-01-05", "version": "3", "m1": "0", "m2": "", "m9": "1"}
    form = MembersForm(data, people=people, blank="留下", heads=True)
    assert form.is_valid(), form.errors
    assert form.members() == {1: "0"}
    headed = HeadForm({"on": "2026-01-05", "version": "3", "head": "2", "m1": "0"}, people=people)
    assert not headed.is_valid()
    assert "m1" in headed.errors
    assert [str(form.fields[name].label) for name in form.names] == ["张大", "李妻"]


def test_the_sweep_is_scheduled_and_runs_in_every_county(cast_outside: Cast) -> None:
    name = next(name for name in PERIODICS if name.endswith("sweep_memberships"))
    assert PERIODICS[name].minutes == 24 * 60
    assert run_periodic(name) >= 0


def test_an_ended_membership_stays_on_the_page_until_it_is_swept(cast: Cast, family: Resident) -> None:
    care = Membership.objects.get()
    membership_end(actor=cast.actor("village_clerk"), number=care.id, version=1, until=today(), reason="子女回来")
    clerk = cast["village_clerk"].client()
    page = words(clerk.get(url("resident", family.id)))
    assert "结束：子女回来" in page.replace(" ", "")
    assert "张小平" in words(clerk.get(url("group", "alone") + "?state=ended"))
    assert "没有人" in words(clerk.get(url("group", "alone")))
    assert timezone.localdate() == today() > ago(1)
