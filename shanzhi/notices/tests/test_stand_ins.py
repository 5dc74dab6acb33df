"""代班: the colleague and the substitute are told, whoever arranged it is not."""

from shanzhi.accounts import services
from shanzhi.accounts.tests.conftest import *  # noqa: F403 - the town with its people
from shanzhi.accounts.tests.factories import actor_of, hand
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Notice


def notices():
    return {(row.recipient_id, row.title) for row in Notice.objects.all()}


def test_asked_by_the_colleague(town, worker, clerk):
    standin = hand(town, worker, worker, clerk, reason="去县里培训")
    drain()
    assert notices() == {(clerk.pk, f"请你替{worker.name}代班")}
    row = Notice.objects.get()
    assert "去县里培训" in row.body
    assert row.path.endswith("/stand-ins/")
    assert (row.object_type, row.object_id) == ("accounts.standin", standin.id)


def test_arranged_from_above(town, worker, clerk, officer):
    hand(town, officer, worker, clerk)
    drain()
    assert notices() == {(clerk.pk, f"请你替{worker.name}代班"), (worker.pk, f"{clerk.name}替你代班")}


def test_ended_early(town, worker, clerk):
    standin = hand(town, worker, worker, clerk)
    drain()
    Notice.objects.all().delete()
    services.standin_end(actor=actor_of(town, worker), standin_id=standin.id, version=0)
    drain()
    assert notices() == {(clerk.pk, f"你不用再替{worker.name}代班")}
    assert "已提前结束" in Notice.objects.get().body


def test_told_again_it_adds_nothing(town, worker, clerk):
    hand(town, worker, worker, clerk)
    drain()
    drain()
    assert Notice.objects.count() == 1
