"""What a phone may keep of a case: who called is masked, and what not everybody may read is left out."""

from dataclasses import replace
from typing import Any

from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.lib.masks import name_mask


def may_keep(case: Case) -> bool:
    """A kind that only some roles see is never kept."""
    return not case.seen_by


def as_copy(case: Case, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the case's page without numbers, whole names, people in answers and questions for some roles."""
    caller = context["caller"]
    if caller is not None:
        caller = replace(caller, name=name_mask(caller.name), phone="", may_reveal=False)
    fields = kind_of(case).fields_by_code
    open_answers = [
        line for line in context["answers"]
        if line.type != "person" and not (line.code in fields and fields[line.code].seen_by)
    ]  # fmt: skip
    return {**context, "caller": caller, "answers": open_answers, "draft_done": ""}
