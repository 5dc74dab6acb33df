"""What must not stand in words that everybody may read: numbers of people, their mail, and names that are given."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

GAP: Final = r"[\s\-‐-―.·_()（）]*"
# A day (2026-11-21, 20261121) and the number of a case (2611-0203) are long digits that are nobody's.
HARMLESS: Final = re.compile(
    r"(?<![\d\-])(?:20\d{2}([-./]?)(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|\d{2}(?:0[1-9]|1[0-2])-\d{4})(?![\d\-])"
)
DIGITS: Final = re.compile(rf"\d(?:{GAP}\d){{6,}}(?:{GAP}[xX](?![A-Za-z]))?")
SPELLED: Final = re.compile(rf"[零〇○一二三四五六七八九幺](?:{GAP}[零〇○一二三四五六七八九幺]){{6,}}")
MAIL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
IDENTITY: Final = 15  # the shortest identity number; what is shorter is somebody's telephone
SHOWN: Final = 24


def private_parts(text: str, names: Iterable[str] = ()) -> list[str]:
    """One sentence for each thing that has to be taken out, in the order of the kinds; empty if nothing is found.

    Seven digits in a row, however they are written or parted, count as a number of somebody, unless they are a day or
    the number of a case. Names shorter than two characters are no names.
    """
    plain = unicodedata.normalize("NFKC", text)
    left = HARMLESS.sub("，", plain)
    sentences = [_number(found.group()) for found in DIGITS.finditer(left)]
    sentences += [_number(found.group()) for found in SPELLED.finditer(left)]
    sentences += [f"里面有邮箱“{_short(found.group())}”，请去掉。" for found in MAIL.finditer(plain)]
    bare = "".join(plain.split())
    wanted = dict.fromkeys("".join(unicodedata.normalize("NFKC", name).split()) for name in names)
    sentences += [f"里面有人名“{name}”，请去掉。" for name in wanted if len(name) > 1 and name in bare]
    return list(dict.fromkeys(sentences))


def _number(words: str) -> str:
    signs = sum(sign.isalnum() for sign in words)
    what = "像身份证号的数字" if signs >= IDENTITY else "像电话号码的数字"
    return f"里面有{what}“{_short(words)}”，请去掉。"


def _short(words: str) -> str:
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
