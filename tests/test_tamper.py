"""Whoever changes history with full power over the database is found out: `verify_trail` names what was altered.

Real cases after some acts, sealed twice; then one thing is changed behind the application's back.
"""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from shanzhi.cases.models import Assignment, Case, CaseText, Step
from shanzhi.cases.services import case_accept, case_dispatch, case_handle, case_start, case_verify
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry, Seal, SealItem
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.tests.tampering import tamper
from tests.cast import Cast, build_cast, report
from tests.killing.world import with_trail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
A, B = 341181, 410927
EVERYTHING = "全部相符"


@dataclass
class House:
    """The first county with a handled case and a fresh one; the second one with a case of its own."""

    cast: Cast
    handled: Case
    fresh: Case
    foreign: Case

    def entry(self, code: str, case: Case) -> Entry:
        with county(A):
            return Entry.objects.get(code=code, object_id=case.id)


@pytest.fixture
def house(counties: Any, settings: Any, tmp_path: Path) -> House:
    settings.VAR_DIR = tmp_path
    casts = {number: build_cast(counties[number]) for number in (A, B)}
    for cast in casts.values():
        with_trail(cast)
    cast = casts[A]
    clerk, worker = cast.actor("village_clerk"), cast.actor("grid_worker")
    with county(A):
        case = report(cast)
        case = case_accept(actor=clerk, case=case, version=1)
        case = case_dispatch(actor=clerk, case=case, version=2, area=cast.areas["g1"])
    seal_county(A, at=timezone.now())
    with county(A):
        case = case_start(actor=worker, case=Case.objects.select_related("owner").get(id=case.id), version=3)
        case = case_handle(actor=worker, case=case, version=4, text="已换新井盖")
        case = case_verify(actor=clerk, case=case, version=5)
        fresh = report(cast, spot="李庄组桥头")
        handled = Case.objects.get(id=case.id)
    with county(B):
        foreign = report(casts[B])
    for number in (A, B):
        seal_county(number, at=timezone.now())
    return House(cast, handled, fresh, foreign)  # outside any transaction: the tampering comes over another connection


def verify(*arguments: str) -> tuple[int, list[str]]:
    """Exit code and what the command said, a sentence a line."""
    said = StringIO()
    try:
        call_command("verify_trail", *arguments, stdout=said)
        code = 0
    except SystemExit as exit:
        code = int(str(exit.code))
    return code, said.getvalue().splitlines()


def found() -> list[str]:
    """The findings, once it is sure that there are some, and none in the county that nobody touched."""
    code, lines = verify()
    assert code == 1
    assert verify("--county", str(B))[0] == 0
    assert not any(line.startswith(str(B)) and EVERYTHING not in line for line in lines)
    return [line for line in lines if not line.startswith((str(A), str(B)))]


def changed(table: str, statement: str, *params: Any) -> None:
    assert tamper(table, statement, params) == 1


def test_an_honest_house_is_clean(house: House) -> None:
    code, lines = verify()
    assert code == 0
    assert [line.split("：")[0] for line in lines] == [str(A), str(B)]
    assert all(EVERYTHING in line for line in lines)


@pytest.mark.parametrize(
    ("column", "value"),
    [("title", "没有这回事"), ("state", "closed"), ("urgent", True), ("received_at", "2020-01-01 00:00:00+00:00")],
)
def test_a_changed_case_is_named(house: House, column: str, value: Any) -> None:
    changed(
        "cases_case",
        f"UPDATE cases_case SET {column} = %s WHERE county_id = %s AND id = %s",
        value,
        A,
        house.handled.id,
    )
    (sentence,) = found()
    last = house.entry("cases.case.verified", house.handled)
    assert "的内容被改动，与最近一次留痕" in sentence
    assert str(last.id) in sentence
    assert house.handled.number in sentence or house.handled.title in sentence or str(house.handled.id) in sentence


