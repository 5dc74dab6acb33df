"""Pages of signing in, outside any county. allauth's other pages (sign-up, e-mail, reset by e-mail) answer 404."""

from django.urls import URLPattern, path

from shanzhi.accounts import login_views as own

# allauth makes links to these names; here they lead nowhere.
CLOSED = {
    "signup/": "account_signup",
    "email/": "account_email",
    "confirm-email/": "account_email_verification_sent",
    "password/set/": "account_set_password",
    "password/reset/": "account_reset_password",
    "login/code/": "account_request_login_code",
    "login/code/confirm/": "account_confirm_login_code",
}

urlpatterns: list[URLPattern] = [
    path("", own.root, name="account_root"),
    path("login/", own.login, name="account_login"),
    path("logout/", own.logout, name="account_logout"),
    path("inactive/", own.inactive, name="account_inactive"),
    path("reauthenticate/", own.reauthenticate, name="account_reauthenticate"),
    path("password/change/", own.password, name="account_change_password"),
    path("2fa/", own.mfa_index, name="mfa_index"),
    path("2fa/authenticate/", own.mfa_authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", own.mfa_reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", own.totp_on, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", own.totp_off, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", own.codes_view, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", own.codes_renew, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", own.codes_download, name="mfa_download_recovery_codes"),
    path("sessions/", own.sessions, name="usersessions_list"),
    *(path(where, own.closed, name=name) for where, name in CLOSED.items()),
]
