"""The county in an address."""


class CountyConverter:
    """Six digits that do not begin with 0; whether there is such a county is the middleware's question."""

    regex = r"[1-9]\d{5}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{int(value):06d}"
