"""A chunk of rows as the text that COPY takes, many times over: the same rows under new ids and new case numbers.

A table's rows are one large template, whose slots are filled by one `%`: as fast as the database takes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bench.rows import Numbered, Own

STRIDE: Final = 1 << 22  # ids of copies lie milliseconds apart
ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "%": "%%"})


def literal(value: Any) -> str:
    """A value in COPY's text format, as part of a template."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).translate(ESCAPES)


@dataclass
class Block:
    """The rows of one table; `months` says how many cases each month has in one copy."""

    months: Mapping[str, int]
    parts: list[str] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    strides: list[int] = field(default_factory=list)
    template: str = ""

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]], months: Mapping[str, int]) -> "Block":
        block = cls(months)
        for row in rows:
            block.parts.append("\t".join([block._slot(value) for value in row]) + "\n")
        block.template = "".join(block.parts)
        block.parts.clear()
        return block

    def _slot(self, value: Any) -> str:
        if isinstance(value, Own) and value:
            self.bases.append(int(value))
            self.strides.append(STRIDE)
            return "%d"
        if isinstance(value, Numbered):
            self.bases.append(value.ordinal)
            self.strides.append(self.months[value.month])
            return f"{literal(value.before)}%04d{literal(value.after)}"
        return literal(value)

    def copy(self, number: int) -> bytes:
        """The rows under ids and case numbers of the copy `number`; 0 gives them as they were made."""
        filled = tuple([base + number * stride for base, stride in zip(self.bases, self.strides, strict=True)])
        return (self.template % filled).encode()
