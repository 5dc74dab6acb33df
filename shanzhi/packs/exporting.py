"""A county's definitions as a pack again: the files from which they could be loaded."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from shanzhi.packs.dumping import dump
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of, current_versions
from shanzhi.packs.shipped import HEADER, SHIPPED, Header

__all__ = ["dump", "export_pack", "file_of", "pack_files"]
LOCAL: Final = Header(code="local", title="本县办事规则")


def file_of(version: Version) -> str:
    """The path of a version's file in a pack."""
    return f"{version.family}/{version.code}.yaml"


def pack_files(*, pack: str | None = None, families: Iterable[str] = ()) -> dict[str, str]:
    """All that counts now, as text by file; with `pack`, what came with it, as it is now.

    Without `pack`, the header is that of the pack from which everything came, if it was one.
    """
    versions = [one for one in current_versions(*families) if pack is None or one.pack == pack]
    files = {file_of(one): dump(body_of(one)) for one in versions}
    origins = {one.pack for one in versions}
    code = pack or (origins.pop() if len(origins) == 1 else "")
    known = SHIPPED.get(code)
    header = LOCAL if not code else Header(code=code, title=code)
    if known is not None:
        header = Header(code=known.code, title=known.title, description=known.description)
    return {HEADER: dump(header), **files}


def export_pack(directory: Path, *, pack: str | None = None) -> list[str]:
    """Write the present county's pack into a directory, made if need be; returns the files written, in order.

    Files that are there already are written over; others are left alone.
    """
    files = pack_files(pack=pack)
    for name, text in sorted(files.items()):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return sorted(files)
