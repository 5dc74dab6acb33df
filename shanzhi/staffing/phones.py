"""Numbers of the staff: one rule, one place where they lie sealed."""

import re
from typing import Final

from shanzhi.staffing.models import Assignment
from shanzhi.tenancy.fields import EncryptedTextField

PHONE: Final = re.compile(r"(1[3-9][0-9]{9}|0[0-9]{2,3}[0-9]{7,8}|[0-9]{7,8})")
WRONG: Final = "电话不对，请核对：手机号 11 位，座机带区号。"


def phone_index(phone: str) -> str:
    """By what two numbers are compared; without the server's key it says nothing."""
    return EncryptedTextField.index_in(Assignment, "phone", phone) if phone else ""
