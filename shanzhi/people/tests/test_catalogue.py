"""The words of the registers, held against the standards that they come from and against the contract, by hand."""

import pytest

from shanzhi.access.permissions import ADMINISTRATORS, PERMISSIONS
from shanzhi.people.catalogue import Change, Papers, Population, Relation, Sex
from shanzhi.people.models import Look, Request
from shanzhi.people.permissions import CARE, COUNTS, EDIT, EXPORT, IMPORT, REVEAL, RIGHTS, VIEW


def test_relations_are_the_first_digits_of_the_standard() -> None:
    """GB/T 4761: 0 本人或户主, 1 配偶, 2 子, 3 女, 4 孙子、孙女等, 5 父母, 6 祖父母等, 7 兄弟姐妹, 8 其他."""
    assert Relation.values == [str(number) for number in range(9)]
    assert Relation("0").label == "户主"
    assert Relation("5").label == "父母"


def test_sex_is_that_of_the_standard() -> None:
    """GB/T 2261.1: 0 未知, 1 男, 2 女, 9 未说明."""
    assert dict(Sex.choices) == {"0": "未知", "1": "男", "2": "女", "9": "未说明"}


@pytest.mark.parametrize("words", [Change, Papers, Population, Look.What, Look.Purpose, Request.Kind, Request.State])
def test_no_two_words_are_the_same(words: type[Change]) -> None:
    labels = [label for _, label in words.choices]
    assert len(set(labels)) == len(labels)
    assert all(label and "_" not in label for label in labels)


@pytest.mark.parametrize("code", [VIEW, EDIT, CARE, REVEAL, IMPORT, EXPORT, RIGHTS, COUNTS])
def test_no_administrator_and_no_citizen_holds_a_permission_of_the_registers(code: str) -> None:
    roles = PERMISSIONS[code].roles
    assert not roles & ADMINISTRATORS
    assert not roles & {"resident", "volunteer", "accountant", "supervisor", "department_handler"}


def test_whoever_sees_no_person_gets_figures_at_most() -> None:
    for watcher in ("county_leader", "auditor"):
        held = {code for code in PERMISSIONS if code.startswith("people.") and watcher in PERMISSIONS[code].roles}
        assert held == {COUNTS}


def test_whoever_writes_may_look() -> None:
    for code in (EDIT, CARE, REVEAL, RIGHTS, EXPORT):
        assert PERMISSIONS[code].roles <= PERMISSIONS[VIEW].roles
