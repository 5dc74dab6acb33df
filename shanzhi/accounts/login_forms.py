"""allauth's forms in plain Chinese; wrong codes count as wrong passwords do."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import ChangePasswordForm as BaseChangePasswordForm
from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.account.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseTotpAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError

from shanzhi.accounts.validators import SENTENCE

CODE_ATTRS = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}


def _plain(field: forms.Field, label: str, missing: str, hint: str = "") -> None:
    """Our words on a field of a library: label, hint and what to do when it was left empty; no placeholder."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)


class LoginForm(BaseLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], "登录账号", "请填登录账号。")
        _plain(self.fields["password"], "密码", "请填密码。")
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def clean_login(self) -> str:
        return str(super().clean_login()).lower()


class CountedMixin:
    """Each wrong password or code counts against the login, five lock it: `once(check)` asks and counts."""

    user: Any

    def once(self, check: Callable[[], Any]) -> str:
        request, credentials = context.request, {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out, request.axes_credentials = True, credentials
            raise ValidationError("试得太多了，请稍后再试。", code="locked")
        try:
            return str(check())
        except ValidationError:
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
            raise


class ChangePasswordForm(CountedMixin, BaseChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], "现在的密码", "请填现在的密码。")
        _plain(self.fields["password1"], "新密码", "请填新密码。", SENTENCE)
        _plain(self.fields["password2"], "再填一遍新密码", "请再填一遍新密码。")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = forms.Form.clean(self) or {}
        first, again = data.get("password1"), data.get("password2")
        if first and again and first != again:
            self.add_error("password2", "两遍新密码不一样，请重填。")
        if first and first == data.get("oldpassword"):
            self.add_error("password1", "新密码不能和现在的密码相同，请换一个。")
        return data

    def clean_oldpassword(self) -> str:
        return self.once(super().clean_oldpassword)


class ReauthenticateForm(CountedMixin, BaseReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], "密码", "请填密码。")

    def clean_password(self) -> str:
        return self.once(super().clean_password)


class CodeMixin(CountedMixin):
    """A six-digit code or a recovery code."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self.fields["code"], "动态口令", "请填动态口令。", "手机动态口令应用上的 6 位数字，也可以填一个备用口令。"
        )
        self.fields["code"].widget.attrs.update(CODE_ATTRS)

    def clean_code(self) -> str:
        return self.once(super().clean_code)  # type: ignore[misc]


class TotpForm(CodeMixin, AuthenticateForm):
    pass


class TotpAgainForm(CodeMixin, BaseTotpAgainForm):
    pass


class TotpActivateForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], "手机上显示的 6 位数字", "请填手机上显示的 6 位数字。", "每 30 秒换一次")
        self.fields["code"].widget.attrs.update(CODE_ATTRS)
