"""Who may open what: every page × the roles, in the own county and from another one."""

import pytest
from django.urls import get_resolver

from shanzhi.access.permissions import PERMISSIONS, ROLES
from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.tests.factories import COUNTY, XIAOGUAN, YANGCUN, Tree
from shanzhi.areas.urls import urlpatterns
from shanzhi.files.registry import may_see
from shanzhi.tenancy.models import County

VIEWERS = set(ROLES) - {"resident", "volunteer"}
PLACES = {"county": COUNTY, "township": YANGCUN, "village": XIAOGUAN}
READ = ["areas/", "areas/export/", "units/", "units/export/"]
ACTS = ["children", "renames", "merges", "moves", "abolitions", "units"]


def place_of(tree: Tree, role: str) -> str:
    """A place of the first level at which the role is held."""
    level = str(ROLES[role].levels[0])
    return tree.grid(XIAOGUAN).code if level == "grid" else PLACES[level]


def holder(tree: Tree, role: str) -> tuple[object, str]:
    """Somebody with the role, and the place that they see."""
    if role == "department_handler":
        town = accounts.Town(tree.number, units={"unit": tree.unit(YANGCUN, "司法所", "department")})
        return accounts.person(town, role, "unit"), YANGCUN
    place = place_of(tree, role)
    return tree.person(role, place), place


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("path", READ)
def test_reading_is_for_staff(tree: Tree, role: str, path: str) -> None:
    user, _ = holder(tree, role)
    expected = 200 if role in VIEWERS else 403
    assert browser(user).get(tree.url(path)).status_code == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_own_place_is_open_to_staff(tree: Tree, role: str) -> None:
    user, place = holder(tree, role)
    expected = 200 if role in VIEWERS else 403
    assert browser(user).get(tree.url(f"areas/{place}/")).status_code == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"system_admin"}))
@pytest.mark.parametrize("act", ACTS)
def test_acts_are_the_system_administrators(tree: Tree, role: str, act: str) -> None:
    user, place = holder(tree, role)
    answer = browser(user).get(tree.url(f"areas/{place}/{act}/"))  # type: ignore[arg-type]
    assert answer.status_code == (403 if role in VIEWERS else 404)


def test_a_post_in_another_county_opens_nothing_here(tree: Tree, county_b: County, outsider: object) -> None:
    for path in (*READ, f"areas/{YANGCUN}/", *(f"areas/{YANGCUN}/{act}/" for act in ACTS), "areas/imports/"):
        assert browser(outsider).get(tree.url(path)).status_code == 404, path  # type: ignore[arg-type]


def test_a_stranger_is_asked_to_sign_in(tree: Tree) -> None:
    for path in (*READ, f"areas/{YANGCUN}/", *(f"areas/{YANGCUN}/{act}/" for act in ACTS), "areas/imports/"):
        answer = browser().get(tree.url(path))
        assert answer.status_code == 302, path
        assert "/accounts/login/?next=" in answer["Location"]


def test_every_page_declares_a_permission() -> None:
    for pattern in urlpatterns:
        assert pattern.callback.permission in (VIEW, MANAGE), pattern.name


def test_the_permissions_have_chinese_names() -> None:
    assert PERMISSIONS[VIEW].roles == VIEWERS
    assert PERMISSIONS[MANAGE].roles == {"system_admin"}
    assert PERMISSIONS[MANAGE].label == "维护区划、网格和部门"


def test_every_address_can_be_made() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert {"list", "area", "unit-list", "import-list"} <= names
    assert all("areas:" + str(name) for name in names)
    assert get_resolver().namespace_dict["areas"]


def test_a_file_of_an_import_is_for_who_may_import(tree: Tree, admin: object, officer: object) -> None:
    from shanzhi.areas import services
    from shanzhi.areas.tests.factories import today, upload

    sent = services.import_send(actor=tree.actor(admin), upload=upload(), on=today())  # type: ignore[arg-type]
    assert may_see(tree.actor(admin), "areas.divisionimport", sent.id)  # type: ignore[arg-type]
    assert not may_see(tree.actor(officer), "areas.divisionimport", sent.id)  # type: ignore[arg-type]
    assert not may_see(tree.actor(admin), "areas.divisionimport", 5)  # type: ignore[arg-type]
