"""Which kinds the public is offered, and which one it becomes where the choice is left to the village."""

from collections.abc import Mapping
from typing import Final

from shanzhi.cases.kinds.registry import KindVersion
from shanzhi.cases.suggesting.suggest import likely_kind

CATCH_ALL: Final = "other"
COMPLAINT: Final = "complaint"


def offered(kinds: Mapping[str, KindVersion]) -> dict[str, KindVersion]:
    """Every kind that counts now but the complaint, which has a page of its own and never goes to the village."""
    return {code: kind for code, kind in kinds.items() if code != COMPLAINT}


def asks_nothing(kind: KindVersion) -> bool:
    """Whether a case of the kind may begin without an answer."""
    return not any(field.required or field.type == "stop" for field in kind.body.fields)


def kind_for(text: str, kinds: Mapping[str, KindVersion]) -> str:
    """What is not chosen is what the county's history finds likely, else 其他, else the first that asks nothing.

    A kind that has to ask something is taken by itself only where the county has no other. Empty without kinds.
    """
    simple = [code for code, kind in kinds.items() if asks_nothing(kind)]
    if not simple:
        return next(reversed(list(kinds)), "")
    likely = likely_kind(text)
    if likely in simple:
        return likely
    return CATCH_ALL if CATCH_ALL in simple else simple[0]
