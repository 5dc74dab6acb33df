"""The sealer killed with -9 at its worst moments: no seal is half there, and the next run goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from shanzhi.tenancy.context import county
from shanzhi.trail.bundle import bundle_path, read_bundle
from shanzhi.trail.models import Entry, Seal, SealItem
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.tests.factories import START, recorded_event
from shanzhi.trail.verifying import verify_county

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counties", "events")]
A = 341181
# Stops at the named function, says so, and waits to be killed.
SEALER = """
import sys, time
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from shanzhi.trail import sealing

def stop(*args, **kwargs):
    Path(sys.argv[2]).touch()
    time.sleep(60)

owner, _, name = sys.argv[1].rpartition(".")
setattr(getattr(sealing, owner).objects.__class__ if owner else sealing, name, stop)
sealing.seal_county(341181, at=timezone.now(), everything=True)
"""


def environment(folder: Path) -> dict[str, str]:
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{quote(str(Path(here['NAME']).resolve()))}"
    else:
        query = urlencode({"host": here["HOST"], "port": here["PORT"]})
        url = f"postgresql://{quote(here['USER'])}:{quote(here['PASSWORD'])}@/{here['NAME']}?{query}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "shanzhi.config.settings",
        "SHANZHI_DATABASE": url,
        "SHANZHI_SECRET_KEY": settings.SECRET_KEY,
        "SHANZHI_VAR": str(folder),
        "SHANZHI_NODES": "700-800",
    }


@pytest.mark.parametrize(
    ("moment", "sealed"),
    [("SealItem.bulk_create", 0), ("append_seals", 5)],
    ids=["the seal is written, its items are not", "all is committed, the copy outside is not"],
)
def test_killed(moment: str, sealed: int, var_dir: Path) -> None:
    with county(A):
        for number in range(5):
            recorded_event(number)
    reached = var_dir / "reached"
    process = subprocess.Popen(
        [sys.executable, "-c", SEALER, moment, str(reached)], cwd=settings.ROOT, env=environment(var_dir)
    )
    deadline = time.monotonic() + 30
    while not reached.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with county(A):
        assert (Entry.objects.count(), SealItem.objects.count()) == (5, sealed)
        assert Seal.objects.count() == (1 if sealed else 0)
    assert read_bundle(bundle_path(A)) == []
    assert seal_county(A, at=START, everything=True) == 5 - sealed
    assert [line["number"] for line in read_bundle(bundle_path(A))] == [1]
    assert verify_county(A).clean
