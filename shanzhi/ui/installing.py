"""What makes the pages an app on a phone: the service worker and the manifest. Both are the same for everybody."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from shanzhi.ui.templatetags.ui import asset_url

PUBLIC = "public"
WORKER: Final = "ui/dist/worker.js"
ASSETS: Final = ("ui/dist/phone.css", "ui/dist/phone.js", "ui/icons.svg", "ui/favicon.svg")
ICONS: Final = ((192, "any"), (512, "any"), (512, "maskable"))
COLOUR: Final = "#1f6f5c"


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that its scope is the whole site; it begins with what it has to keep.

    Any change of a kept file changes the worker itself, so that a browser takes the new ones.
    """
    text = _worker(settings.STATIC_URL or "") if not settings.DEBUG else _made()
    if not text:
        raise Http404
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=2)
def _worker(static_url: str) -> str:
    return _made()


def _made() -> str:
    """Empty where the front end is not built."""
    found = finders.find(WORKER)
    if not found:
        return ""
    code = Path(str(found)).read_text(encoding="utf-8")
    assets = [asset_url(path) for path in ASSETS]
    shell = {"assets": assets, "offline": reverse("ui:offline")}
    mark = sha256(f"{json.dumps(shell)}{code}".encode()).hexdigest()[:12]
    return f"self.SHELL={json.dumps({**shell, 'version': mark})};\n{code}"


@require_GET
def manifest(request: HttpRequest, **kwargs: Any) -> JsonResponse:
    """The app that a phone installs: of a county its own start page, without one the login."""
    county = getattr(request, "county", None)
    start = f"/{county.id}/home/" if county is not None else "/accounts/"
    name = f"善治·{county.name}" if county is not None else "善治"
    body = {
        "id": start,
        "name": name,
        "short_name": "善治",
        "lang": "zh-CN",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "theme_color": "#ffffff",
        "background_color": "#f4f6f8",
        "icons": [_icon(size, purpose) for size, purpose in ICONS],
    }
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False}, content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "max-age=3600"
    return answer


def _icon(size: int, purpose: str) -> dict[str, str]:
    name = f"ui/icon-{size}{'-maskable' if purpose == 'maskable' else ''}.png"
    return {"src": asset_url(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


for view in (worker, manifest):
    view.permission = PUBLIC  # type: ignore[attr-defined]
