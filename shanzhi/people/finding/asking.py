"""What a person types to find somebody, told apart by its look."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 60
DOTS: Final = re.compile("[•‧・･]")  # what keyboards give for the dot of 买买提·吐尔逊
PHONE: Final = re.compile(r"1[0-9]{10}|0?[0-9]{7,12}")
PAPER: Final = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]|[A-Z]{1,3}[0-9]{6,17}|[0-9]{8}")
INITIALS: Final = re.compile(r"[A-Z]{2,40}")  # a name in letters is its own initials
TAIL: Final = re.compile(r"(?P<name>[^\W\d_·]{1,20}(?:·[^\W\d_]+)*)\s+(?P<tail>[0-9]{3}[0-9X])")
ADDRESS: Final = re.compile(r"[0-9]|[村组号路街巷幢栋室庄户]$|社区|网格|小区")


class Kind(StrEnum):
    """How it is looked for; the values are what a result says of why it is there."""

    PHONE = "电话一致"
    PAPER = "证件号码一致"
    INITIALS = "拼音首字母"
    NAME = "姓名"
    TAIL = "姓名和证件号后四位"
    ADDRESS = "地址"


@dataclass(frozen=True, slots=True)
class Asked:
    """`text` in one form; `tail` are the last four signs of a number, beside a name only."""

    text: str
    kinds: tuple[Kind, ...]
    tail: str = ""


def plain(text: str) -> str:
    """Half width, upper case, single blanks, one kind of dot within a name."""
    text = DOTS.sub("·", text.replace("\0", ""))
    return " ".join(unicodedata.normalize("NFKC", text).split()).upper()[:LONGEST]


def asked_of(text: str) -> Asked:
    """The ways to look for it, the likeliest first; none for what can be nobody."""
    text = plain(text)
    packed = re.sub(r"[\s\-–—()]", "", text)
    if not packed:
        return Asked("", ())
    kinds = [kind for kind, look in ((Kind.PHONE, PHONE), (Kind.PAPER, PAPER)) if look.fullmatch(packed)]
    if kinds:
        return Asked(packed, tuple(kinds))
    if found := TAIL.fullmatch(text):
        return Asked(found["name"], (Kind.TAIL,), found["tail"])
    if INITIALS.fullmatch(packed):
        return Asked(packed.lower(), (Kind.INITIALS, Kind.NAME))
    if ADDRESS.search(text):
        return Asked(text, (Kind.ADDRESS,) if re.search(r"[0-9]", text) else (Kind.ADDRESS, Kind.NAME))
    return Asked(packed, (Kind.NAME,) if len(packed) < 3 else (Kind.NAME, Kind.ADDRESS))
