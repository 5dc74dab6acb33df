"""The trail of the registers: what services did verifies, what was altered past them is named by its number alone."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from shanzhi.areas.registry import check_holders, path_holders
from shanzhi.areas.services import area_merge
from shanzhi.jobs.testing import drain
from shanzhi.people import services
from shanzhi.people.models import Dwelling, Household, Look, Membership, Request, Resident, Stay
from shanzhi.people.selectors.residents import PeopleFilter, resident_page
from shanzhi.people.services import Facts, Whither
from shanzhi.people.tests.world import ago, dwelling, groups, happen, household, member, resident, today
from shanzhi.people.trails import dwellings_agree, households_agree, residents_agree
from shanzhi.tenancy.context import county, current
from shanzhi.trail.models import Entry
from shanzhi.trail.trails import CODE_LABELS, TRACKED
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast, build_cast

MODELS = (Dwelling, Household, Resident, Stay, Membership, Look, Request)
LABELS = tuple(str(model._meta.verbose_name) for model in MODELS)


def findings() -> list[str]:
    """What the verifier says of the registers; the cast itself was put there past the services."""
    return [one for one in verify_county(current()).findings if one.startswith(LABELS)]


@pytest.fixture
def busy(cast: Cast) -> Resident:
    """Somebody to whom nearly everything happened."""
    groups(cast)
    clerk, code = cast.actor("village_clerk"), cast.areas["g1"].code
    home = dwelling(cast)
    row = resident(cast, name="诸葛孔方", dwelling=home.id)
    wife = resident(cast, name="李秀英")
    house = household(cast, {row: "0", wife: "1"})
    care = member(cast, row)
    services.visit_noted(actor=clerk, membership=care, on=today())
    services.dwelling_change(
        actor=clerk, number=home.id, version=1, home=services.Home(cast.areas["g4"].code, "李庄组", "1 号")
    )
    happen(cast, row, "left", lives_elsewhere="上海市", on=today())
    happen(cast, row, "back", lives=code, on=today())
    services.event_take_back(actor=clerk, number=row.id, version=Resident.objects.get(id=row.id).version)
    stay = Stay.objects.get(resident=row, void=False, until=None)
    services.stay_correct(
        actor=clerk, stay_id=stay.id, version=Resident.objects.get(id=row.id).version, since=today(), note="去的是苏州",
        whither=Whither(lives_elsewhere="苏州市", registered=code),
    )  # fmt: skip
    services.resident_change(
        actor=clerk, number=row.id, version=Resident.objects.get(id=row.id).version, facts=Facts("诸葛孔明")
    )
    services.head_change(actor=clerk, number=house.id, version=1, head=wife.id, on=today())
    services.number_show(actor=clerk, number=row.id, field="phone", purpose="case")
    services.page_opened(actor=clerk, resident=row)
    asked = services.request_take(actor=clerk, resident=row.id, kind="copy")
    services.request_decide(actor=clerk, number=asked.id, version=1, done=True, answer="已打印。")
    services.membership_end(actor=clerk, number=care.id, version=2, until=today(), reason="好了")
    happen(cast, wife, "died")
    return Resident.objects.get(id=row.id)


def test_what_was_done_by_services_verifies(busy: Resident) -> None:
    assert findings() == []
    for model in MODELS:
        assert model._meta.label_lower in TRACKED
        assert model.objects.exists(), model


def test_every_code_has_words(busy: Resident) -> None:
    used = set(Entry.objects.filter(code__startswith="people.").values_list("code", flat=True))
    assert len(used) >= 20
    assert used <= set(CODE_LABELS)


@pytest.mark.parametrize(
    "changes",
    [{"name": "别人"}, {"paper_index": "0" * 64}, {"population": "settled"}, {"born_on": date(2001, 1, 1)},
     {"lives_elsewhere": "北京市"}, {"died_on": date(2026, 1, 1)}, {"version": 99}],
)  # fmt: skip
def test_a_person_altered_past_them_is_named_by_number_alone(busy: Resident, changes: dict[str, Any]) -> None:
    Resident.objects.filter(id=busy.id).update(**changes)
    found = findings()
    assert len(found) == 1
    assert str(busy.id) in found[0]
    assert "诸葛" not in found[0]


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Stay, {"since": ago(500)}), (Stay, {"void": True}), (Stay, {"change": "died"}), (Dwelling, {"lon": 5}),
        (Dwelling, {"address_index": "0" * 64}), (Household, {"closed_on": ago(1)}),
        (Membership, {"group_index": "0" * 64}), (Membership, {"due_on": ago(9)}), (Request, {"state": "refused"}),
    ],
)  # fmt: skip
def test_so_is_anything_else_of_the_registers(busy: Resident, model: Any, changes: dict[str, Any]) -> None:
    row = model.objects.filter(**({"void": False, "until__isnull": False} if model is Stay else {})).order_by("id")[0]
    model.objects.filter(id=row.id).update(**changes)
    found = findings()
    assert len(found) == 1
    assert str(row.id) in found[0] or getattr(row, "number", "-") in found[0]


def test_a_deleted_row_is_missed(busy: Resident) -> None:
    stay = Stay.objects.filter(void=True).order_by("id").first()
    assert stay is not None
    stay.delete()
    assert len(findings()) == 1


def test_looks_only_grow(busy: Resident) -> None:
    """On PostgreSQL the application's role may not, on SQLite the trail would tell."""
    if connection.vendor != "postgresql":
        Look.objects.filter(what="revealed").update(purpose="self")
        assert len(findings()) == 1
        return
    with pytest.raises(DatabaseError), transaction.atomic():
        Look.objects.all().delete()


