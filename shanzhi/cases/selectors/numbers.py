"""What a person types for the number of a case: 2611-0203, 341181-2611-0203, or just 203."""

import re
import unicodedata
from datetime import datetime
from typing import Final

from shanzhi.lib.times import local

BACK: Final = 24  # months that a bare number is looked for in
WORDS: Final = re.compile(r"^(编号|事件|第|no\.?|#|№)+|(号|件)+$", re.IGNORECASE)
DASHES: Final = re.compile(r"\s*[-\u2010-\u2015\u2212\uff0d_]\s*")
FULL: Final = re.compile(r"(?:(\d{6})-?)?(\d{4})-?(\d{4,9})")
BARE: Final = re.compile(r"\d{1,6}")


def numbers_meant(text: str, county_id: int, now: datetime) -> list[str]:
    """The numbers that these words may mean, the likeliest (the newest) first; empty for words that are no number.

    A bare number is one of this month or, if there is none, of the last month that has it. Codes of another county
    mean nothing here.
    """
    words = DASHES.sub("-", unicodedata.normalize("NFKC", text).strip())
    words = WORDS.sub("", words).strip()
    if not words.isascii():
        return []
    bare = [_number(month, words) for month in _months(now)] if BARE.fullmatch(words) else []
    full = FULL.fullmatch(words)
    if full is None or not _is_month(full[2]) or int(full[1] or county_id) != county_id:
        return bare
    return [f"{full[2]}-{full[3]}", *bare]


def _number(month: str, digits: str) -> str:
    return f"{month}-{int(digits):04d}"


def _is_month(text: str) -> bool:
    return 1 <= int(text[2:]) <= 12


def _months(now: datetime) -> list[str]:
    """This month and those before it as YYMM."""
    here = local(now)
    first = here.year * 12 + here.month - 1
    return [f"{(first - back) // 12 % 100:02d}{(first - back) % 12 + 1:02d}" for back in range(BACK)]
