"""Django's settings, all derived from the environment (bitp.config.environment)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from bitp.config.environment import read_environment
from bitp.config.logs import settings_for
from bitp.lib.safe_sqlite import use_safe_sqlite

use_safe_sqlite()

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent
MODE = ENVIRONMENT.mode
IS_DEMO = MODE == "demo"
ORIGIN = ENVIRONMENT.origin.rstrip("/")
_origin = urlsplit(ORIGIN)
IS_HTTPS = _origin.scheme == "https"

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key or (
    "" if MODE == "serve" else "only-for-the-demo-and-tests" * 3
)
SECRET_KEY_FALLBACKS = [ENVIRONMENT.secret_key_old] if ENVIRONMENT.secret_key_old else []
ALLOWED_HOSTS = [
    host
    for host in [
        _origin.hostname or "",
        *ENVIRONMENT.hosts.split(","),
        *(["127.0.0.1"] if MODE != "serve" else []),
    ]
    if host
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bitp.identity",  # before allauth: its pages are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "bitp.events",
    "bitp.desk.staff",
    "bitp.desk.contacts",
    "bitp.desk.channels",
    "bitp.desk.conversations",
    "bitp.desk.attachments",
    "bitp.desk.routing",
    "bitp.desk.search",
    "bitp.desk.console",
    "bitp.desk.webhooks",
    "bitp.desk.operations",
    "bitp.desk.api",
    "ninja",  # the files of the page that describes the API
    "bitp.site",
    "bitp.web",
    *(["bitp.demo"] if MODE in {"demo", "test"} else []),
]

MIDDLEWARE = [
    "bitp.config.logs.RequestLog",
    "bitp.identity.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bitp.identity.middleware.ContentSecurity",
    "bitp.identity.middleware.TwoSessions",
    "django.middleware.common.CommonMiddleware",
    "bitp.identity.middleware.TwoCsrfCookies",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bitp.identity.middleware.OneKind",
    "bitp.identity.middleware.Language",
    "bitp.config.null_characters.NullCharacters",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "bitp.config.urls"
WSGI_APPLICATION = "bitp.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bitp.site.context.page",
            ]
        },
    }
]


def _database() -> dict[str, object]:
    if not ENVIRONMENT.database_url:
        return {
            "ENGINE": "bitp.events.sqlite",
            "NAME": ENVIRONMENT.data / "bitp.sqlite3",
            "OPTIONS": {"sync_delay_ms": ENVIRONMENT.sync_delay_ms},
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": ENVIRONMENT.data / "test.sqlite3"},
        }
    url = urlsplit(ENVIRONMENT.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": url.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.User"
# Addresses are unique in lower case, by a constraint the check does not know; forms are protected
# by TwoCsrfCookies, a subclass that the check does not know either (a test tries it).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W003"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["bitp.identity.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "bitp.identity.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_FORMS = {
    "login": "bitp.identity.forms.LoginForm",
    "reauthenticate": "bitp.identity.forms.PasswordAgainForm",
}
# Tries are counted in a row of ours (bitp.identity.tries), not in a process's cache.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_FORMS = {
    "authenticate": "bitp.identity.forms.CodeForm",
    "reauthenticate": "bitp.identity.forms.CodeAgainForm",
}
MFA_ADAPTER = "bitp.identity.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = False

SESSION_ENGINE = "bitp.identity.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_NAME = "bitp_session"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
STAFF_SESSION_COOKIE_NAME = "bitp_console"
STAFF_SESSION_AGE_S = 12 * 3600
STAFF_IDLE_S = 15 * 60
STAFF_AUTHENTICATOR = ENVIRONMENT.staff_authenticator or IS_DEMO
CSRF_COOKIE_NAME = "bitp_csrf"
CSRF_TRUSTED_ORIGINS = [ORIGIN]
CSRF_FAILURE_VIEW = "bitp.site.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Only a trusted proxy's word makes a request plain HTTP; see bitp.config.wsgi.
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
X_FRAME_OPTIONS = "SAMEORIGIN" if IS_DEMO else "DENY"
TRUSTED_PROXIES = [network for network in ENVIRONMENT.trusted_proxies.split(",") if network]

LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "bitp_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300

_mail = urlsplit(ENVIRONMENT.mail_url)
EMAIL_BACKEND = (
    "bitp.demo.mailbox.MailboxBackend" if IS_DEMO else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_PORT == 587
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
ATTACHMENT_BYTES_MAX = ENVIRONMENT.attachment_bytes_max
ATTACHMENTS_PER_MESSAGE = ENVIRONMENT.attachments_per_message
ATTACHMENTS_PER_HOUR = ENVIRONMENT.attachments_per_hour
ATTACHMENT_TYPES = frozenset(ENVIRONMENT.attachment_types.replace(" ", "").split(","))
CLAMD = ENVIRONMENT.clamd
FILES_KEY = ENVIRONMENT.files_key or SECRET_KEY
# Without keys of their own the files follow the rotation of the secret key.
_old_keys = (ENVIRONMENT.files_key_old, SECRET_KEY, ENVIRONMENT.secret_key_old)
FILES_KEY_OLD = [key for key in _old_keys if key and key != FILES_KEY]
BITP_WEBHOOKS_PRIVATE = ENVIRONMENT.webhooks_private
BITP_HOURS = ENVIRONMENT.hours
BITP_API_PER_MINUTE = ENVIRONMENT.api_per_minute
BITP_SUPPORT_CHANNELS = {
    "email": ENVIRONMENT.support_email,
    "phone": ENVIRONMENT.support_phone,
    "x": ENVIRONMENT.support_x,
    "facebook": ENVIRONMENT.support_facebook,
    "telegram": ENVIRONMENT.support_telegram,
    "whatsapp": ENVIRONMENT.support_whatsapp,
}

LOGGING = settings_for(ENVIRONMENT.log)
