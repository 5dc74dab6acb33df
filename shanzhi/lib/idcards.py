"""Numbers of resident identity cards (GB 11643): 6 digits of place, 8 of birth, 3 of order, 1 of check."""

from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
LENGTH: Final = 18


def id_check_digit(first_17: str) -> str:
    """The 18th character for 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def id_born_on(number: str) -> date | None:
    """The day of birth that a number of 18 characters holds; None if it is no day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_sex(number: str) -> str:
    """`1` man, `2` woman (GB/T 2261.1), by the last digit of the order."""
    return "1" if int(number[16]) % 2 else "2"


def id_problem(number: str, today: date) -> str:
    """A sentence that says what is wrong with a number already brought into one form (upper case, no blanks); or ""."""
    if len(number) == 15 and number.isascii() and number.isdigit():
        return "身份证号是 15 位的旧号码，请填 18 位的。"
    if len(number) != LENGTH:
        return f"身份证号应有 18 位，这里是 {len(number)} 位，请核对。"
    body = number[:17]
    if not (body.isascii() and body.isdigit()):
        return "身份证号前 17 位只能是数字，请核对。"
    born = id_born_on(number)
    if born is None or not date(1850, 1, 1) <= born <= today:
        return "身份证号里的出生日期不对，请核对第 7 到 14 位。"
    if number[17] != id_check_digit(body):
        return "身份证号最后一位校验不对，请对照证件核对。"
    return ""