def test_a_changed_entry_with_its_leaf_is_named_by_its_seal(house: House) -> None:
    """Somebody puts another person's name under an act, and computes the leaf anew as we do."""
    entry = house.entry("cases.case.dispatched", house.handled)
    entry.actor_id = house.cast["branch_secretary"].user.pk
    statement = "UPDATE trail_entry SET actor_id = %s, leaf = %s WHERE county_id = %s AND id = %s"
    changed("trail_entry", statement, entry.actor_id, entry.computed_leaf(), A, entry.id)
    (sentence,) = found()
    assert str(entry.id) in sentence
    assert "第 1 号封存之后被改动" in sentence


def test_a_removed_sealed_entry_is_named(house: House) -> None:
    entry = house.entry("cases.case.accepted", house.handled)
    with county(A):
        seal = SealItem.objects.select_related("seal").get(entry_id=entry.id).seal
    changed("trail_entry", "DELETE FROM trail_entry WHERE county_id = %s AND id = %s", A, entry.id)
    (sentence,) = found()
    assert str(entry.id) in sentence
    assert f"第 {seal.number} 号封存" in sentence
    assert "已被删除" in sentence


def test_a_removed_case_is_named(house: House) -> None:
    """With all that hangs on it, so that no foreign key gives it away."""
    number = house.fresh.id
    for model in (CaseText, Step, Assignment):
        table = model._meta.db_table
        tamper(table, f"DELETE FROM {table} WHERE county_id = %s AND case_id = %s", (A, number))
    changed("cases_case", "DELETE FROM cases_case WHERE county_id = %s AND id = %s", A, number)
    (sentence,) = found()
    assert f"事件（编号 {number}）已被删除，没有删除的留痕" in sentence
    assert str(house.entry("cases.case.reported", house.fresh).id) in sentence


def test_a_post_that_somebody_gave_himself_is_named(house: House) -> None:
    """The most tempting change of all: another role in the same row."""
    post = house.cast["resident"].post
    changed(
        "accounts_post", "UPDATE accounts_post SET role = 'security_admin' WHERE county_id = %s AND id = %s", A, post.id
    )
    (sentence,) = found()
    assert "的内容被改动，与最近一次留痕" in sentence


def test_a_case_that_was_slipped_in_is_named(house: House) -> None:
    """A copy under another id and number, never reported by anybody."""
    columns = [
        field.column
        for field in Case._meta.local_fields
        if not field.generated and field.column not in ("id", "number")
    ]
    wanted = ", ".join(columns)
    copy = f"SELECT %s, %s, {wanted} FROM cases_case WHERE county_id = %s AND id = %s"
    statement = f"INSERT INTO cases_case (id, number, {wanted}) {copy}"
    changed("cases_case", statement, house.fresh.id + 1, "2001-9999", A, house.fresh.id)
    row, steps = sorted(found(), key=lambda sentence: "第 1 步" in sentence)
    assert "没有任何留痕，是绕过系统写入的" in row
    assert steps == f"事件 {A}-2001-9999 的第 1 步办理记录不见了。"


def test_everything_rewritten_inside_differs_from_the_copy_outside(house: House, tmp_path: Path) -> None:
    """A seal that is gone from the database is still in the copy that left it."""
    bundle = tmp_path / "elsewhere.jsonl"
    bundle.write_bytes((tmp_path / "seals" / f"{A}.jsonl").read_bytes())
    assert verify("--county", str(A), "--bundle", str(bundle))[0] == 0
    with county(A):
        seal = Seal.objects.get(number=2)
    statement = "DELETE FROM trail_sealitem WHERE county_id = %s AND seal_id = %s"
    assert tamper("trail_sealitem", statement, (A, seal.id)) == seal.count
    changed("trail_seal", "DELETE FROM trail_seal WHERE county_id = %s AND number = 2", A)
    code, lines = verify("--county", str(A), "--bundle", str(bundle))
    assert code == 1
    assert any("第 2 号封存已被删除" in line for line in lines)
