"""The map of cases over HTTP: parts of it from the whole county down to a street, as the programs and the page ask."""

from typing import Any, Final
from urllib.parse import urlencode

from bench.load import Call

Site = dict[str, Any]
# (who, rectangle, zoom, filters): the county's desk and a township's reception, further and further in.
VIEWS: Final[tuple[tuple[str, str, int, dict[str, str]], ...]] = (
    ("centre", "118.68,32.38,119.12,32.82", 11, {"tab": "open"}),
    ("centre", "118.68,32.38,119.12,32.82", 11, {"tab": "ended"}),
    ("centre", "118.85,32.55,118.95,32.65", 13, {"tab": "open"}),
    ("centre", "118.895,32.595,118.905,32.605", 17, {"tab": "open"}),
    ("officer", "118.68,32.38,119.12,32.82", 11, {"tab": "open"}),
    ("officer", "118.85,32.55,118.95,32.65", 13, {"tab": "overdue"}),
    ("officer", "118.88,32.58,118.92,32.62", 15, {"tab": "ended", "kind": "facilities"}),
)


def calls(site: Site, *, api: bool) -> list[Call]:
    """Clusters and points from the API; the list beside them as a part of the page."""
    base = f"/api/v1/{site['county']}/cases/map" if api else f"/{site['county']}/cases/map/"
    found = []
    for who, bbox, zoom, filters in VIEWS:
        more = {"zoom": str(zoom)} if api else {"part": "list"}
        query = urlencode({**filters, "bbox": bbox, **more})
        caller = site[who]
        headers = (
            {"Authorization": f"Bearer {caller['token']}", "Accept": "application/json"}
            if api
            else {"Cookie": f"session={caller['cookie']}", "Accept": "text/html", "Accept-Language": "zh-CN"}
        )
        found.append(Call("GET", f"{base}?{query}", headers))
    return found
