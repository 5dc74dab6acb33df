"""How the app hangs in the house: found at start-up, seen in the menu, told to whoever is above, named in the trail."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from shanzhi.access.permissions import PERMISSIONS
from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser, words
from shanzhi.lib.discovery import MODULES
from shanzhi.packs.events import PUBLISHED, RETIRED
from shanzhi.packs.families import FAMILIES
from shanzhi.packs.services import definition_restore, definition_retire
from shanzhi.packs.tests.factories import A, publish
from shanzhi.tenancy import outbox
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.trails import TRACKED, code_label


@pytest.fixture
def town(county_a: County) -> Town:
    return accounts.build_town(A)


def signed_in(town: Town, role: str, place: str) -> Client:
    return browser(accounts.person(town, role, place))


def test_families_are_found_like_permissions() -> None:
    assert "families" in MODULES
    assert {"department", "holidays", "case_kind"} <= set(FAMILIES)
    assert apps.get_app_config("packs").verbose_name == "办事规则"


def test_packs_lie_in_the_checkout() -> None:
    assert Path(settings.PACKS_DIR).is_dir()
    assert (Path(settings.PACKS_DIR) / "county/pack.yaml").is_file()


def test_officers_read_and_one_administrator_writes() -> None:
    assert PERMISSIONS["packs.edit"].roles == {"system_admin"}
    assert {"system_admin", "township_officer", "village_clerk", "auditor"} <= PERMISSIONS["packs.view"].roles
    assert not PERMISSIONS["packs.view"].roles & {"resident", "volunteer", "security_admin", "audit_admin"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "place", "there"),
    [("system_admin", "county", True), ("township_officer", "town", False), ("security_admin", "county", False)],
)
def test_the_menu_leads_to_the_rules(town: Town, role: str, place: str, there: bool) -> None:
    page = words(signed_in(town, role, place).get(town.url("me/")))
    assert (town.url("definitions/") in page) is there


@pytest.mark.django_db
def test_the_trail_names_what_was_done(town: Town) -> None:
    assert "packs.definition" in TRACKED
    publish()
    definition_retire(actor=town.system, family="sample", code="lamp")
    definition_restore(actor=town.system, family="sample", code="lamp")
    page = words(signed_in(town, "audit_admin", "county").get(town.url("trail/")))
    for act in ("published", "retired", "restored"):
        assert code_label(f"packs.definition.{act}") in page
    assert code_label("packs.definition.published") == "发布办事规则"


@pytest.mark.django_db
def test_whoever_is_above_is_told_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, Any]] = []

    def hear(event: OutboxEvent) -> None:
        told.append((event.code, event.data))

    for kind in (PUBLISHED, RETIRED):
        monkeypatch.setitem(outbox._subscribers, kind.code, {"tests.hear": hear})
    publish()
    publish()
    definition_retire(actor=town.system, family="sample", code="lamp")
    for event in OutboxEvent.objects.filter(code__startswith="packs.").order_by("id"):
        for _ in range(2):
            outbox.deliver(event.id, A)
    which = {"family": "sample", "code": "lamp"}
    assert told == [("packs.version.published", which), ("packs.definition.retired", which)]


@pytest.mark.django_db
def test_an_event_leads_to_the_version(town: Town) -> None:
    versions = {publish(label=label).id for label in ("一", "二")}
    assert set(OutboxEvent.objects.filter(code=PUBLISHED.code).values_list("subject_id", flat=True)) == versions
