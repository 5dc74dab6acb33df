"""Whatever is done to the staff, the trail verifies; what is done past the services is named; a merge is no fraud."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from shanzhi.areas.registry import path_holders
from shanzhi.areas.services import area_merge
from shanzhi.jobs.testing import drain
from shanzhi.staffing import services
from shanzhi.staffing.models import Assignment, AssignmentAct, PhoneShown, RuleEntry
from shanzhi.staffing.selectors import StaffFilter, as_of, holder_list, rule_on
from shanzhi.staffing.services import Term
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from shanzhi.staffing.trails import paths_agree
from shanzhi.tenancy.context import county, current
from shanzhi.trail.trails import CODE_LABELS, TRACKED
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast, build_cast


@pytest.fixture
def busy(cast: Cast, appoint: Appoint) -> Assignment:
    """Everything was done once."""
    row, centre = appoint("police", "v1", phone="13955501234", last=days(40)), cast.actor("county_centre")
    details = services.Details("孙志萍", "派出所")
    services.assignment_correct(actor=centre, number=row.id, version=1, details=details, at=NOW)
    term = Term(row.valid_from, days(50))
    services.assignment_set_term(actor=centre, number=row.id, version=2, term=term, reason="写错", at=NOW)
    services.assignment_renew(actor=centre, number=row.id, version=3, valid_to=days(500), at=NOW)
    services.phone_show(actor=centre, number=row.id, purpose="case", at=NOW)
    services.assignment_end(actor=centre, number=row.id, version=4, reason="调离", at=NOW)
    services.assignment_renew(actor=centre, number=row.id, version=5, valid_to=None, at=NOW)
    services.rule_set(actor=centre, role="police", level="village", least=1, reason="一村一警", at=NOW)
    return Assignment.objects.get(id=row.id)


LABELS = tuple(str(model._meta.verbose_name) for model in (Assignment, AssignmentAct, RuleEntry, PhoneShown))


def findings() -> list[str]:
    """What the verifier says of the staffing; the cast itself was put there past the services."""
    return [one for one in verify_county(current()).findings if one.startswith(LABELS)]


def test_what_was_done_by_services_verifies(busy: Assignment) -> None:
    assert findings() == []
    for model in (Assignment, AssignmentAct, RuleEntry, PhoneShown):
        assert model._meta.label_lower in TRACKED
    assert {code for code in CODE_LABELS if code.startswith("staffing.")} >= {
        f"staffing.assignment.{act}" for act in AssignmentAct.Act.values
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "别人"},
        {"valid_to": date(2099, 1, 1)},
        {"phone_index": "0" * 64},
        {"role": "chief"},
        {"ended_on": None},
    ],
)
def test_what_was_altered_past_them_is_named_by_its_number_alone(busy: Assignment, changes: dict[str, Any]) -> None:
    Assignment.objects.filter(id=busy.id).update(**changes)
    found = findings()
    assert len(found) == 1
    assert str(busy.id) in found[0]
    assert busy.name not in found[0]


def test_the_trail_holds_neither_the_number_nor_the_path(busy: Assignment) -> None:
    fields = {field.attname for field in TRACKED["staffing.assignment"].fields}
    assert not {"phone", "area_path", "county_id"} & fields
    assert {"phone_index", "name", "area_id", "ended_on"} <= fields


def test_the_history_only_grows(busy: Assignment) -> None:
    """On PostgreSQL the application's role may not, on SQLite the trail would tell."""
    if connection.vendor != "postgresql":
        AssignmentAct.objects.filter(act="ended").update(note="别的")
        assert len(findings()) == 1
        return
    for model in (AssignmentAct, RuleEntry, PhoneShown):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_a_row_that_lies_elsewhere_is_named(cast: Cast, busy: Assignment) -> None:
    assert list(paths_agree(list(Assignment.objects.all()))) == []
    Assignment.objects.filter(id=busy.id).update(area_path=cast.areas["county"].path)
    assert len(list(paths_agree(list(Assignment.objects.all())))) == 1
    assert any("驻村民警" in sentence for sentence in findings())


def test_a_merge_takes_the_staff_along_and_is_no_tampering(cast: Cast, appoint: Appoint) -> None:
    assert ("staffing.Assignment", "area_path") in {(one.model, one.field) for one in path_holders()}
    inside, village = appoint("instructor", "g2", name="甲"), appoint("police", "v2", name="乙")
    area_merge(
        actor=cast.actor("system_admin"), area=cast.areas["v2"], version=1, into=cast.areas["v1"], reason="撤并村",
        on=date(2026, 1, 1),
    )  # fmt: skip
    assert list(paths_agree([inside, village])) == []
    drain()
    rows = {row.name: row.area_path for row in Assignment.objects.all()}
    assert rows["乙"] == cast.areas["v1"].path
    assert rows["甲"].startswith(cast.areas["v1"].path)
    assert list(paths_agree(list(Assignment.objects.all()))) == []


def test_another_county_sees_and_counts_nothing_of_it(busy: Assignment, counties: dict[int, Any]) -> None:
    other = build_cast(counties[410927])
    with county(410927):
        assert not Assignment.objects.exists()
        assert not RuleEntry.objects.exists()
        listed = holder_list(other.actor("county_centre"), StaffFilter(state="all"), as_of(NOW), limit=99)
        assert listed
        assert busy.name not in {one.name for one in listed}
        assert {one.area.county_id for one in listed} == {410927}
        assert rule_on(TODAY).needs("village") == {}