def test_the_trail_holds_no_number_no_group_and_no_path(busy: Resident) -> None:
    for model in MODELS:
        fields = {field.attname for field in TRACKED[model._meta.label_lower].fields}
        assert not {"paper_number", "phone", "door", "group", "reason", "text_sealed", "county_id"} & fields
        assert not {name for name in fields if name.endswith("path")}, model
    assert check_holders(None) == []


def test_every_path_is_rewritten_with_a_merge_and_it_is_no_tampering(cast: Cast, busy: Resident) -> None:
    ours = {(one.model, one.field) for one in path_holders() if one.model.startswith("people.")}
    paths = {
        (f"people.{model.__name__}", field.name)
        for model in MODELS for field in model._meta.local_concrete_fields if field.name.endswith("path")
    }  # fmt: skip
    assert paths <= ours
    gone, into = cast.areas["v1"], cast.areas["v2"]
    area_merge(
        actor=cast.actor("system_admin"), area=gone, version=1, into=into, reason="撤并村", on=date(2026, 1, 1)
    )  # fmt: skip
    drain()
    row = Resident.objects.get(id=busy.id)
    assert row.registered_path.startswith(into.path)
    assert all(one.startswith(into.path) for one in Stay.objects.values_list("registered_path", flat=True) if one)
    assert Membership.objects.get().path.startswith(into.path)
    assert findings() == []
    officer = cast.actor("township_officer")
    listed = resident_page(officer, into, PeopleFilter(tab="registered"), today=today()).rows
    assert [one.id for one in listed] == [row.id]


def test_a_row_that_lies_elsewhere_is_named(cast: Cast, busy: Resident) -> None:
    people, homes, houses = (list(model.objects.all()) for model in (Resident, Dwelling, Household))
    for agree, rows in ((residents_agree, people), (dwellings_agree, homes), (households_agree, houses)):
        assert list(agree(rows)) == []  # type: ignore[operator]
    elsewhere = cast.areas["g3"].path
    Resident.objects.filter(id=busy.id).update(registered_path=elsewhere)
    Dwelling.objects.update(area_path=elsewhere)
    Household.objects.update(area_path=elsewhere)
    [one] = residents_agree(list(Resident.objects.all()))
    assert "户籍地的路径" in one
    assert "诸葛" not in one
    Resident.objects.filter(id=busy.id).update(registered_path=cast.areas["g1"].path, lives_path=elsewhere)
    [one] = residents_agree(list(Resident.objects.all()))
    assert "居住地的路径" in one
    assert len(findings()) == 3


def test_another_county_sees_nothing_of_it(busy: Resident, counties: dict[int, Any]) -> None:
    other = build_cast(counties[410927])
    with county(410927):
        for model in MODELS:
            assert not model.objects.exists()
        assert (
            resident_page(other.actor("county_centre"), other.areas["county"], PeopleFilter(), today=today()).rows == []
        )
