"""File names as people gave them, made harmless; formats by suffix, from a closed list."""

import re
from typing import Final

MAX_LENGTH: Final = 120
OCTETS: Final = "application/octet-stream"
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
# Separators of paths, control characters, and the marks that turn the reading direction to disguise a suffix.
_HARMFUL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff<>:\"|?*]"
)


def safe_name(name: str | None, fallback: str) -> str:
    """The last part of a path without harmful characters, at most 120 long with its suffix; else `fallback`."""
    last = re.split(r"[/\\]", name or "")[-1]
    clean = _HARMFUL.sub("", last).strip(" .")
    if len(clean) > MAX_LENGTH:
        stem, dot, suffix = clean.rpartition(".")
        clean = f"{stem[: MAX_LENGTH - len(suffix) - 1]}.{suffix}" if dot and len(suffix) < 10 else clean[:MAX_LENGTH]
    return clean or fallback


def content_type_of(name: str) -> str:
    """Never what the sender claimed; a format that is not listed is octets."""
    return _TYPES.get(name.rpartition(".")[2].lower(), OCTETS)
