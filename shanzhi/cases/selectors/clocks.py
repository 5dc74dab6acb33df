"""What stands beside a case about its time: supervisions, and who asked for more."""

from shanzhi.cases.models import Case, Extension, Supervision


def supervisions_of(case: Case) -> list[Supervision]:
    """All of them, the newest first."""
    rows = Supervision.objects.filter(case_id=case.id).select_related("area")
    return sorted(rows, key=lambda row: (row.opened_at, row.id), reverse=True)


def extensions_of(case: Case) -> list[Extension]:
    """All of them, the newest first."""
    return sorted(Extension.objects.filter(case_id=case.id), key=lambda row: (row.asked_at, row.id), reverse=True)


def asked_for(case: Case) -> Extension | None:
    """The extension that waits for a decision."""
    return next((row for row in extensions_of(case) if row.state == Extension.State.ASKED), None)


def next_supervision(case: Case) -> Supervision | None:
    """The demand that is answered next: the oldest open one."""
    waiting = [row for row in supervisions_of(case) if row.answered_at is None]
    return waiting[-1] if waiting else None
