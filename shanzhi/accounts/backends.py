"""The one way a password is checked; django-axes stands before it and refuses locked pairs of login and address."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest


class LoginBackend(ModelBackend):
    """Login name in any case. A wrong name costs as much time as a wrong password; disabled accounts look wrong."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        return super().authenticate(request, (username or "").strip().lower(), password)
