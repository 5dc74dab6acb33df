"""The versions of a definition as a chain: its entry in the trail proves each of them."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from shanzhi.lib.canonical import canonical
from shanzhi.packs.models import Definition, Version

PROVED: Final = (
    "id", "definition_id", "family", "code", "number", "title", "digest", "origin", "pack", "note", "published_at",
    "published_by_id", "published_by_name", "published_by_post",
)  # fmt: skip


def digest_of(body: Any) -> str:
    """SHA-256 over the canonical form of a body as it is stored, in hexadecimal: equal bodies, equal digests."""
    return sha256(canonical(body)).hexdigest()


def link_of(previous: str, version: Version) -> str:
    """SHA-256 over the link before and everything that a version says, in hexadecimal."""
    said = [str(value) if isinstance(value := getattr(version, name), str) else value for name in PROVED]
    return sha256(previous.encode() + canonical(said)).hexdigest()


def versions_agree(definitions: Sequence[Definition]) -> Iterator[str]:
    """A sentence for each definition whose versions are not the ones that were published: the first that differs."""
    found: dict[int, dict[int, Version]] = {one.id: {} for one in definitions}
    for version in Version.objects.filter(definition_id__in=found):
        found[version.definition_id][version.number] = version
    for one in definitions:
        link, name = "", f"办事规则 {one.family}/{one.code}"
        for number in range(1, one.current_number + 1):
            row = found[one.id].get(number)
            if row is None:
                yield f"{name} 的第 {number} 版不见了。"
                break
            if digest_of(row.body) != row.digest or link_of(link, row) != row.link:
                yield f"{name} 的第 {number} 版被改过。"
                break
            link = row.link
        else:
            if link != one.history:
                yield f"{name} 的版本和封存的指纹对不上。"
