"""`manage.py bench_flood`: so many public reports within a minute, through the service by which all come in.

Says on stdout, as JSON, how many came through, how many were held, and whether every receipt follows.
"""

import json
import re
import threading
import time
from argparse import ArgumentParser
from random import Random
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from bench.world import MATTERS
from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.gate.admitting import ProofNeeded
from shanzhi.cases.gate.challenges import CALENDAR, Proof
from shanzhi.cases.gate.grouping import LIKENESS
from shanzhi.cases.gate.holding import groups_for
from shanzhi.cases.gate.numerals import number_read
from shanzhi.cases.gate.receiving import report_or_hold
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Held, Receipt, Sender
from shanzhi.cases.permissions import REPORT
from shanzhi.cases.services import Report
from shanzhi.cases.taking.secrets import digest_of
from shanzhi.tenancy.context import county

COUNTY: Final = 341181
VILLAGES: Final = 20
ADDRESSES: Final = 2_000


def answer_to(words: str) -> str:
    """What a person answers; the sorts of questions are few, which is why there are limits beside them."""
    known = dict(CALENDAR)
    if words in known:
        return str(known[words])
    numbers = [
        number_read(part) or 0
        for part in re.split("加|减|、|等于几？|，哪个数最大？|后面的一个数是几？", words)
        if part
    ]
    if "最大" in words:
        return str(max(numbers))
    if "后面" in words:
        return str(numbers[0] + 1)
    return str(numbers[0] - numbers[1] if "减" in words else sum(numbers))


class Command(BaseCommand):
    help = "A flood of public reports, for a measurement; prints what became of it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reports", type=int, default=10_000)
        parser.add_argument("--seconds", type=float, default=60.0, help="they come evenly within so many")
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *, reports: int, seconds: float, threads: int, **options: Any) -> None:
        with county(COUNTY, atomic=False):
            with atomic():
                villages = list(Area.objects.filter(level="village", valid_to=None).order_by("path")[:VILLAGES])
            secrets: list[str] = []
            began = time.monotonic()
            workers = [
                threading.Thread(
                    target=self._send, args=(villages, range(n, reports, threads), reports, seconds, secrets)
                )
                for n in range(threads)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            took = time.monotonic() - began
            self.stdout.write(json.dumps({"sent": reports, "seconds": round(took, 1), **self._found(secrets)}))

    def _send(self, villages: list[Area], numbers: range, reports: int, seconds: float, secrets: list[str]) -> None:
        chance, began = Random(numbers.start), time.monotonic()
        with county(COUNTY, atomic=False):
            for number in numbers:
                time.sleep(max(0.0, began + seconds * number / reports - time.monotonic()))
                secrets.append(self._one(villages[number % len(villages)], number, chance))
        connection.close()

    def _one(self, area: Area, number: int, chance: Random) -> str:
        """From a browser of its own, behind one of some thousand addresses; whoever is asked for work does it."""
        _, title, body = chance.choice(MATTERS)
        who = Visitor(f"{chance.randrange(ADDRESSES):064x}", f"{number:064x}")
        actor = Actor.public(COUNTY, granted={REPORT}, device=who.device)
        report = Report(body=f"{title}，{body}。第{number}个", kind="other", source="resident")
        proof: Proof | None = None
        while True:
            try:
                with atomic():
                    return report_or_hold(
                        actor=actor, report=report, area=area, visitor=who, proof=proof, at=timezone.now()
                    ).secret
            except ProofNeeded as error:
                proof = self._proved(error)

    def _proved(self, error: ProofNeeded) -> Proof:
        """The work is the browser's, not the server's: what is measured is asked the question, whose answer we read."""
        return Proof(error.challenge.question, answer_to(error.challenge.words))

    def _found(self, secrets: list[str]) -> dict[str, Any]:
        digests = [digest_of(secret) for secret in secrets]
        with atomic():
            followed = 0
            for start in range(0, len(digests), 500):
                part = Q(digest__in=digests[start : start + 500])
                followed += Receipt.objects.filter(part).count() + Held.objects.filter(part, case=None).count()
            began = time.monotonic()
            groups = len(groups_for(Actor.system(COUNTY), LIKENESS))
            return {
                "cases": Sender.objects.count(), "held": Held.objects.count(), "receipts": len(secrets),
                "follow": followed, "groups": groups, "grouped_s": round(time.monotonic() - began, 2),
                "limit": settings.GATE["county"],
            }  # fmt: skip
