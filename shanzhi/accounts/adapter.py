"""How allauth speaks and decides here: Chinese words, our password service, secrets encrypted, no way out of TOTP."""

import io
import time
from typing import Any, ClassVar, Final

import segno
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest

from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import User
from shanzhi.tenancy.keyring import opened, sealed

CODE_WRONG = "动态口令不对，请核对手机上的 6 位数字后重填；已过 30 秒的口令会失效。"
FACTORS: Final = "mfa_authenticator.data"
SPOKEN = {
    "account/messages/password_changed.txt": "密码已修改，其他设备已全部退出。",
    "mfa/messages/totp_deactivated.txt": "动态口令已关闭。",
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; passwords go through our service; every message is ours."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录账号或密码不对，请核对后重填；连续错 5 次要等 30 分钟。",
        "account_inactive": "这个账号已停用，请联系本县安全管理员。",
        "enter_current_password": "现在的密码不对，请重填。",
        "incorrect_password": "密码不对，请重填。",
        "incorrect_code": CODE_WRONG,
        "too_many_login_attempts": "试得太多了，请 5 分钟后再试。",
        "rate_limited": "试得太多了，请 5 分钟后再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of our own pages: they begin with one slash."""
        return url.startswith("/") and not url.startswith(("//", "/\\")) and bool(super().is_safe_url(url))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """django-axes counts the failures, in the database and for all processes; allauth's own count is not needed."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return selectors.first_page(signed_in(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return selectors.first_page(signed_in(request))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def is_reauthentication_required(self, *, app: str = "", **kwargs: Any) -> bool:
        """A login or a confirmation of the last ten minutes is fresh enough."""
        return not recently_confirmed(context.request, account_settings.REAUTHENTICATION_TIMEOUT)

    def set_password(self, user: Any, password: str) -> None:
        services.password_change(user=user, password=password, keep=context.request.session.session_key)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        words = message or SPOKEN.get(message_template or "")
        if words:
            messages.add_message(request, level, words, extra_tags=extra_tags)


def signed_in(request: HttpRequest) -> User:
    """The person of a request that only reaches us signed in."""
    assert isinstance(request.user, User)
    return request.user


def recently_confirmed(request: HttpRequest, seconds: int) -> bool:
    """Whether this session proved who sits there (by login, password or code) within the last `seconds`."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - float(record["at"]) < seconds for record in records)


class MfaAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds lie in the database encrypted: a copy of it is no second factor."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": CODE_WRONG,
        "cannot_delete_authenticator": "系统管理员、安全管理员、审计管理员必须使用动态口令，不能关闭。",
        "cannot_generate_recovery_codes": "请先开启动态口令，再生成备用口令。",
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def build_totp_svg(self, url: str) -> str:
        """Dark on white with the quiet zone that scanners need, whatever the colours of the page."""
        out = io.BytesIO()
        segno.make(url, error="m").save(out, kind="svg", scale=4, border=4, dark="#000", light="#fff")
        return out.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not selectors.totp_required(authenticator.user)

    def encrypt(self, text: str) -> str:
        return sealed(text, FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises SealError (lib/sealing.py) if the key file is not the one that it was sealed with."""
        return opened(encrypted_text, FACTORS)
