"""One rule for passwords, said in one sentence (等保 level 3: length, classes, not guessable from the account)."""

import re
import secrets
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LENGTH = 10
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
SENTENCE = "密码至少 10 位，大写字母、小写字母、数字、符号里至少有三类，不能是常见密码，也不能含登录账号或姓名。"
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class PasswordRule:
    """At least ten characters of three classes, not on the list of common ones, without login or name in it."""

    def __init__(self) -> None:
        self.common: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        classes = sum(bool(re.search(pattern, password)) for pattern in CLASSES)
        lowered = password.lower()
        own = [str(getattr(user, name, "") or "").lower() for name in ("username", "name")]
        if (
            len(password) < LENGTH
            or classes < 3
            or lowered.strip() in self.common
            or any(len(word) > 1 and word in lowered for word in own)
        ):
            raise ValidationError(SENTENCE, code="password_weak")

    def get_help_text(self) -> str:
        return SENTENCE


def initial_password() -> str:
    """Twelve characters that can be read aloud, in groups of four; more than 65 random bits, always within the rule."""
    while True:
        word = "".join(secrets.choice(_LETTERS) for _ in range(12))
        if all(re.search(pattern, word) for pattern in CLASSES[:3]):
            return "-".join((word[:4], word[4:8], word[8:]))
