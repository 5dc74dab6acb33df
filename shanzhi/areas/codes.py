"""Statistical division codes: twelve digits 2+2+2+3+3, and grids below villages with three digits more.

What a code says about a place is only a hint: codes change over the years and do not always fit. The level is derived
strictly (a row whose level contradicts its code is a mistake in the file), the kind of a village loosely.
"""

from __future__ import annotations

from django.db import models

CODE_LENGTH = 12
GRID_LENGTH = 15
NAME_LENGTH = 60


class Level(models.TextChoices):
    """Levels of the official register."""

    PROVINCE = "province", "省级"
    PREFECTURE = "prefecture", "地级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"
    VILLAGE = "village", "村级"


class Kind(models.TextChoices):
    """Kind of a village-level unit, from the last three digits of its code; empty for every other level."""

    RESIDENTS = "residents", "居民委员会"
    VILLAGERS = "villagers", "村民委员会"
    QUASI_RESIDENTS = "quasi_residents", "类似居民委员会"
    QUASI_VILLAGERS = "quasi_villagers", "类似村民委员会"
    OTHER = "other", "其他"


# A place stands directly under one of these. A county may stand under a province (municipalities), a township under
# a prefecture (cities without districts, such as 东莞).
PARENT_LEVELS: dict[str, tuple[str, ...]] = {
    Level.PROVINCE: (),
    Level.PREFECTURE: (Level.PROVINCE,),
    Level.COUNTY: (Level.PREFECTURE, Level.PROVINCE),
    Level.TOWNSHIP: (Level.COUNTY, Level.PREFECTURE),
    Level.VILLAGE: (Level.TOWNSHIP,),
}

LEVEL_WORDS: dict[str, str] = {
    **{level.value: level.value for level in Level},
    **{level.label: level.value for level in Level},
    "省": "province",
    "市": "prefecture",
    "县": "county",
    "区": "county",
    "乡": "township",
    "镇": "township",
    "乡镇": "township",
    "街道": "township",
    "村": "village",
    "社区": "village",
}


def level_of(code: str) -> str:
    """Level of a code of twelve digits by its trailing zeros."""
    if code[9:] != "000":
        return "village"
    if code[6:9] != "000":
        return "township"
    if code[4:6] != "00":
        return "county"
    if code[2:4] != "00":
        return "prefecture"
    return "province"


def kind_of(code: str) -> str:
    """Kind by the last three digits of a village's code; empty for the other levels."""
    if len(code) != CODE_LENGTH or code[9:] == "000":
        return ""
    number = int(code[9:])
    if number < 200:
        return Kind.RESIDENTS.value
    if number < 400:
        return Kind.VILLAGERS.value
    if number < 500:
        return Kind.QUASI_RESIDENTS.value
    if number < 600:
        return Kind.QUASI_VILLAGERS.value
    return Kind.OTHER.value


def code_problem(code: str) -> str | None:
    """What is wrong with an official code, as one sentence; None if it has the right form."""
    if len(code) == CODE_LENGTH and code.isascii() and code.isdigit():
        return None if code[:2] != "00" else "代码不能以 00 开头，请核对后重填"
    if not code:
        return "代码没有填，请补上 12 位数字"
    if "E+" in code.upper() or (code.count(".") == 1 and code.replace(".", "").isdigit()):
        return "代码被表格软件改成了数值，请把这一列设为“文本”后重填 12 位代码"
    if not (code.isascii() and code.isdigit()):
        return "代码只能是 12 位半角数字，这里有别的字符，请核对后重填"
    return f"代码应为 12 位数字，这里是 {len(code)} 位，请核对后重填"
