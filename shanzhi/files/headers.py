"""What a file is by its first bytes, and what hides behind a picture. Pure functions over bytes."""

import re
from typing import Final

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})

# No encoder and no camera writes these; metadata may hold "<x:xmpmeta" and the like.
_PROGRAM: Final = re.compile(rb"<script[\s>]|<\?php|<!doctype\s+html|<html[\s>]|<svg[\s>]|<iframe[\s>]", re.IGNORECASE)


def sniff(data: bytes) -> str | None:
    """JPEG, PNG, WEBP, HEIF, or None for everything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return None


def carries_program(data: bytes) -> bool:
    """True for a polyglot: a picture that is at the same time a page, a script or a PDF."""
    return b"%PDF-" in data[:1024] or _PROGRAM.search(data) is not None


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the first chunk; the WebP decoder sets aside its whole canvas as soon as it is opened.

    None where the header is not understood: the decoder then refuses the file by itself.
    """
    chunk = data[12:16]
    if len(data) < 30:
        return None
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None
