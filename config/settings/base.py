"""The platform's settings: every one that a machine may change is read from its environment."""

from typing import Any

from config.settings.environment import (
    BASE_DIR,
    DATA_DIR,
    HAODIAN_ENV,
    development_field_key,
    development_key,
    env,
)
from config.settings.guard import check_field_keys, refuse_unsafe
from config.settings.redis import broker_url, cache_url

PRODUCTION = HAODIAN_ENV == "production"
TESTING = HAODIAN_ENV == "test"

# --- Who we are ---------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
HAODIAN_SANDBOX = env.bool("HAODIAN_SANDBOX", default=not PRODUCTION)
HAODIAN_BASE_URL = env.str("HAODIAN_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
SECURE_SITE = HAODIAN_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Secrets ------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="" if PRODUCTION else development_key("secret-key"))
HAODIAN_FIELD_KEYS = env.list(
    "HAODIAN_FIELD_KEYS", default=[] if PRODUCTION else [development_field_key()]
)
SANDBOX_GATEWAY_SECRET = env.str(
    "SANDBOX_GATEWAY_SECRET", default="" if PRODUCTION else development_key("gateway")
)
#: What carriers sign their notices with; nothing: no notice is taken, and no parcel is watched.
CARRIER_NOTICE_SECRET = env.str(
    "CARRIER_NOTICE_SECRET", default="" if PRODUCTION else development_key("carrier")
)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # nothing: nobody may read the metrics
check_field_keys(HAODIAN_FIELD_KEYS)
if PRODUCTION:
    refuse_unsafe(
        debug=DEBUG,
        secret_key=SECRET_KEY,
        field_keys=HAODIAN_FIELD_KEYS,
        sandbox=HAODIAN_SANDBOX,
        shared_secrets={
            "SANDBOX_GATEWAY_SECRET": SANDBOX_GATEWAY_SECRET,
            "CARRIER_NOTICE_SECRET": CARRIER_NOTICE_SECRET,
        },
        allowed_hosts=ALLOWED_HOSTS,
        second_factor_demanded=env.bool("SECOND_FACTOR_DEMANDED", default=True),
    )

# --- Rooms --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",  # before the admin: it replaces its templates
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "kernel.apps.KernelConfig",
    "ledger.apps.LedgerConfig",
    "accounts.apps.AccountsConfig",
    "shops.apps.ShopsConfig",
    "catalog.apps.CatalogConfig",
    "orders.apps.OrdersConfig",
    "affiliates.apps.AffiliatesConfig",
    "aftersales.apps.AftersalesConfig",
    "settlements.apps.SettlementsConfig",
    "insights.apps.InsightsConfig",
    "governance.apps.GovernanceConfig",
    "demo.apps.DemoConfig",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "kernel.http.RequestIdMiddleware",  # outermost: every log line of a request carries its id
    "config.lanes.LaneMiddleware",  # calls of the API leave here and take none of the following
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database -----------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default="postgres:///haodian")
}
DATABASES["default"].update(
    ATOMIC_REQUESTS=False,  # a service owns its transaction
    CONN_HEALTH_CHECKS=True,  # the pool never hands out a connection that died
    DISABLE_SERVER_SIDE_CURSORS=True,  # they break behind a pooler in transaction mode
)
# Threads of one process share at most this many connections; 0 opens one for each request.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=8 if PRODUCTION else 0)
if DATABASE_POOL_SIZE:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 0,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 10,
    }
if TESTING and env.str("HAODIAN_TEST_TEMPLATE", default=""):  # config.testing has migrated it
    DATABASES["default"]["TEST"] = {"TEMPLATE": env.str("HAODIAN_TEST_TEMPLATE")}

# --- Cache and tasks ----------------------------------------------------------------------------
REDIS_URL = "" if TESTING else env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": cache_url(REDIS_URL),
            "KEY_PREFIX": "haodian",
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

LIMITS_URL = cache_url(REDIS_URL) if REDIS_URL else ""
# Checkouts that one buyer may send in a second, in the long run and at once; 0 for any number.
CHECKOUTS_PER_SECOND = env.float("CHECKOUTS_PER_SECOND", default=2.0)
CHECKOUTS_AT_ONCE = 4
if TESTING:
    CHECKOUTS_PER_SECOND = 0.0  # a test of the limit switches it on

