"""`manage.py bench_killed`: reads keys with the numbers that were told for them, as JSON on stdin; says what is wrong.

A report is one case with one step, text, entry of the trail, event and key, and its event is delivered in time.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Collection
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db.models import Q
from django.db.transaction import atomic

from shanzhi.cases.models import Case, CaseText, Step
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry

COUNTY: Final = 341181
PATIENCE: Final = 120
PART: Final = 500


class Command(BaseCommand):
    help = "Compares what reporters were told with what is there; prints JSON."

    def handle(self, **options: Any) -> None:
        acked: dict[str, str] = json.load(sys.stdin)
        with county(COUNTY, atomic=False):
            with atomic():
                wrong = wrongs(acked)
            began = time.monotonic()
            while (left := undelivered(acked)) and time.monotonic() - began < PATIENCE:
                time.sleep(0.5)
        if left:
            wrong.append(f"{left} events were not delivered within {PATIENCE} s")
        self.stdout.write(json.dumps({"wrong": wrong, "delivered_s": round(time.monotonic() - began, 1)}))


def wrongs(acked: dict[str, str]) -> list[str]:
    """A sentence for each report that is lost, has another number, or is there in part only."""
    found: list[str] = []
    keys = list(acked)
    for start in range(0, len(keys), PART):
        part = keys[start : start + PART]
        rows = dict(IdempotencyKey.objects.filter(key__in=part).values_list("key", "result_id"))
        cases = dict(Case.objects.filter(id__in=rows.values()).values_list("id", "number"))
        found += [f"lost: {key}" for key in part if rows.get(key) not in cases]
        found += [f"{key} got another number" for key, row in rows.items() if cases.get(row, acked[key]) != acked[key]]
        times = Counter(Case.objects.filter(number__in=[acked[key] for key in part]).values_list("number", flat=True))
        found += [f"{number} is there {many} times" for number, many in times.items() if many != 1]
        for name, counted in _parts(cases).items():
            found += [f"torn: {name} of {cases[row]} {counted[row]} times" for row in cases if counted[row] != 1]
    return found


def _parts(ids: Collection[int]) -> dict[str, Counter[int]]:
    reported = Q(code="cases.case.reported", subject_id__in=ids)
    return {
        "step": Counter(Step.objects.filter(case_id__in=ids, act="report").values_list("case_id", flat=True)),
        "text": Counter(CaseText.objects.filter(case_id__in=ids).values_list("case_id", flat=True)),
        "entry": Counter(
            Entry.objects.filter(object_type="cases.case", object_id__in=ids).values_list("object_id", flat=True)
        ),
        "event": Counter(OutboxEvent.objects.filter(reported).values_list("subject_id", flat=True)),
    }


def undelivered(acked: dict[str, str]) -> int:
    with atomic():
        ids = IdempotencyKey.objects.filter(key__in=list(acked)).values("result_id")
        return OutboxEvent.objects.filter(subject_id__in=ids, delivered_at=None).count()
