"""The JSON twin of what a form shows while somebody types, and of the page that says how good it is."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema
from pydantic import Field

from shanzhi.access.api import WRITE_REFUSALS, actor_of, operation
from shanzhi.cases import permissions
from shanzhi.cases.suggesting.asking import answer
from shanzhi.cases.suggesting.duplicates import Likely
from shanzhi.cases.suggesting.forms import DEGREE, LONGEST, Typed
from shanzhi.cases.suggesting.suggest import Offer

router = Router()


class TypedIn(Schema):
    text: str = Field(max_length=LONGEST, description="what is being reported, as far as it is written")
    kind: str = Field("", max_length=40, description="code of the kind that is chosen already")
    area: str = Field("", max_length=15, description="code of the place; without one there are no units, no duplicates")
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)


class OfferOut(Schema):
    """`code` of a kind, or id of a unit; `words` say how sure that is: 很像, 可能, 也可能."""

    code: str
    label: str
    words: str

    @classmethod
    def of(cls, offer: Offer) -> "OfferOut":
        return cls(code=offer.code, label=offer.label, words=offer.words)


class DuplicateOut(Schema):
    """A case that is probably of the same matter; `words` say why."""

    code: str
    number: str
    title: str
    state: str
    words: str

    @classmethod
    def of(cls, one: Likely) -> "DuplicateOut":
        case = one.case
        return cls(code=case.code, number=case.number, title=case.title, state=case.state, words=one.words)


class SuggestionsOut(Schema):
    """Empty lists where nothing can be said. Nothing is decided by it: whoever reports chooses."""

    kinds: list[OfferOut]
    units: list[OfferOut]
    duplicates: list[DuplicateOut]


@router.post("/suggestions", response={200: SuggestionsOut, **WRITE_REFUSALS}, summary="What a text probably is")
@operation(permissions.REPORT)
def suggestions_read(request: HttpRequest, county: Path[int], body: TypedIn) -> SuggestionsOut:
    """Kind and unit from this county's own history, and likely duplicates that the caller may see. Stores nothing."""
    lon, lat = (None if one is None else round(one * DEGREE) for one in (body.lon, body.lat))
    typed = Typed(text=body.text, kind=body.kind, area=body.area, lon=lon, lat=lat)
    found = answer(actor_of(request), typed, at=timezone.now())
    return SuggestionsOut(
        kinds=[OfferOut.of(one) for one in found.suggestion.kinds],
        units=[OfferOut.of(one) for one in found.suggestion.units],
        duplicates=[DuplicateOut.of(one) for one in found.duplicates],
    )
