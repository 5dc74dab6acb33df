"""Headers of every answer: nothing is loaded from elsewhere, no script or style inside a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

TILES = "https://*.tianditu.gov.cn"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def policy() -> str:
    """With a key of 天地图 pictures may come from there too, and from nowhere else."""
    if not settings.SHANZHI_TIANDITU_KEY:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {TILES}")


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store" if request.path_info != "/" else "no-cache"
        return response
