"""Personal numbers and addresses: the one form in which each is kept, and the blind index by which it is found."""

import re
import unicodedata
from datetime import date
from typing import Final

from shanzhi.lib.idcards import id_problem
from shanzhi.lib.phones import phone_read
from shanzhi.people.catalogue import Papers
from shanzhi.people.models import Dwelling, Membership, Resident
from shanzhi.tenancy.fields import EncryptedTextField

PHONE: Final = re.compile(r"(1[3-9][0-9]{9}|0[0-9]{2,3}[0-9]{7,8}|[0-9]{7,8})")
PHONE_WRONG: Final = "电话不对，请核对：手机号 11 位，座机带区号。"
PAPER: Final = re.compile(r"[0-9A-Z]{5,20}")
_SIGNS: Final = re.compile(r"[\s\-–—_.·,，、()（）#]+")


def paper_read(text: str) -> str:
    """A number in one form: half width, upper case, without blanks and strokes."""
    return re.sub(r"[\s\-–—()（）]", "", unicodedata.normalize("NFKC", text)).upper()


def paper_problem(papers: str, number: str, today: date) -> str:
    """A sentence that says what is wrong with a number in its one form; "" for a good one."""
    if papers == Papers.NONE:
        return "选了“没有证件”，号码请留空。" if number else ""
    if not number:
        return "请填证件号码；确实没有的，证件选“没有证件”。"
    if papers == Papers.ID_CARD:
        return id_problem(number, today)
    return "" if PAPER.fullmatch(number) else "证件号码应是 5 到 20 位字母和数字，请核对。"


def paper_index(number: str) -> str:
    """By what two people are known to be one; "" for no number. Without the server's key it says nothing."""
    return EncryptedTextField.index_in(Resident, "paper_number", number) if number else ""


def phone_problem(number: str) -> str:
    return PHONE_WRONG if number and not PHONE.fullmatch(number) else ""


def phone_index(number: str) -> str:
    return EncryptedTextField.index_in(Resident, "phone", number) if number else ""


def group_index(code: str) -> str:
    """Of a care group: that somebody belongs to it is read from no column."""
    return EncryptedTextField.index_in(Membership, "group", code)


def address_read(text: str) -> str:
    """As it is compared: half width, upper case, without blanks and strokes (３号－２ is 3号2)."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).upper()


def address_index(road: str, door: str) -> str:
    """Road and door in one form: an address written once with its group in the door is the same address."""
    return EncryptedTextField.index_in(Dwelling, "door", address_read(road + door))


__all__ = [
    "PHONE_WRONG",
    "address_index",
    "address_read",
    "group_index",
    "paper_index",
    "paper_problem",
    "paper_read",
    "phone_index",
    "phone_problem",
    "phone_read",
]
