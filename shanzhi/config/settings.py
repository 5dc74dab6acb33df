"""Settings of the whole house; what an installation may set is read from the environment (docs/operations)."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.messages import constants as message_levels

from shanzhi.config import env

ROOT = Path(__file__).resolve().parents[2]
VAR_DIR = ROOT / env.text("SHANZHI_VAR", "var")
PACKS_DIR = ROOT / "packs"
DEBUG = env.flag("SHANZHI_DEBUG", False)
SECRET_KEY = env.secret("SHANZHI_SECRET_KEY", VAR_DIR / "keys")
ALLOWED_HOSTS = env.words("SHANZHI_HOSTS", "127.0.0.1,localhost,[::1]")
HTTPS = env.flag("SHANZHI_HTTPS", False)
ID_NODES = env.number_range("SHANZHI_NODES", "0-1023")
SHANZHI_KEY_FILE = ROOT / env.text("SHANZHI_KEY_FILE", str(VAR_DIR / "keys" / "fields.json"))
SHANZHI_CLUE_KEY_FILE = ROOT / env.text("SHANZHI_CLUE_KEY_FILE", str(VAR_DIR / "keys" / "clues.json"))
SHANZHI_CIPHER = env.one_of("SHANZHI_CIPHER", "aes-256-gcm", "sm4-gcm")
SHANZHI_REQUIRE_TOTP = env.flag("SHANZHI_REQUIRE_TOTP", True)
SHANZHI_TIANDITU_KEY = env.text("SHANZHI_TIANDITU_KEY", "").strip()
SHANZHI_SESSION_DAYS = env.number("SHANZHI_SESSION_DAYS", 7)

DATABASE_URL = env.text("SHANZHI_DATABASE", f"sqlite:///{VAR_DIR / 'shanzhi.sqlite3'}")
DATABASE_OWNER_URL = env.text("SHANZHI_DATABASE_OWNER", DATABASE_URL)
DATABASE_BACKUP_URL = env.text("SHANZHI_DATABASE_BACKUP", "")
DATABASE_BACKUP = env.database(DATABASE_BACKUP_URL, root=ROOT) if DATABASE_BACKUP_URL else None
AS_OWNER = os.environ.get("SHANZHI_AS_OWNER") == "1"
DATABASES = {"default": env.database(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL, root=ROOT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_q",
    "shanzhi.ui",
    "shanzhi.tenancy",
    "shanzhi.trail",
    "shanzhi.jobs",
    "shanzhi.files",
    "shanzhi.areas",
    "shanzhi.accounts",  # before allauth: its templates must win
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "shanzhi.packs",
    "shanzhi.notices",
    "shanzhi.people",
    "shanzhi.staffing",
    "shanzhi.cases",
    "shanzhi.clues",
    "shanzhi.duties",
    "shanzhi.visits",
    "shanzhi.portal",
    "shanzhi.exchange",
    "shanzhi.insight",
    "shanzhi.demo",
    "shanzhi.operations",
]
GLOBAL_TABLES = [
    "account.*",
    "accounts.ApiToken",
    "accounts.User",
    "areas.Division",
    "auth.*",
    "axes.*",
    "contenttypes.*",
    "django_q.*",
    "mfa.*",
    "sessions.*",
    "tenancy.County",
    "usersessions.*",
]

MIDDLEWARE = [
    "shanzhi.operations.middleware.MeasuringMiddleware",
    "shanzhi.clues.middleware.QuietMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shanzhi.config.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shanzhi.access.middleware.ErrorMiddleware",
    "shanzhi.tenancy.middleware.CountyMiddleware",
    "shanzhi.accounts.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "shanzhi.config.urls"
WSGI_APPLICATION = "shanzhi.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"]),
            ]
            if not DEBUG
            else ["django.template.loaders.app_directories.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shanzhi.ui.context.shell",
            ],
        },
    }
]
MESSAGE_TAGS = {message_levels.ERROR: "error"}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.text("SHANZHI_STATIC_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "shanzhi.access.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Who signs in, and how (accounts) ----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "shanzhi.accounts.backends.LoginBackend"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "shanzhi.accounts.validators.PasswordRule"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "shanzhi.accounts.login_views.csrf_failure"
ACCOUNT_ADAPTER = "shanzhi.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "shanzhi.accounts.login_forms.LoginForm",
    "change_password": "shanzhi.accounts.login_forms.ChangePasswordForm",
    "reauthenticate": "shanzhi.accounts.login_forms.ReauthenticateForm",
}
MFA_ADAPTER = "shanzhi.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "善治"
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "shanzhi.accounts.login_forms.TotpForm",
    "reauthenticate": "shanzhi.accounts.login_forms.TotpAgainForm",
    "activate_totp": "shanzhi.accounts.login_forms.TotpActivateForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "shanzhi.accounts.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "shanzhi.accounts.lockout.counted_ip"
AXES_HANDLER = "shanzhi.accounts.lockout.Handler"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = [
    "username", "ip_address", "login", "password", "oldpassword", "password1", "password2", "code",
    "csrfmiddlewaretoken",
]  # fmt: skip
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("SHANZHI_PROXIES", 0)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics/$"]  # asked on the machine itself, past the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.words("SHANZHI_ORIGINS", "")

# The gate of the public pages (cases/gate): public reports within ten minutes.
GATE = {
    "normal": env.number("SHANZHI_GATE_NORMAL", 100),
    "village": env.number("SHANZHI_GATE_VILLAGE", 30),
    "county": env.number("SHANZHI_GATE_COUNTY", 300),
}

# Background work (jobs) --------------------------------------------------------------------------------------
JOB_TIMEOUT_SECONDS = env.number("SHANZHI_JOB_TIMEOUT", 3_600)
Q_CLUSTER: dict[str, Any] = {
    "name": "shanzhi",
    "orm": "default",
    "workers": env.number("SHANZHI_WORKERS", 1),
    "timeout": JOB_TIMEOUT_SECONDS,
    "retry": env.number("SHANZHI_JOB_RETRY", JOB_TIMEOUT_SECONDS + 60),
    "poll": 0.5,
    "catch_up": False,
    "save_limit": 200,
    "ack_failures": False,
    "max_attempts": 5,
    "label": "后台",
}

# Messages that leave the house (notices) -----------------------------------------------------------------------
MESSAGES: dict[str, Any] = {
    "folder": VAR_DIR / "messages",
    "site": env.text("SHANZHI_SITE", "").rstrip("/"),
    "sms": {
        "by": env.one_of("SHANZHI_SMS", "off", "file", "aliyun"),
        "key": env.text("SHANZHI_SMS_KEY", ""),
        "secret": env.text("SHANZHI_SMS_SECRET", ""),
        "sign": env.text("SHANZHI_SMS_SIGN", ""),
        "templates": env.words("SHANZHI_SMS_TEMPLATES", ""),
        "endpoint": env.text("SHANZHI_SMS_ENDPOINT", "https://dysmsapi.aliyuncs.com"),
    },
    "wechat": {
        "by": env.one_of("SHANZHI_WECHAT", "off", "file", "official"),
        "appid": env.text("SHANZHI_WECHAT_APPID", ""),
        "secret": env.text("SHANZHI_WECHAT_SECRET", ""),
        "templates": env.words("SHANZHI_WECHAT_TEMPLATES", ""),
        "fields": env.words("SHANZHI_WECHAT_FIELDS", ""),
        "endpoint": env.text("SHANZHI_WECHAT_ENDPOINT", "https://api.weixin.qq.com"),
        "login": env.text("SHANZHI_WECHAT_LOGIN", "https://open.weixin.qq.com"),
    },
    "dingtalk": {
        "by": env.one_of("SHANZHI_DINGTALK", "off", "file", "work"),
        "key": env.text("SHANZHI_DINGTALK_KEY", ""),
        "secret": env.text("SHANZHI_DINGTALK_SECRET", ""),
        "agent": env.text("SHANZHI_DINGTALK_AGENT", ""),
        "endpoint": env.text("SHANZHI_DINGTALK_ENDPOINT", "https://oapi.dingtalk.com"),
    },
    "email": {
        "by": env.one_of("SHANZHI_EMAIL", "off", "file", "smtp"),
        "server": env.text("SHANZHI_SMTP", ""),
        "from": env.text("SHANZHI_EMAIL_FROM", ""),
    },
}

# Other systems (exchange) ---------------------------------------------------------------------------------------
EXCHANGE: dict[str, Any] = {
    "contact": env.text("SHANZHI_OPEN_CONTACT", "接口的问题请找本县的系统管理员。"),
    "minute": env.number("SHANZHI_OPEN_MINUTE", 60),
    "hour": env.number("SHANZHI_OPEN_HOUR", 1_000),
    "private_hooks": env.flag("SHANZHI_HOOKS_PRIVATE", False),
}

# Being watched (operations) --------------------------------------------------------------------------------------
BACKUP_DIR = env.text("SHANZHI_BACKUP_DIR", "")
DISK_FREE_MB = env.number("SHANZHI_DISK_FREE", 1_024)
METRICS_TOKEN = env.text("SHANZHI_METRICS_TOKEN", "")
ACCESS_LOG = env.flag("SHANZHI_ACCESS_LOG", False)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "shanzhi.lib.logs.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"quiet": {"()": "shanzhi.clues.middleware.QuietFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
    "root": {"handlers": ["console"], "level": env.text("SHANZHI_LOG_LEVEL", "WARNING")},
    "loggers": {"axes": {"level": "ERROR"}, "shanzhi.access": {"level": "INFO" if ACCESS_LOG else "WARNING"}},
}
