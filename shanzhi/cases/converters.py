"""The number of a case as a part of an address."""

from django.urls import register_converter


class NumberConverter:
    """YYMM-NNNN, the number of a case inside its county."""

    regex = r"[0-9]{4}-[0-9]{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "case_number")
