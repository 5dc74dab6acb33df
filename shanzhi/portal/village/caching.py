"""Pages that are the same for every stranger may be kept for a minute."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers

from shanzhi.access.pages import CountyRequest

SECONDS: Final = 60
View = Callable[..., HttpResponseBase]


def cached_for_strangers(view: View) -> View:
    """`public, max-age=60` for whoever has no session; every choice of letters and contrast is an answer of its own.

    Put it below `page`. What carries a form with a token is never kept, as it would hand one token to many.
    """

    @wraps(view)
    def cached(request: CountyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        stranger = settings.SESSION_COOKIE_NAME not in request.COOKIES and "Authorization" not in request.headers
        if stranger and response.status_code == 200 and not response.cookies:
            response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
        return response

    return cached