CELERY_BROKER_URL = broker_url(REDIS_URL) if REDIS_URL else "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Above twice the hard time limit: a shorter one hands a running task to a second worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_VISIBILITY_TIMEOUT = 600
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True  # our retries are rows, not unacknowledged messages
CELERY_TASK_IGNORE_RESULT = True  # the state lives in our tables
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0.1, "interval_max": 1}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = False  # nothing is waiting under an ETA: stop at once
CELERY_TIMEZONE = "UTC"

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # thousands of test users
LOGIN_URL = "/merchant/login/"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.services.sign_up.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION", default="mandatory" if PRODUCTION else "optional"
)
# Codes instead of links: an app has no page that a link could open.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION == "mandatory"
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Counted before the password is looked at, so that tries sent together do not all pass: a network
# may fail 10 times a minute, an address 5 times in 5 minutes and 20 times an hour, wherever from.
FAILED_LOGINS = "10/m/ip,5/5m/key,20/h/key"
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login_failed": FAILED_LOGINS}
# How many proxies of our own stand before us; the network that is counted is behind them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TESTING:
    ACCOUNT_RATE_LIMITS = False  # a test of the limits switches them on
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": HAODIAN_BASE_URL + "/#confirm-email={key}",
    "account_reset_password": HAODIAN_BASE_URL + "/#reset-password",
    "account_reset_password_from_key": HAODIAN_BASE_URL + "/#reset-password={key}",
    "account_signup": HAODIAN_BASE_URL + "/#sign-up",
}
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = SECRET_KEY
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
MFA_ADAPTER = "kernel.second_factor.SealedFactors"
# Owners, finance and the platform's own staff work with two-step sign-in only. In a sandbox they
# may do without; production refuses to start with it off.
SECOND_FACTOR_DEMANDED = env.bool("SECOND_FACTOR_DEMANDED", default=not HAODIAN_SANDBOX)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Haodian"

# --- Mail ---------------------------------------------------------------------------------------
# At a desk a mail is a file in var/mail: readable, and no address reaches a log.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
if "EMAIL_URL" not in env.ENVIRON and not PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Haodian <noreply@localhost>")

# --- Languages and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # for display; rows and answers are UTC

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None  # collectstatic is for production
# Outside production the finders are scanned at start: no collectstatic between a change and a look.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = TESTING  # each test client would scan all files at its first request
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": (
            "django.core.files.storage.InMemoryStorage"
            if TESTING
            else "django.core.files.storage.FileSystemStorage"
        )
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Browsers -----------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE_SITE
CSRF_COOKIE_SECURE = SECURE_SITE
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION and SECURE_SITE)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # probes come from inside, without TLS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000 if SECURE_SITE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
if env.bool("TRUST_PROXY_TLS_HEADER", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", *env.list("IMAGE_HOSTS", default=[])],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Unfold's Alpine expressions are evaluated strings; Swagger UI writes its own style elements.
CONSOLE_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}
DOCS_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY["DIRECTIVES"] | {
    "style-src": ["'self'", "'unsafe-inline'"],
}
CONTENT_SECURITY_POLICIES_BY_PREFIX = {
    "/merchant/": CONSOLE_CONTENT_SECURITY_POLICY,
    "/support/": CONSOLE_CONTENT_SECURITY_POLICY,
    "/operator/": CONSOLE_CONTENT_SECURITY_POLICY,
    "/api/docs/": DOCS_CONTENT_SECURITY_POLICY,
}

# --- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["kernel.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],  # kernel.api.views asks for a role, operation by operation
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kernel.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "kernel.api.schema.HaodianSchema",
    "DEFAULT_PAGINATION_CLASS": "kernel.api.pagination.Cursor",
    "PAGE_SIZE": 20,
    "EXCEPTION_HANDLER": "kernel.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Haodian API",
    "DESCRIPTION": "Creator commerce: shops and content accounts that are one.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # what a PATCH demands is demanded: its shape says which
    # Choices stay where they are used: a dozen machines have a `status`, and numbered component
    # names would change with each new one.
    "POSTPROCESSING_HOOKS": ["kernel.api.schema.add_problem"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Logs ---------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.LineFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # 404s and 403s are answers, not news; Django's own handlers would print them twice.
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
        # Four lines a sweep, a sweep a second: at INFO nothing else could be read.
        "celery": {"handlers": [], "propagate": True, "level": "WARNING"},
        "httpx": {"level": "WARNING"},  # its INFO lines hold whole addresses
    },
}
