"""The requests of each measurement."""

import itertools
import json
from urllib.parse import parse_qs, urlsplit

from bench import cases
from bench.cases import CLIENTS, LISTS, PAGE, Site, scenarios
from bench.load import Call
from bench.world import MATTERS
from shanzhi.cases.catalogue import State
from shanzhi.cases.schemas import ListQuery, ReportIn
from shanzhi.cases.selectors import Tab
from tests.kinds import LABELS

SITE: Site = {
    "county": 341181,
    "reporters": [{"token": f"sz_{n}", "cookie": "c", "area": f"34118110020{n % 10}001"} for n in range(8)],
    "officer": {"token": "sz_officer", "cookie": "session-of-officer"},
    "centre": {"token": "sz_centre", "cookie": "session-of-centre"},
    "answers": [{"what": "其他"}] * len(MATTERS),
    "unit": "341181100000D001",
    "numbers": [f"2611-{n:04d}" for n in range(1, 41)],
}


def first(calls: object, count: int) -> list[Call]:
    return list(itertools.islice(calls, count))  # type: ignore[call-overload, no-any-return]


def test_reporting_comes_last_because_it_makes_lists_longer() -> None:
    found = scenarios(SITE, ["case_create", "case_list_20k", "case_page"])
    assert [(one.name, one.via) for one in found] == [
        ("case_list_20k", "api"), ("case_list_20k", "page"), ("case_page", "api"), ("case_page", "page"),
        ("case_create", "api"),
    ]  # fmt: skip
    assert [one.name for one in scenarios(SITE, ["case_list_2m"])] == ["case_list_2m", "case_list_2m"]
    assert [one.name for one in scenarios(SITE, ["case_page"])] == ["case_page", "case_page"]
    assert scenarios(SITE, ["divisions_import"]) == []


def test_reports_pass_the_schema_and_each_has_a_key_of_its_own() -> None:
    scenario = cases.create(SITE)
    calls = first(scenario.calls(0), 30)
    assert len({call.headers["Idempotency-Key"] for call in calls}) == 30
    for call in calls:
        assert (call.method, call.path, call.status) == ("POST", "/api/v1/341181/cases", 201)
        body = ReportIn(**json.loads(call.body or b""))
        assert body.kind in LABELS
        assert 73 < (body.lon or 0) < 136


def test_clients_report_from_different_grids() -> None:
    scenario = cases.create(SITE)
    tokens = [{call.headers["Authorization"] for call in first(scenario.calls(client), 4)} for client in range(CLIENTS)]
    assert all(not one & other for one, other in itertools.combinations(tokens, 2))


def test_keys_of_traced_reports_are_swapped_in_a_replay() -> None:
    scenario = cases.create(SITE)
    assert {call.headers["Idempotency-Key"] for call in scenario.traced} == set(scenario.texts)


def test_lists_are_those_that_the_house_knows() -> None:
    for asked in LISTS:
        query = ListQuery(**{name: [value] if name in ("state", "kind") else value for name, value in asked.items()})
        assert query.tab in Tab.LABELS
        assert all(state in State for state in query.state)


def test_the_api_is_asked_for_pages_of_fifty_with_a_token() -> None:
    scenario = cases.case_list(SITE, api=True)
    for call in scenario.traced:
        assert parse_qs(urlsplit(call.path).query)["limit"] == [str(PAGE)]
        assert call.headers["Authorization"] == "Bearer sz_officer"
    sizes = {parse_qs(urlsplit(call.path).query)["limit"][0] for call in scenario.sizes}
    assert sizes == {"10", "200"}


def test_pages_are_asked_for_with_a_cookie() -> None:
    for scenario in (cases.case_list(SITE, api=False), cases.case_page(SITE, api=False)):
        for call in scenario.traced:
            assert call.headers["Cookie"] == "session=session-of-officer"
            assert "Authorization" not in call.headers
            assert not call.path.startswith("/api/")


def test_clients_begin_at_different_lists() -> None:
    scenario = cases.case_list(SITE, api=True)
    assert len({first(scenario.calls(client), 1)[0].path for client in range(CLIENTS)}) == CLIENTS


def test_case_pages_must_hold_the_case() -> None:
    for api in (True, False):
        scenario = cases.case_page(SITE, api=api)
        seen = [call for client in range(CLIENTS) for call in first(scenario.calls(client), 10)]
        assert {call.holds.decode() for call in seen} == set(SITE["numbers"])
        assert all(call.holds.decode() in call.path for call in seen)
