"""How the system is, for whoever watches it. Both pages belong to no county and hold nothing about a person."""

from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import not_found, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.operations.health import health
from shanzhi.operations.metrics import TYPE, metrics_text


@page(PUBLIC)
@require_safe
def health_show(request: HttpRequest) -> HttpResponse:
    """Everything: for monitoring and for people. 503 if something is bad; what is only due soon stays 200."""
    return _shown(request, ready_only=False)


@page(PUBLIC)
@require_safe
def ready_show(request: HttpRequest) -> HttpResponse:
    """Only that without which nothing can be served: for a load balancer, which must not act on a late backup."""
    return _shown(request, ready_only=True)


def _shown(request: HttpRequest, *, ready_only: bool) -> HttpResponse:
    """A page for a browser, JSON for everybody else. Without a session: the database may be what is missing."""
    found = health(at=timezone.now(), ready_only=ready_only)
    response: HttpResponse
    if "text/html" in request.headers.get("Accept", ""):
        words = {"health": found, "now": timezone.now()}
        response = HttpResponse(render_to_string("operations/health.html", words), status=found.status)
    else:
        response = JsonResponse(found.as_json(), status=found.status, json_dumps_params={"ensure_ascii": False})
    response["Vary"] = "Accept"
    return response


@page(PUBLIC)
@require_safe
def metrics_show(request: HttpRequest) -> HttpResponse:
    """Prometheus text for whoever has the token of the settings; without one there is no such page."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if not token or not compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise not_found()
    return HttpResponse(metrics_text(at=timezone.now()), content_type=TYPE)
