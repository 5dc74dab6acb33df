"""Small numbers as people write them: 12, １２, 十二, 两."""

import unicodedata
from typing import Final

DIGITS: Final = "零一二三四五六七八九"
SAME: Final = str.maketrans({"〇": "零", "两": "二", "俩": "二", "仨": "三", "廿": "二十", "壹": "一", "贰": "二", "叁": "三",
                            "肆": "四", "伍": "五", "陆": "六", "柒": "七", "捌": "八", "玖": "九", "拾": "十"})  # fmt: skip
COUNTERS: Final = "个天月号只根岁年"


def numeral(number: int) -> str:
    """0..99 in Chinese: 七, 十, 十二, 二十, 二十一."""
    tens, ones = divmod(number, 10)
    if not 0 <= number < 100:
        raise ValueError("0..99")
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


def number_read(typed: str) -> int | None:
    """What somebody wrote, as a number 0..999; None for anything else. Blanks, a full stop, a counter don't matter."""
    text = unicodedata.normalize("NFKC", typed[:40])
    text = "".join(sign for sign in text if not sign.isspace()).strip(".。,，!?").lstrip("是").rstrip(COUNTERS)
    if text.isascii() and text.isdigit() and len(text) < 4:
        return int(text)
    return _chinese(text.translate(SAME))


def _chinese(text: str) -> int | None:
    if not text or any(sign not in f"{DIGITS}十" for sign in text) or text.count("十") > 1:
        return None
    if "十" not in text:
        return DIGITS.index(text) if len(text) == 1 else int("".join(str(DIGITS.index(sign)) for sign in text[:3]))
    tens, ones = text.split("十")
    if len(tens) > 1 or len(ones) > 1 or tens == "零" or ones == "零":
        return None
    return (DIGITS.index(tens) if tens else 1) * 10 + (DIGITS.index(ones) if ones else 0)
