"""Where a role may be held: the choices of the form, and that nothing else is taken from a request."""

import pytest
from django.utils import timezone

from shanzhi.access.permissions import ROLES
from shanzhi.accounts import selectors
from shanzhi.accounts.forms import PostForm, RoleForm, UserForm, VersionForm
from shanzhi.accounts.tests.factories import SINCE, Town, build_town
from shanzhi.areas.models import Area
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County


def labels(role: str, town: str = "") -> list[str]:
    return [place.label for place in selectors.place_choices(role, town)]


def test_places_by_role(town: Town) -> None:
    code = town.areas["town"].code
    assert labels("county_leader") == ["天长市"]
    assert labels("township_officer") == ["杨村镇", "铜城镇"]
    assert labels("command_centre") == ["天长市", "杨村镇", "铜城镇"]
    assert labels("village_clerk", code) == ["小关社区"]
    assert labels("grid_worker", code) == ["小关社区 第四网格"]
    assert labels("resident", code) == ["小关社区", "小关社区 第四网格"]
    assert labels("department_handler") == ["镇综治中心", "市住建局"]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_has_places_and_asks_for_a_township_only_where_needed(town: Town, role: str) -> None:
    needs = selectors.needs_township(role)
    assert bool(labels(role)) is not needs
    assert labels(role, town.areas["town"].code)


@pytest.mark.parametrize("odd", ["", "999999999999", "' OR 1=1"])
def test_unknown_township_offers_nothing(town: Town, odd: str) -> None:
    assert labels("grid_worker", odd) == []


def test_abolished_places_are_not_offered(town: Town) -> None:
    grid = town.areas["grid"]
    Area.objects.filter(id=grid.id).update(valid_to=local(timezone.now()).date())
    assert labels("grid_worker", town.areas["town"].code) == []
    assert selectors.area_of(grid.code) is None


def test_places_of_another_county_are_not_offered(town: Town, county_b: County) -> None:
    with county(county_b.id):
        there = build_town(county_b.id)
    assert labels("county_leader") == ["天长市"]
    assert selectors.place_of(f"area:{there.areas['grid'].code}") == (None, None)
    assert selectors.place_of(f"unit:{there.units['dept'].id}") == (None, None)
    assert selectors.unit_of(there.units["dept"].id) is None


@pytest.mark.parametrize("value", ["", "area:", "unit:x", "unit:-1", "county:1", "area", "unit:9999999999999999999999"])
def test_nonsense_is_no_place(town: Town, value: str) -> None:
    assert selectors.place_of(value) == (None, None)


def test_place_of_a_choice(town: Town) -> None:
    area, unit = selectors.place_of(f"area:{town.areas['grid'].code}")
    assert (area, unit) == (town.areas["grid"], None)
    assert selectors.place_of(f"unit:{town.units['dept'].id}") == (None, town.units["dept"])


def test_form_takes_only_offered_places(town: Town) -> None:
    code = town.areas["town"].code
    base = {"role": "grid_worker", "town": code, "valid_from": "2026-01-01", "valid_to": ""}

    def faults(place: str, **changes: str) -> dict[str, list[str]]:
        form = PostForm(base | {"place": place} | changes, role="grid_worker", town=code)
        form.is_valid()
        return dict(form.errors)

    assert faults(f"area:{town.areas['grid'].code}") == {}
    assert list(faults(f"area:{town.areas['far'].code}")) == ["place"], "the other township's grid was not offered"
    assert list(faults(f"area:{town.areas['village'].code}")) == ["place"]
    assert list(faults("", valid_from="")) == ["place", "valid_from"]


def test_villages_stand_under_their_township(town: Town) -> None:
    Area.objects.create(
        level="grid",
        code=town.areas["village"].code + "005",
        name="第五网格",
        parent=town.areas["village"],
        ordinal=2,
        path=town.areas["village"].path + "0002",
        valid_from=SINCE,
    )
    form = PostForm(role="resident", town=town.areas["town"].code)
    groups = [group for group, _ in form.fields["place"].choices]  # type: ignore[attr-defined]
    assert groups == ["", "杨村镇", "小关社区"]
    assert not form.empty
    assert PostForm(role="grid_worker", town="").empty


def test_role_form_lists_every_role(town: Town) -> None:
    form = RoleForm(towns=selectors.township_choices())
    assert [code for code, _ in form.fields["role"].choices][1:] == list(ROLES)  # type: ignore[attr-defined]
    assert not RoleForm({"role": "mayor"}, towns=[]).is_valid()


def test_version_that_was_never_seen_is_no_version() -> None:
    for text, seen in (("3", 3), ("", -1)):
        form = VersionForm({"version": text})
        assert form.is_valid()
        assert form.cleaned_data["version"] == seen


def test_refusals_of_a_service_stand_at_their_field() -> None:
    form = UserForm({"name": "李明", "username": "liming"})
    form.take(
        Invalid("这个登录账号已经有人用了。", fields={"username": ["这个登录账号已经有人用了。"], "other": ["x"]})
    )
    assert dict(form.errors) == {"username": ["这个登录账号已经有人用了。"]}
    whole = UserForm({"name": "李明", "username": "liming"})
    whole.take(Invalid("现在不行。"))
    assert whole.non_field_errors() == ["现在不行。"]
