"""The public counts through the API."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from shanzhi.access.api import Problem, operation
from shanzhi.access.permissions import PUBLIC
from shanzhi.portal.schemas import CountsOut
from shanzhi.portal.selectors import township_counts, township_get

router = Router(tags=["portal"])


@router.get(
    "portal/townships/{code}/counts",
    response={200: CountsOut, 404: Problem, 422: Problem},
    operation_id="township_counts",
    auth=None,
)
@operation(PUBLIC)
def counts(request: HttpRequest, county: Path[int], code: Annotated[str, Path(pattern=r"^\d{12}$")]) -> Any:
    """What the public start page shows of a township; open to everybody."""
    at, area = timezone.now(), township_get(code)
    return CountsOut.of(area, township_counts(area, at=at), at)
