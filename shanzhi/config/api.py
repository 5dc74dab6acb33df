"""The API: every app's router under one address, one document, one form of refusal."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import register_converter
from ninja.errors import HttpError, ValidationError

from shanzhi.access.api import guarded, problem, problem_of
from shanzhi.access.parsing import TextParser
from shanzhi.config.openapi import HouseAPI
from shanzhi.lib.errors import DomainError
from shanzhi.tenancy.converters import CountyConverter

register_converter(CountyConverter, "county")

api = HouseAPI(
    title="善治 Shanzhi API",
    version="1",
    description="Cases, areas, posts, notices and the trail of a county. Refusals are problem+json (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    parser=TextParser(),
    openapi_extra={"security": [{"token": []}]},
)
# Before `cases`, whose /cases/{number} would take every name below it: cases.worklists and cases.mapping; areas.mapping
# and areas.households for /areas/at and /areas/households.
APPS = (
    "accounts", "areas.mapping", "areas.households", "areas", "cases.worklists", "cases.mapping", "cases",
    "cases.callbacks", "cases.gate", "cases.kinds", "cases.rates", "cases.residents", "cases.suggesting",
    "cases.taking", "clues", "duties", "exchange", "files", "insight", "insight.boards", "jobs", "notices", "packs",
    "portal", "portal.village", "people.finding", "people.importing", "people", "staffing", "trail", "visits",
)  # fmt: skip
for app in APPS:
    if find_spec(f"shanzhi.{app}.api"):
        routes = guarded(import_module(f"shanzhi.{app}.api").router)
        api.add_router("/{county:county}/", routes, tags=[app.partition(".")[0]])


@api.exception_handler(DomainError)
def refuse(request: HttpRequest, error: Any) -> HttpResponse:
    request.county_failed = True  # type: ignore[attr-defined]
    return problem_of(error)


@api.exception_handler(ValidationError)
def refuse_body(request: HttpRequest, error: Any) -> HttpResponse:
    fields: dict[str, list[str]] = {}
    for item in error.errors:
        place = ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0])
        fields.setdefault(place, []).append(item["msg"])
    return problem(422, "invalid", "请求里有字段不符合要求，请按 fields 里的说明改正。", fields)


@api.exception_handler(HttpError)
def refuse_request(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, DomainError):  # the parser's own sentence
        return problem_of(error.__cause__)
    return problem(error.status_code, "bad_request", "请求读不懂，请检查格式。")
