"""An existing client follows: `georeport` from PyPI reads services and requests in both forms."""

from typing import Any

import georeport.georeport as library
import pytest

from shanzhi.exchange.tests.client import Client311, confirm
from tests.cast import Cast, report


class Answer:
    """What `requests.get` answers, out of the test's own browser."""

    def __init__(self, response: Any) -> None:
        self.response, self.content = response, response.content

    def raise_for_status(self) -> None:
        assert self.response.status_code == 200

    def json(self) -> Any:
        return self.response.json()


@pytest.fixture(params=["json", "xml"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    browser = Client311().browser
    monkeypatch.setattr(library.requests, "get", lambda url, params=None: Answer(browser.get(url, params or {})))
    return library.GeoReport("http://testserver/open311/v2", jurisdiction="341181", output_format=request.param)


def test_it_lists_services_and_follows_a_request(cast: Cast, client: Any) -> None:
    assert "facilities" in [row["service_code"] for row in client.get_service_list()]
    assert client.get_service_definition("facilities")["service_code"] == "facilities"
    case = report(cast)
    confirm(case, "路灯不亮，已报修。")
    row = client.get_service_request(case.number)
    assert (row["service_request_id"], row["status"], row["description"]) == (case.number, "open", "路灯不亮，已报修。")
