"""The forms: what they offer, how they read what was typed, and where a refusal goes."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from shanzhi.areas.models import Area
from shanzhi.lib.errors import Invalid
from shanzhi.staffing.catalogue import LEVELS, OWN, ROLES, rulable
from shanzhi.staffing.forms import (
    AppointForm,
    DetailsForm,
    EndForm,
    HereForm,
    PhoneForm,
    RenewForm,
    RuleForm,
    TermForm,
    choices_of,
)
from shanzhi.staffing.services import Details, Term
from shanzhi.staffing.views.shared import asof_of, link
from shanzhi.ui.pages import url_with
from tests.cast import Cast


def places(cast: Cast, *names: str) -> list[Area]:
    return [cast.areas[name] for name in names]


def filled(cast: Cast, **changes: str) -> dict[str, str]:
    return {"place": cast.areas["v1"].code, "role": "police", "name": " 孙  志平 ", "organisation": "", "phone": "",
            "valid_from": "2026-03-01", "valid_to": "", "source": "", **changes}  # fmt: skip


def test_places_stand_below_one_another(cast: Cast) -> None:
    assert choices_of(places(cast, "t1", "v1", "g1")) == [
        (cast.areas["t1"].code, "东镇"), (cast.areas["v1"].code, "　张庄村"), (cast.areas["g1"].code, "　　第一网格"),
    ]  # fmt: skip
    assert choices_of([]) == []


def test_roles_are_those_that_the_places_may_have(cast: Cast) -> None:
    def roles(*names: str) -> set[str]:
        form = AppointForm(areas=places(cast, *names))
        return {value for value, _ in form.fields["role"].choices if value}  # type: ignore[attr-defined]

    assert "chief" in roles("t1")
    assert "chief" not in roles("g1")
    assert roles("county") == {"chief"}
    assert roles("county", "t1", "v1", "g1") == set(OWN)
    assert not {"leader", "worker", "secretary"} & roles("v1", "g1")


def test_one_place_needs_no_choosing(cast: Cast) -> None:
    single = AppointForm(areas=places(cast, "g1")).fields["place"].choices  # type: ignore[attr-defined]
    assert [value for value, _ in single] == [cast.areas["g1"].code]
    several = AppointForm(areas=places(cast, "v1", "g1")).fields["place"].choices  # type: ignore[attr-defined]
    assert next(iter(several))[0] == ""


def test_what_was_typed_is_read_as_it_is(cast: Cast) -> None:
    form = AppointForm(filled(cast, valid_to="2027-03-01"), areas=places(cast, "v1"))
    assert form.is_valid()
    assert form.details() == Details("孙  志平")
    assert form.details().tidy().name == "孙 志平"
    assert form.term() == Term(date(2026, 3, 1), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "请填姓名"), ({"role": ""}, "role", "请选岗位"), ({"role": "leader"}, "role", "请选岗位"),
        ({"place": ""}, "place", "请选地方"), ({"place": "1"}, "place", "不在可选范围里"),
        ({"valid_from": ""}, "valid_from", "任期开始"), ({"valid_from": "明天"}, "valid_from", "2026-03-01"),
        ({"valid_to": "31/12"}, "valid_to", "2026-03-01"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_chinese(cast: Cast, changes: dict[str, str], field: str, words: str) -> None:
    form = AppointForm(filled(cast, **changes), areas=places(cast, "v1", "g1"))
    assert not form.is_valid()
    assert words in form.errors[field][0]


@pytest.mark.parametrize("form", [DetailsForm, TermForm, RenewForm, EndForm])
def test_a_missing_or_mangled_version_counts_as_never_seen(form: Any) -> None:
    data = {"name": "x", "valid_from": "2026-01-01", "reason": "x"}
    for version, seen in (("", -1), ("7", 7)):
        made = form({**data, "version": version})
        assert made.is_valid(), made.errors
        assert made.cleaned_data["version"] == seen


def test_the_rule_offers_every_level_with_its_roles() -> None:
    form = RuleForm()
    groups = [row for row in form.fields["what"].choices if row[0]]  # type: ignore[attr-defined]
    assert [label for label, _ in groups] == list(LEVELS.values())
    assert sum(len(rows) for _, rows in groups) == len(rulable())
    made = RuleForm({"what": "grid.worker", "least": "", "reason": "x", "seen": "3", "place": ""})
    assert made.is_valid()
    assert made.split() == ("grid", "worker")
    assert (made.cleaned_data["least"], made.cleaned_data["seen"]) == (None, 3)


@pytest.mark.parametrize("least", ["-1", "100", "许多"])
def test_a_number_of_people_is_between_none_and_ninety_nine(least: str) -> None:
    made = RuleForm({"what": "grid.worker", "least": least, "reason": "x"})
    assert not made.is_valid()
    assert made.errors["least"] == ["人数填 0 到 99。"]


def test_a_refusal_stands_beside_the_field_that_it_is_about() -> None:
    made = RuleForm({"what": "grid.worker", "least": "1", "reason": "x"})
    made.take(Invalid("x", fields={"role": ["这里不设。"], "least": ["太多。"]}))
    assert made.errors["what"] == ["这里不设。"]
    assert made.errors["least"] == ["太多。"]
    whole = RuleForm({"what": "grid.worker", "least": "1", "reason": "x"})
    whole.take(Invalid("整个不行。"))
    assert whole.non_field_errors() == ["整个不行。"]


def test_a_purpose_is_one_of_four() -> None:
    assert PhoneForm({"purpose": "urgent"}).is_valid()
    for purpose in ("", "curiosity"):
        assert PhoneForm({"purpose": purpose}).errors["purpose"] == ["请选看电话做什么用。"]


@pytest.mark.parametrize(("lon", "ok"), [("118.5", True), ("", True), ("181", False), ("nan", False), ("x", False)])
def test_a_position_is_on_the_earth(lon: str, ok: bool) -> None:
    assert HereForm({"lon": lon, "lat": "32"}).is_valid() is ok


def test_addresses_keep_their_filters_and_drop_the_place_in_the_list() -> None:
    query = QueryDict("role=leader&after=abc&on=2026-01-01")
    assert url_with(query, area="1") == "?role=leader&on=2026-01-01&area=1"
    assert url_with(query, role="") == "?on=2026-01-01"
    assert link(341181, "gaps", role="", area="1") == "/341181/staffing/vacancies/?area=1"
    assert link(341181, "gaps") == "/341181/staffing/vacancies/"


@pytest.mark.parametrize(
    ("on", "told"), [("", False), ("2026-01-31", False), ("2026-02-30", True), ("1999-12-31", True)]
)
def test_a_day_is_read_or_told(on: str, told: bool) -> None:
    asof, wrong = asof_of(QueryDict(f"on={on}"))
    assert bool(wrong) is told
    assert (str(asof.day) == on) is (bool(on) and not told)


def test_every_role_has_a_name_and_no_two_share_one() -> None:
    labels = [role.label for role in ROLES.values()]
    assert len(labels) == len(set(labels))
    assert all(role.own or role.post for role in ROLES.values())
