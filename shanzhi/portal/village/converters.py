"""The code of a village as a part of an address."""

from typing import Final

from django.urls import register_converter

VILLAGE: Final = "village_code"


class VillageCode:
    """Twelve digits of the official register."""

    regex = r"[0-9]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VillageCode, VILLAGE)
