"""A client of GeoReport v2, written by the standard alone: it knows its field lists and nothing of this house."""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import ApiToken
from shanzhi.accounts.services import token_issue
from shanzhi.cases.models import Case
from tests.cast import Cast

ROOT = "/open311/v2"
FORM = "application/x-www-form-urlencoded"
W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# The field lists of the standard, in its order; the second tuple holds those that may be left out.
SERVICE = ("service_code", "service_name", "description", "metadata", "type", "keywords", "group")
ATTRIBUTE = ("variable", "code", "datatype", "required", "datatype_description", "order", "description")
REQUEST = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
)  # fmt: skip
SUBMITTED = ("service_request_id", "service_notice", "account_id")
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
LISTS = {"services": "service", "attributes": "attribute", "values": "value", "service_requests": "request",
         "errors": "error", "endpoints": "endpoint", "formats": "format"}  # fmt: skip


@dataclass
class Client311:
    """Every answer is read back into the JSON of the standard, whichever form it came in."""

    form: str = "json"
    county: int | None = 341181
    browser: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    last: Any = None

    def get(self, path: str, **arguments: Any) -> Any:
        query = {name: value for name, value in arguments.items() if value is not None}
        if self.county is not None:
            query.setdefault("jurisdiction_id", str(self.county))
        return self._read(self.browser.get(f"{ROOT}/{path}.{self.form}?{urlencode(query)}"))

    def post(self, *, headers: dict[str, str] | None = None, query: str = "", **arguments: Any) -> Any:
        sent = {name.replace("__", "["): value for name, value in arguments.items() if value is not None}
        if self.county is not None:
            sent.setdefault("jurisdiction_id", str(self.county))
        body = urlencode(sent, doseq=True)
        path = f"{ROOT}/requests.{self.form}{query}"
        return self._read(self.browser.post(path, body, content_type=FORM, headers=headers))

    def report(self, api_key: str, **arguments: Any) -> dict[str, Any]:
        """A report that is taken: its one row."""
        given = {"service_code": "facilities", "address_string": "张庄村村口", "description": "路灯不亮。"}
        rows = self.post(api_key=api_key, **{**given, **arguments})
        assert self.last.status_code == 200, rows
        (row,) = rows
        return dict(row)

    def errors(self) -> list[str]:
        """The sentences of a refusal; each has the code of the answer."""
        rows = self._read(self.last)
        assert rows
        assert all(set(row) == {"code", "description"} for row in rows), rows
        assert {int(row["code"]) for row in rows} == {self.last.status_code}
        return [row["description"] for row in rows]

    def _read(self, response: Any) -> Any:
        self.last = response
        if self.form == "json":
            assert response["Content-Type"] == "application/json; charset=utf-8"
            return json.loads(response.content)
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        text = response.content.decode()
        assert text.startswith('<?xml version="1.0" encoding="utf-8"?>')
        root = ET.fromstring(text)
        return value_of(root)


def value_of(element: ET.Element) -> Any:
    """An element by the Spark convention; the children of a list must all be called as the standard calls them."""
    if element.tag in LISTS:
        assert {child.tag for child in element} <= {LISTS[element.tag]}, element.tag
        return [value_of(child) for child in element]
    if len(element):
        return {child.tag: value_of(child) for child in element}
    text = element.text
    if text is None:
        return None
    if element.tag in ("metadata", "variable", "required"):
        assert text in ("true", "false")
        return text == "true"
    if element.tag in ("order", "code") and text.isdigit():
        return int(text)
    return float(text) if element.tag in ("lat", "long") else text


def key_of(cast: Cast, role: str = "grid_worker", name: str = "12345 平台") -> str:
    """A token as the security administrator issues it."""
    person = cast[role]
    done = token_issue(actor=Actor.system(person.county_id), user_id=person.user.pk, name=name, days=30)
    assert done.secret
    return done.secret


def expire_keys() -> None:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def case_of(row: dict[str, Any]) -> Case:
    return Case.objects.get(number=row["service_request_id"])


def confirm(case: Case, summary: str, *, lat: int = 327000000, lon: int = 1188000000) -> None:
    """A summary that staff confirmed, and a position with seven digits."""
    Case.objects.filter(id=case.id).update(summary=summary, lat=lat, lon=lon)
