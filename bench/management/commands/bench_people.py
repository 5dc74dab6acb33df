"""`manage.py bench_people`: a county's population list is written, goes through the jobs of an import, is searched.

Says on stdout, as JSON, how long it took and what it counted, or who may look for whom.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand
from django.db.transaction import atomic
from django.utils import timezone

from bench import residents
from bench.management.commands.bench_seed import COUNTY, SINCE, caller, open_county
from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.selectors import actor_for
from shanzhi.areas.models import Area
from shanzhi.lib.times import local
from shanzhi.people.finding.services import search_keep
from shanzhi.people.importing import running, services
from shanzhi.people.models import Resident
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County


class Command(BaseCommand):
    requires_system_checks = []  # no pages are loaded for them: a worker of the queue has none
    help = "open a county, write a list, run its import, or make a site to search: for measurements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("work", choices=["open", "write", "run", "site"])
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--rows", type=int, default=0)
        parser.add_argument("--first", type=int, default=0, help="number of the first person")

    def handle(self, *, work: str, file: Path, rows: int, first: int, **options: Any) -> None:
        if work == "open" and not County.objects.filter(id=COUNTY).exists():
            open_county(timezone.now())
        with county(COUNTY, atomic=False):
            told: dict[str, Any] = {}
            if work == "write":
                with atomic():
                    rows_of = Area.objects.filter(level="village").order_by("path")
                    villages = list(rows_of.values_list("code", flat=True))
                put = residents.xlsx_write if file.suffix == ".xlsx" else residents.csv_write
                put(file, rows, villages, first)
            elif work == "run":
                told = imported(file)
            elif work == "site":
                told = site()
            self.stdout.write(json.dumps(told))


def official(role: str, area: Area) -> Actor:
    """Somebody of this role at the place; made where nobody is."""
    post = Post.objects.filter(role=role, area=area, user__username__startswith="bench.").select_related("user").first()
    if post is None:
        now = timezone.now()
        told = {"name": "测量员", "password": "!", "home_county": COUNTY, "created_at": now}
        user = User.objects.create(username=f"bench.{area.code}", **told)
        told = {"area_path": area.path, "valid_from": SINCE, "granted_at": now}
        post = Post.objects.create(user=user, role=role, area=area, **told)
    return actor_for(user=post.user, county_id=COUNTY, at=timezone.now())


def imported(path: Path) -> dict[str, Any]:
    with atomic():
        actor, now = official("command_centre", Area.objects.get(level="county")), timezone.now()
    with path.open("rb") as stream:
        sent = services.import_send(actor=actor, upload=File(stream, path.name), as_of=local(now).date())
    args: dict[str, Any] = {"import_id": sent.id, "actor": actor, "at": now, "progress": lambda done, total: None}
    check, sent = timed(lambda: running.check_run(**args))
    with atomic():
        services.import_apply(actor=actor, sent=sent, version=sent.version)
    apply, sent = timed(lambda: running.apply_run(**args))
    return {
        "check_s": round(check, 2), "apply_s": round(apply, 2), "cpu_s": round(time.process_time(), 1),
        "state": sent.state, **sent.counts,
    }  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.monotonic()
    found = work()
    return time.monotonic() - began, found


def site() -> dict[str, Any]:
    """Who may look, with a search of each kind that lies ready."""
    now, people = timezone.now(), {}
    with atomic():
        places = {"county": Area.objects.get(level="county"), "village": Area.objects.filter(level="village")[0]}
        kinds = {**residents.kinds(), "address": f"{places['village'].name} 1组"}
        for who, area in places.items():
            actor = official("command_centre" if who == "county" else "village_clerk", area)
            user = User.objects.get(id=actor.user_id or 0)
            kept = {kind: str(search_keep(actor=actor, text=text, at=now).id) for kind, text in kinds.items()}
            people[who] = {**caller(Actor.system(COUNTY), user, now), "searches": kept}
        return {"county": COUNTY, "residents": Resident.objects.count(), "people": people}
