"""Pinyin initials of names, for whoever types zxp to find 张小平."""

from functools import lru_cache
from typing import Final

from pypinyin import Style, pinyin

# Read otherwise as a family name than as a word.
_SURNAMES: Final = {
    "单": "s", "仇": "q", "解": "x", "查": "z", "曾": "z", "区": "o", "朴": "p", "翟": "z", "盖": "g", "种": "c",
    "覃": "q", "乐": "y", "冼": "x", "尉": "w", "员": "y", "缪": "m", "召": "s", "车": "c", "黑": "h", "万俟": "mq",
    "尉迟": "yc", "长孙": "zs", "澹台": "tt",
}  # fmt: skip


@lru_cache(maxsize=65536)
def _initial(sign: str) -> str:
    found = pinyin(sign, style=Style.FIRST_LETTER, errors="ignore")
    return found[0][0].lower()[:1] if found and found[0] and found[0][0] else ""


def name_initials(name: str) -> str:
    """张小平 → zxp, 单田芳 → stf; letters and digits stay in lower case, everything else is left out."""
    surname = name[:2] if name[:2] in _SURNAMES else name[:1]
    head = _SURNAMES.get(surname)
    rest = name[len(surname) :] if head is not None else name
    return (head or "") + "".join(
        sign.lower() if sign.isascii() and sign.isalnum() else _initial(sign) for sign in rest if not sign.isspace()
    )
