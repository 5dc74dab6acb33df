"""The steps of a line as a chain, as those of a case (decision 7): the line's digest in the trail proves each."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from shanzhi.duties.models import Line, LineStep
from shanzhi.lib.canonical import canonical
from shanzhi.trail.chains import chain_fault

PROVED: Final = (
    "id", "line_id", "version", "at", "actor_id", "post_id", "actor_name", "actor_title", "text", "nothing", "due_at",
    "asked_until",
)  # fmt: skip


def link_of(previous: str, step: LineStep) -> str:
    """SHA-256 over the link before and everything that a step says, in hexadecimal."""
    said = [getattr(step, name) for name in PROVED]
    said += [str(step.act), str(step.from_state), str(step.to_state)]
    return sha256(previous.encode() + canonical(said)).hexdigest()


def chained(previous: str, step: LineStep) -> str:
    """Set the link of a new step; it becomes the line's history."""
    step.link = link_of(previous, step)
    return step.link


def steps_agree(lines: Sequence[Line]) -> Iterator[str]:
    """A sentence for each line whose steps are not the ones that were written."""
    found: dict[int, dict[int, LineStep]] = {line.id: {} for line in lines}
    for one in LineStep.objects.filter(line_id__in=found):
        found[one.line_id][one.version] = one
    for line in lines:
        fault = chain_fault(line, found[line.id], link_of, head=f"交办清单行 {line.id} ")
        if fault:
            yield fault
