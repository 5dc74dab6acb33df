"""Services and their definitions: the standard's fields in both forms, and nothing of what is not public."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.tests.kinds import FULL
from shanzhi.exchange.open311 import jurisdictions
from shanzhi.exchange.tests.client import ATTRIBUTE, DATATYPES, LISTS, SERVICE, W3C, Client311
from shanzhi.tenancy.context import county
from tests.cast import Cast
from tests.kinds import LABELS, kind_add


def test_service_list(cast: Cast, client: Client311) -> None:
    rows = client.get("services")
    assert client.last.status_code == 200
    assert [row["service_code"] for row in rows] == list(LABELS)
    for row in rows:
        assert tuple(row) == SERVICE
        assert row["type"] == "realtime"
        assert row["metadata"] is False
    assert rows[0]["service_name"] == rows[0]["description"] == "道路水电设施"


def test_kinds_that_are_not_public_are_no_services(cast: Cast, client: Client311) -> None:
    kind_add("hidden", {**FULL, "label": "不公开的", "public": False})
    kind_add("seen", {**FULL, "label": "只给村里看的", "seen_by": ["village_clerk"]})
    codes = [row["service_code"] for row in client.get("services")]
    assert not {"hidden", "seen"} & set(codes)
    for code in ("hidden", "seen", "no_such"):
        client.get(f"services/{code}")
        assert client.last.status_code == 404
        assert client.errors() == ["没有这个 service_code，请从 services 里选。"]


def test_a_kind_that_cant_be_answered_here_is_no_service(cast: Cast, client: Client311) -> None:
    needs = [{"code": "view", "label": "照片", "type": "photo", "required": True}]
    asks = [{"code": "view", "label": "照片", "type": "photo"}]
    kind_add("needs_photo", {**FULL, "label": "要照片的", "fields": needs})
    kind_add("asks_photo", {**FULL, "label": "可以有照片的", "fields": asks})
    rows = {row["service_code"]: row for row in client.get("services")}
    assert "needs_photo" not in rows
    assert rows["asks_photo"]["metadata"] is False


def test_definition(cast: Cast, client: Client311) -> None:
    fields = [*FULL["fields"], {"code": "secret", "label": "内情", "type": "text", "seen_by": ["village_clerk"]}]
    kind_add("full", {**FULL, "label": "什么都问的", "fields": fields})
    assert next(row for row in client.get("services") if row["service_code"] == "full")["metadata"] is True
    found = client.get("services/full")
    assert tuple(found) == ("service_code", "attributes")
    assert found["service_code"] == "full"
    rows = {row["code"]: row for row in found["attributes"]}
    assert not {"who", "view", "secret"} & set(rows)
    assert [row["order"] for row in found["attributes"]] == list(range(1, 11))
    for row in rows.values():
        assert tuple(name for name in row if name != "values") == ATTRIBUTE
        assert row["datatype"] in DATATYPES
        assert row["variable"] is True
        assert ("values" in row) == row["datatype"].endswith("list")
    assert {code: row["datatype"] for code, row in rows.items()} == {
        "what": "singlevaluelist", "lamp": "string", "wire": "singlevaluelist", "size": "number", "count": "number",
        "signs": "multivaluelist", "deep": "string", "since": "datetime", "spot": "string", "story": "text",
    }  # fmt: skip
    assert [code for code, row in rows.items() if row["required"]] == ["what"]
    assert rows["what"]["values"][0] == {"key": "路灯", "name": "路灯"}
    assert "时才填" in rows["lamp"]["datatype_description"]
    assert "平方米" in rows["size"]["description"]
    assert "95598" in rows["wire"]["datatype_description"]


def test_every_county_has_its_own(cast: Cast, cast_b: Cast, client: Client311) -> None:
    with county(410927):
        kind_add("ours", {**FULL, "label": "台前的"})
    assert "ours" not in [row["service_code"] for row in client.get("services")]
    there = Client311(client.form, county=410927)
    assert "ours" in [row["service_code"] for row in there.get("services")]
    client.get("services/ours")
    assert client.last.status_code == 404


@pytest.mark.parametrize(
    ("path", "field"), [("services", ""), ("services/facilities", ""), ("requests", ""), ("requests/2611-0001", "")]
)
def test_jurisdictions(cast: Cast, cast_b: Cast, client: Client311, path: str, field: str) -> None:
    client.county = None
    client.get(path)
    assert client.last.status_code == 400
    assert "jurisdiction_id" in client.errors()[0]
    for wrong in ("110000", "3411", "abcdef", "３４１１８１", "341181x"):
        client.get(path, jurisdiction_id=wrong)
        assert client.last.status_code == 404
        assert "jurisdiction_id" in client.errors()[0]


def test_one_county_needs_no_jurisdiction(counties: Any, cast: Cast, client: Client311) -> None:
    counties[410927].is_active = False
    counties[410927].save()
    client.county = None
    assert client.get("services")[0]["service_code"] == "facilities"


@pytest.mark.parametrize("path", ["/open311/discovery", "/open311/v2/discovery"])
def test_discovery(cast: Cast, client: Client311, path: str) -> None:
    found = client._read(client.browser.get(f"{path}.{client.form}"))
    assert tuple(found) == ("changeset", "contact", "key_service", "endpoints")
    (one,) = found["endpoints"]
    assert tuple(one) == ("specification", "url", "changeset", "type", "formats")
    assert one["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert one["url"] == "http://testserver/open311/v2"
    assert one["formats"] == ["text/xml", "application/json"]
    assert one["type"] == "production"
    assert W3C.fullmatch(found["changeset"])
    assert set(LISTS) >= {"endpoints", "formats"}


def test_changeset_moves_with_the_kinds(cast: Cast) -> None:
    client = Client311()
    before = client.get("discovery")["changeset"]
    kind_add("later", {**FULL, "label": "后来的"}, at=timezone.now() + timedelta(hours=1))
    assert client.get("discovery")["changeset"] == before  # remembered for half a minute
    jurisdictions._changed.clear()
    assert client.get("discovery")["changeset"] > before


@pytest.mark.parametrize("path", ["services", "services/facilities", "requests/1", "tokens/1", "discovery"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_wrong_methods(cast: Cast, client: Client311, path: str, method: str) -> None:
    client.last = getattr(client.browser, method)(f"/open311/v2/{path}.{client.form}?jurisdiction_id=341181")
    assert client.last.status_code == 405
    assert client.last["Allow"] == "GET, HEAD"
    assert client.errors()


def test_other_forms_are_not_there(cast: Cast) -> None:
    client = Client311()
    for path in ("services.csv", "services", "services.json/", "services.JSON"):
        assert client.browser.get(f"/open311/v2/{path}").status_code == 404
