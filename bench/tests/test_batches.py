"""The requests that dispatch five hundred cases."""

import json

from bench.batches import CHUNK, ROUNDS, ROWS, calls
from bench.tests.test_cases import SITE
from shanzhi.cases.worklists.api import BatchIn
from shanzhi.cases.worklists.batches import CHUNK as HOUSE_CHUNK

CASES = [{"number": f"2611-{n:04d}", "version": 2} for n in range(1, ROWS + 1)]


def test_they_are_as_long_as_a_chunk_of_the_house() -> None:
    assert CHUNK == HOUSE_CHUNK
    assert len(calls(SITE, CASES)) == ROWS // CHUNK
    assert ROUNDS > 1


def test_every_case_is_in_one_of_them_and_each_has_a_key() -> None:
    found = calls(SITE, CASES)
    bodies = [BatchIn(**json.loads(call.body or b"")) for call in found]
    assert [one.number for body in bodies for one in body.cases] == [one["number"] for one in CASES]
    assert len({call.headers["Idempotency-Key"] for call in found}) == len(found)
    assert {body.unit for body in bodies} == {SITE["unit"]}


def test_an_answer_counts_only_if_every_row_was_done() -> None:
    assert {call.holds for call in calls(SITE, CASES)} == {b'"done": 100,'}
