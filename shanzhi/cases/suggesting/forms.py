"""What is sent while somebody types. Nothing is refused: what makes no sense counts as not given."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

DEGREE: Final = 10_000_000
LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Typed:
    """The text (at most 2,000 characters), the kind and the place as far as they are known; 1e-7 degree."""

    text: str
    kind: str = ""
    area: str = ""
    lon: int | None = None
    lat: int | None = None
    takes_unit: bool = False

    @classmethod
    def read(cls, data: Mapping[str, str]) -> "Typed":
        """From the fields of a report's form: `body` (or `text`), `kind`, `area`, `lon`, `lat`, `takes`."""
        return cls(
            text=(data.get("body") or data.get("text") or "").replace("\x00", "")[:LONGEST],
            kind=data.get("kind", "")[:40],
            area=data.get("area", "")[:15],
            lon=degrees(data.get("lon", ""), 180),
            lat=degrees(data.get("lat", ""), 90),
            takes_unit=data.get("takes") == "unit",
        )


def degrees(text: str, most: int) -> int | None:
    """Decimal degrees as whole 1e-7 degrees; None for what is no such number."""
    try:
        value = Decimal(text[:30])
    except InvalidOperation:
        return None
    return int((value * DEGREE).to_integral_value()) if value.is_finite() and abs(value) <= most else None
