"""Steps of a record as a chain (decision 7): each has a link over the one before, the record keeps the last."""

from collections.abc import Callable, Collection, Mapping
from typing import Any


def chain_fault(
    record: Any, steps: Mapping[int, Any], link_of: Callable[[str, Any], str], *, head: str, noun: str = ""
) -> str:
    """What is first wrong with the steps (by version) of a record with `version` and `history`; empty if nothing.

    `head` names the record in the sentence, `noun` says what its steps are.
    """
    link = ""
    for version in range(1, record.version + 1):
        step = steps.get(version)
        if step is None:
            return f"{head}的第 {version} 步{noun}不见了。"
        if link_of(link, step) != step.link:
            return f"{head}的第 {version} 步{noun}被改过。"
        link = step.link
    if _slipped_in(record, steps):
        return f"{head}多出了没有办过的步骤。"
    return "" if link == record.history else f"{head}的{noun or '经过'}和封存的指纹对不上。"


def _slipped_in(record: Any, versions: Collection[int]) -> bool:
    """Whether there are steps that the record knows nothing of. It is read again if there are more than it had:
    somebody may have acted since."""
    if len(versions) <= record.version:
        return False
    latest = type(record).objects.filter(id=record.id).values_list("version", flat=True).first() or 0
    return any(not 1 <= version <= latest for version in versions)
