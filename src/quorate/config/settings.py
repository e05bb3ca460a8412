"""Settings. Everything has a default that is safe for one machine; what can be set is declared where it is read.

The variables, with their meaning, are listed in ``docs/reference/settings.md``, which is made from this file.
"""

from __future__ import annotations

import os
import secrets
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF

from quorate.config import logging, providers
from quorate.kernel import discovery
from quorate.kernel.environment import home, switch, variable
from quorate.kernel.i18n import _

django_stubs_ext.monkeypatch()

variable("QUORATE_HOME", "The directory of all data: database, files, keys, mail not sent.", "var")
HOME = home()
HOME.mkdir(parents=True, exist_ok=True)
(HOME / "keys").mkdir(mode=0o700, exist_ok=True)

DEBUG = switch("QUORATE_DEBUG", "`1` shows traces of defects in the browser. Never where others can reach it.")
DEMO = switch("QUORATE_DEMO", "`1` lets sign-in links of the example be used again.") or (HOME / "demo").exists()
TEST = False


def _secret(name: str) -> str:
    """A secret kept in ``QUORATE_HOME/keys``, made on first use, readable by the owner alone."""
    path = HOME / "keys" / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = variable(
    "QUORATE_SECRET_KEY", "Signs sessions and links. Without it: a file of its own in `keys`.", secret=True
) or _secret("secret")
BIND = variable("QUORATE_BIND", "The address to listen on.", "127.0.0.1")
PORT = int(variable("PORT", "The port to listen on.", "8000"))
PUBLIC_URL = variable(
    "QUORATE_URL", "The public address of the site, for links in letters; `https://` makes cookies secure."
).rstrip("/")
PUBLIC_URL = PUBLIC_URL or f"http://127.0.0.1:{PORT}"
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = [
    *filter(None, variable("QUORATE_HOSTS", "Further host names of the site, separated by commas.").split(",")),
    urlsplit(PUBLIC_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
TRUSTED_PROXY = variable(
    "QUORATE_TRUSTED_PROXY",
    "The address of the proxy in front, whose `X-Forwarded-For` and `-Proto` are believed; `*` for any.",
)
THREADS = int(variable("QUORATE_THREADS", "Requests answered at once by one process.", "8"))
LIMITS = (
    variable(
        "QUORATE_RATE_LIMITS",
        "`off`: nothing is counted, for measuring under load. Never where others can reach it.",
        "on",
    )
    != "off"
)
API_PER_MINUTE = int(
    variable("QUORATE_API_PER_MINUTE", "Requests to the API in a minute, for one account or visitor.", "600")
)
if not LIMITS:
    API_PER_MINUTE = 10**9
FETCH_REPOSITORIES = switch(
    "QUORATE_FETCH", "`1` lets repositories of projects be cloned from their public hosts, over https only."
)
METRICS_TOKEN = variable("QUORATE_METRICS_TOKEN", "Shows `/metrics` to who sends it as a bearer token.", secret=True)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

SOCIALACCOUNT_PROVIDERS = providers.configured(HOME)

INSTALLED_APPS = [
    "quorate.kernel.apps.KernelConfig",
    *[name for name in discovery.apps() if name != "quorate.kernel"],
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    # Only who was configured: the pages of a provider without its secrets would fall over.
    *[f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS],
]

MIDDLEWARE = [
    "quorate.surfaces.operations.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "quorate.surfaces.accounts.providers.ProviderMiddleware",
    "quorate.surfaces.accounts.limits.LimitMiddleware",
    "quorate.toolkit.deploys.StalePageMiddleware",
    "quorate.surfaces.web.errors.UserErrorMiddleware",
]

ROOT_URLCONF = "quorate.config.urls"
WSGI_APPLICATION = "quorate.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quorate.surfaces.web.shell.shell",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """SQLite in the data directory, or what ``DATABASE_URL`` names."""
    url = variable(
        "DATABASE_URL", "`postgres://user:password@host/name`. Without it: SQLite in the data directory.", secret=True
    )
    if url:
        found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    else:
        found = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(HOME / "quorate.sqlite3")}
    options = found.setdefault("OPTIONS", {})
    if found["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE takes the write lock first, so a transaction never fails half-way on a busy database.
        # synchronous=FULL: an accepted write survives power loss, not only kill -9.
        options.update(
            transaction_mode="IMMEDIATE",
            timeout=30,
            init_command=(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        )
    else:
        options.setdefault("options", "-c jit=off")
    return found


DATABASES = {"default": _database()}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}}

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
CSRF_FAILURE_VIEW = "quorate.surfaces.web.errors.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [str(discovery.ROOT / "locale")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = str(HOME / "static")
MEDIA_ROOT = str(HOME / "files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}


def _mail() -> dict[str, Any]:
    """Mail goes to ``QUORATE_SMTP_URL`` (smtp:// or smtps://), else into files of the data directory."""
    url = variable(
        "QUORATE_SMTP_URL",
        "`smtp://user:password@host:587?starttls` or `smtps://…`. Without it letters are files in `mail`.",
        secret=True,
    )
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(HOME / "mail"),
        }
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and "starttls" in parts.query,
        "EMAIL_TIMEOUT": 20,
    }


globals().update(_mail())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = variable(
    "QUORATE_MAIL_FROM", "The sender of letters, unless the foundation names one.", "quorate@localhost"
)

SIGN_UP_OPEN = (
    variable("QUORATE_SIGN_UP", "`closed`: only people who have an account sign in; else anybody may open one.", "open")
    != "closed"
)
ACCOUNT_ADAPTER = "quorate.surfaces.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "quorate.surfaces.accounts.adapter.SocialAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_FORMS = {"login": "quorate.surfaces.web.signin.SignInForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_UNIQUE_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False

LOGGING = logging.configuration(
    variable("QUORATE_LOG", "The form of the log: `text` or `json`.", "text"),
    variable("QUORATE_LOG_LEVEL", "How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`.", "INFO").upper(),
)
