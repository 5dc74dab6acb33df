"""Pages of signing in that differ from allauth's: our forms' status, our trail, the list of devices, what is closed."""

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView, account_inactive
from allauth.account.views import logout as account_logout
from allauth.account.views import reauthenticate as account_reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import not_found, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts import selectors, services
from shanzhi.accounts.middleware import NEXT
from shanzhi.tenancy.ids import id_of

open_page = page(PUBLIC)


class UnprocessableMixin:
    """A form that comes back with faults answers 422, as everywhere in the house."""

    def form_invalid(self, form: Any) -> Any:
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class OurLoginView(UnprocessableMixin, LoginView):
    pass


class OurPasswordView(UnprocessableMixin, PasswordChangeView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        forced, back = self.request.user.must_change_password, selectors.first_page(self.request.user)
        return context | {"forced": forced, "back": back}


class TotpOnView(UnprocessableMixin, ActivateTOTPView):
    def form_valid(self, form: Any) -> Any:
        with atomic():  # the change and its trail row, or neither
            response = super().form_valid(form)
            services.own_act(user=self.request.user, kind="totp_on")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"required": selectors.totp_required(self.request.user)}


class TotpOffView(UnprocessableMixin, DeactivateTOTPView):
    def form_valid(self, form: Any) -> Any:
        with atomic():  # the change and its trail row, or neither
            response = super().form_valid(form)
            services.own_act(user=self.request.user, kind="totp_off")
        return response


class CodesRenewView(UnprocessableMixin, codes.GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> Any:
        with atomic():  # the change and its trail row, or neither
            response = super().form_valid(form)
            services.own_act(user=self.request.user, kind="codes_renewed")
        return response


class CodesView(codes.ViewRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`onward` is the page that the person wanted before the second factor had to be set up."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        onward = self.request.session.pop(NEXT, "") or selectors.first_page(self.request.user)
        return context | {"onward": onward}


class MfaIndexView(mfa.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        return context | {"back": selectors.first_page(user), "required": selectors.totp_required(user)}


@open_page
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: Any) -> HttpResponse:
    """One's own devices; a POST signs one of them out, or all others."""
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        session_id = id_of(chosen)
        if chosen == "others":
            services.end_sessions(user_id=request.user.pk, keep=request.session.session_key)
            messages.success(request, "其他设备已全部退出。")
        elif session_id is not None:
            services.session_end(user=request.user, session_id=session_id)
            messages.success(request, "这台设备已退出。")
        return HttpResponseRedirect(reverse("usersessions_list"))
    rows = selectors.sessions_of(request.user, at=timezone.now(), current_key=request.session.session_key)
    context = {"sessions": rows, "others": len(rows) > 1, "back": selectors.first_page(request.user)}
    return render(request, "usersessions/usersession_list.html", context)


@open_page
def root(request: Any) -> HttpResponse:
    where = selectors.first_page(request.user) if request.user.is_authenticated else reverse("account_login")
    return HttpResponseRedirect(where)


@open_page
def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """allauth's pages that are not part of this product: as if they did not exist."""
    raise not_found()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: too old, or made before the last login. Says how to go on; nothing was done."""
    back = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return render(request, "ui/csrf.html", {"back": back}, status=403)


login = open_page(OurLoginView.as_view())
logout = open_page(account_logout)
inactive = open_page(account_inactive)
reauthenticate = open_page(account_reauthenticate)
password = open_page(OurPasswordView.as_view())
totp_on = open_page(TotpOnView.as_view())
totp_off = open_page(TotpOffView.as_view())
codes_view = open_page(CodesView.as_view())
codes_renew = open_page(CodesRenewView.as_view())
codes_download = open_page(codes.download_recovery_codes)
mfa_index = open_page(MfaIndexView.as_view())
mfa_authenticate = open_page(mfa.authenticate)
mfa_reauthenticate = open_page(mfa.reauthenticate)
