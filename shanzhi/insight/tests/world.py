"""A few cases of every fate, for tests that look at figures."""

from datetime import timedelta

from django.utils import timezone

from shanzhi.cases.callbacks.services import Answers, callback_open, callback_record
from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.rates.test_counting import to_close
from shanzhi.cases.tests.taking.people import taken
from shanzhi.lib.clocks import Span
from tests.cast import Cast, report


def fates(cast: Cast) -> dict[str, Case]:
    """Waiting, overdue, closed in time and late, reopened, given back, rejected, merged, split, rated and called."""
    at = timezone.now() - timedelta(days=10)
    made = {name: report(cast, place=place, by=by, at=at) for name, place, by in (
        ("waiting", "g1", "grid_worker"), ("closed", "g1", "grid_worker"), ("reopened", "g1", "grid_worker"),
        ("back", "g1", "grid_worker"), ("rejected", "g1", "grid_worker"), ("merged", "g1", "grid_worker"),
        ("rated", "v1", "resident"), ("elsewhere", "g2", "township_officer"),
    )}  # fmt: skip
    for name in ("closed", "reopened", "rated"):
        to_close(cast, made[name], at)
    act(cast, "village_clerk", "reopen", made["reopened"], text="又坏了", at=at + timedelta(days=2))
    act(cast, "village_clerk", "accept", made["back"], at=at)
    limit = Span.parse("24 hours")
    act(cast, "village_clerk", "dispatch", made["back"], area=cast.areas["g1"], limit=limit, at=at)
    act(cast, "grid_worker", "return", made["back"], text="不归我们", at=at + timedelta(hours=3))
    act(cast, "village_clerk", "dispatch", made["back"], area=cast.areas["g4"], limit=limit, at=at + timedelta(hours=9))
    act(cast, "village_clerk", "reject", made["rejected"], text="不归这里", at=at)
    act(cast, "village_clerk", "merge", made["merged"], into=made["waiting"], text="同一件", at=at)
    Case.objects.filter(id=made["rated"].id).update(contacted_at=at + timedelta(hours=2))
    Case.objects.filter(id=made["rated"].id).update(rated_at=at + timedelta(days=1), satisfied=True)
    made["called"] = to_close(cast, taken(cast), timezone.now())
    officer = cast.actor("township_officer")
    for name, satisfied in (("rated", False), ("called", True)):
        row = callback_open(actor=officer, case=made[name])
        callback_record(
            actor=officer, case=made[name], version=row.version, answers=Answers("reached", "yes", satisfied, satisfied)
        )
    return {name: Case.objects.get(id=case.id) for name, case in made.items()}
