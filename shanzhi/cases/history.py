"""The steps of a case as a chain: the case's digest in the trail proves each of them, without an entry for each."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from shanzhi.cases.models import Case, Step
from shanzhi.lib.canonical import canonical
from shanzhi.trail.chains import chain_fault

PROVED: Final = (
    "id", "case_id", "version", "act", "at", "actor_id", "post_id", "actor_name", "actor_title", "text", "target",
    "satisfied", "from_state", "to_state", "was_due_at", "due_at", "done_at",
)  # fmt: skip


def link_of(previous: str, step: Step) -> str:
    """SHA-256 over the link before and everything that a step says, in hexadecimal."""
    said = [getattr(step, name) for name in PROVED]
    said[PROVED.index("act")] = str(step.act)
    said[PROVED.index("from_state")], said[PROVED.index("to_state")] = str(step.from_state), str(step.to_state)
    return sha256(previous.encode() + canonical(said)).hexdigest()


def chained(previous: str, steps: Sequence[Step]) -> str:
    """Set the links of new steps in their order; returns the last, which becomes the case's history."""
    for step in steps:
        previous = step.link = link_of(previous, step)
    return previous


def steps_agree(cases: Sequence[Case]) -> Iterator[str]:
    """A sentence for each case whose steps are not the ones that were written: the first that differs is named."""
    found: dict[int, dict[int, Step]] = {case.id: {} for case in cases}
    for one in Step.objects.filter(case_id__in=found):
        found[one.case_id][one.version] = one
    for case in cases:
        fault = chain_fault(case, found[case.id], link_of, head=f"事件 {case.code} ", noun="办理记录")
        if fault:
            yield fault
