"""The checker: what clients were told against what is in the database."""

from collections import Counter
from typing import Any

from shanzhi.cases.models import Case, CaseText, MonthCounter, Step
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.killing.world import A


def findings(book: dict[str, Any]) -> list[str]:
    """One sentence for each case that was lost, doubled, torn or never sent; empty when all is well."""
    wrong: list[str] = []
    with county(A):
        cases = {row.id: row for row in Case.objects.all()}
        by_key = Counter(row.body.partition("，")[0] for row in cases.values())
        number = {row.body.partition("，")[0]: row.number for row in cases.values()}
        sent, acked = set(book["sent"]), book["acked"]
        wrong += [f"phantom {key}" for key in by_key if key not in sent]
        wrong += [f"doubled {key}: {times}" for key, times in by_key.items() if times > 1]
        wrong += [f"lost {key}" for key in acked if key not in by_key]
        wrong += [f"other number {key}" for key in acked if key in number and number[key] != acked[key]]
        event = {"code": "cases.case.reported"}
        parts = {
            "step": Counter(Step.objects.filter(version=1, act="report").values_list("case_id", flat=True)),
            "text": Counter(CaseText.objects.values_list("case_id", flat=True)),
            "entry": Counter(Entry.objects.filter(object_type="cases.case").values_list("object_id", flat=True)),
            "event": Counter(OutboxEvent.objects.filter(**event).values_list("subject_id", flat=True)),
            "key": Counter(IdempotencyKey.objects.filter(operation="cases.report").values_list("result_id", flat=True)),
        }
        for part, found in parts.items():
            wrong += [f"torn: {part} of {cases[id].number} {found[id]} times" for id in cases if found[id] != 1]
            wrong += [f"torn: {part} without a case" for id in found if id not in cases]
        keys = dict(IdempotencyKey.objects.values_list("key", "result_id"))
        wrong += [f"key {key} names another case" for key in by_key if keys.get(key) not in cases]
        wrong += _numbers(
            [row.number for row in cases.values()], dict(MonthCounter.objects.values_list("month", "last"))
        )
    return wrong + verify_county(A).findings


def _numbers(numbers: list[str], last: dict[str, int]) -> list[str]:
    """A number that was given out in vain would be missed by those who count."""
    wrong = []
    for month, counted in last.items():
        here = sorted(int(number[5:]) for number in numbers if number.startswith(month))
        if here != list(range(1, counted + 1)):
            wrong.append(f"numbers of {month}: {len(here)} of 1-{counted}")
    return wrong
