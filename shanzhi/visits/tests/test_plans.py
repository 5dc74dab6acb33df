"""What is read is entered by an index: of the place, of the person, of who went."""

from typing import Any

import pytest

from shanzhi.people.tests.world import ago, today
from shanzhi.staffing.tests.test_plans import plan, sent
from shanzhi.visits.planning import due_count, person_page, plan_of
from shanzhi.visits.selectors import MadeFilter, counts_of, last_answers, made_page, visits_of
from shanzhi.visits.tests.world import due, groups, make
from tests.cast import Cast

GROWING = ("visits_visit", "visits_asked", "people_membership", "people_resident", "cases_case", "people_dwelling")


def whole(text: str) -> list[str]:
    lines = [line.strip(" ->") for line in text.splitlines()]
    heads = tuple(f"{head} {name}" for head in ("SCAN", "Seq Scan on") for name in GROWING)
    return [line for line in lines if line.startswith(heads) and "USING" not in line]


@pytest.mark.parametrize("reads", range(7))
def test_nothing_is_read_from_end_to_end(cast: Cast, reads: int) -> None:
    groups(cast)
    row = due(cast, on=ago(1))
    make(cast, row)
    actor, leader = cast.actor("grid_worker"), cast.actor("county_leader")
    work: Any = (
        lambda: person_page(actor, state="due", today=today()), lambda: due_count(actor, today()),
        lambda: plan_of(actor, row), lambda: made_page(actor, MadeFilter(area=cast.areas["g1"])),
        lambda: visits_of(actor, row), lambda: last_answers(actor, row),
        lambda: counts_of(leader, cast.areas["county"], ago(30), today(), today()),
    )[reads]  # fmt: skip
    texts = [plan(sql) for sql in sent(work)]
    assert texts
    for text in texts:
        assert whole(text) == [], text
