"""Who may see the files of what: each owner's app answers for its own records.

A file itself knows no rule. The app that owns the record registers, in its `guards.py`, whether an actor may see that
record; without an answer the file is absent for everybody.
"""

from collections.abc import Callable
from typing import Final

from shanzhi.access.actor import Actor

Guard = Callable[[Actor, int], bool]
FileGuard = Callable[[Actor, int, int], bool]

_guards: Final[dict[str, Guard]] = {}
_file_guards: Final[dict[str, FileGuard]] = {}


def register(owner_type: str, guard: Guard, *, each: FileGuard | None = None) -> None:
    """`owner_type` is the owner's `label_lower`, such as cases.case; one guard each, a second one is a mistake.

    `each` answers for one file of an owner, where a single one may be withheld: actor, owner's id, file's id.
    """
    if _guards.get(owner_type, guard) is not guard:
        raise ValueError(f"{owner_type} has a guard already")
    _guards[owner_type] = guard
    if each is not None:
        _file_guards[owner_type] = each


def may_see(actor: Actor, owner_type: str, owner_id: int, file_id: int | None = None) -> bool:
    """False for an owner that nobody answers for."""
    each = _file_guards.get(owner_type)
    if each is not None and file_id is not None:
        return each(actor, owner_id, file_id)
    guard = _guards.get(owner_type)
    return guard is not None and guard(actor, owner_id)
