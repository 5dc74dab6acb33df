"""Names for eyes that may not see them whole."""

from __future__ import annotations

_COMPOUND_TEXT = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙"
    "慕容仲孙钟离长孙宇文司徒鲜于司空令狐百里呼延东郭南门西门"
)
_COMPOUND = frozenset(_COMPOUND_TEXT[at : at + 2] for at in range(0, len(_COMPOUND_TEXT), 2))


def name_mask(name: str) -> str:
    """张小平 → 张*平, 张平 → 张*, 欧阳小平 → 欧阳*平; a name of one character shows nothing of itself."""
    name = name.strip()
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    if len(name) == 3:
        return name[:2] + "*" if name[:2] in _COMPOUND else name[0] + "*" + name[-1]
    head = name[:2] if name[:2] in _COMPOUND else name[0]
    return head + "*" * (len(name) - len(head) - 1) + name[-1]


def phone_mask(phone: str) -> str:
    """13812345678 → 138****5678, 0550-7771234 → 0550****234; what is too short to tell people apart is all stars."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if len(digits) < 8:
        return "*" * len(digits)
    tail = 4 if len(digits) == 11 and digits.startswith("1") else 3
    head = 3 if tail == 4 else len(digits) - tail - 4
    return f"{digits[:head]}****{digits[-tail:]}"


def paper_mask(number: str) -> str:
    """341181196001011234 → 3411**********1234; a shorter number shows its last two signs at most."""
    if len(number) >= 15:
        return number[:4] + "*" * (len(number) - 8) + number[-4:]
    shown = 2 if len(number) >= 6 else 0
    return "*" * (len(number) - shown) + number[len(number) - shown :]


def door_mask(door: str) -> str:
    """That there is a number, and nothing of it."""
    return "***" if door else ""
