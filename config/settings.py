"""Settings: identity, apps, database, files, security, jobs, domain. Every value that differs between
places comes from the environment (table in docs/exploitation.md)."""

import os
from importlib.util import find_spec
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"PORTAIL_{name}", default)


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "oui"}


# Identity ------------------------------------------------------------------------------------------
DEMONSTRATION = env_bool("DEMONSTRATION")
NOM_PORTAIL = env("NOM", "Portail")
SOUS_TITRE_PORTAIL = env("SOUS_TITRE", "du secrétariat général")
VAR = Path(env("DOSSIER_VAR", str(BASE_DIR / "var")))
EXPLOITANT, CONTACT_AIDE, CONTACT_DPO = env("EXPLOITANT"), env("CONTACT_AIDE"), env("CONTACT_DPO")

CLE_PAR_DEFAUT = "cle-de-demonstration-a-remplacer-imperativement-en-production"
SECRET_KEY = env("SECRET_KEY", CLE_PAR_DEFAUT)
if SECRET_KEY == CLE_PAR_DEFAUT and not DEMONSTRATION:
    raise ImproperlyConfigured("PORTAIL_SECRET_KEY est obligatoire hors démonstration.")
DEBUG = False
ALLOWED_HOSTS = env("HOTES", "localhost,127.0.0.1,[::1]").split(",")

# Apps ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "guardian",
    "axes",
    "import_export",
    "socle",
    "courrier",
    "parlementaire",
    "dicom",
    "cabinet",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "socle.contexte.ContexteMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "socle.cadre.cadre",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database ------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or "postgres://portail@localhost/portail",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c statement_timeout=60000 -c timezone=UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # socle.contexte opens the request's transaction, rendering included

# Sign-in -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "socle.Agent"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "socle.auth.FonctionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "connexion"
LOGIN_REDIRECT_URL = "mon_travail"
LOGOUT_REDIRECT_URL = "connexion"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_NAME = "portail_session"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "socle.suspension.Suspension"
AXES_LOCKOUT_CALLABLE = "socle.suspension.suspendue"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # going on does not prolong: nobody keeps a colleague out so
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]  # never written down
ECHECS_COMPTE = int(env("ECHECS_COMPTE", "20"))  # within the hour, from any address; 0: no limit
ECHECS_ADRESSE = int(env("ECHECS_ADRESSE", "60"))  # within the hour, on any account; 0: no limit
AXES_CLIENT_IP_CALLABLE = "socle.auth.adresse_client"
MANDATAIRES = int(env("MANDATAIRES", "0"))  # trusted proxies in front of us, each of which adds an address
# ProConnect: its addresses follow from its issuer (socle/proconnect.py); empty, it does not exist.
PROCONNECT = env("PROCONNECT_EMETTEUR").rstrip("/")
PROCONNECT_SEUL = bool(PROCONNECT) and env_bool("PROCONNECT_SEUL")
OIDC_RP_CLIENT_ID, OIDC_RP_CLIENT_SECRET = env("PROCONNECT_CLIENT"), env("PROCONNECT_SECRET")
OIDC_RP_SIGN_ALGO = env("PROCONNECT_ALGORITHME", "RS256")
OIDC_RP_SCOPES = "openid email"
OIDC_AUTH_REQUEST_EXTRA_PARAMS = {"acr_values": "eidas1"}
OIDC_AUTHENTICATION_CALLBACK_URL = "proconnect_retour"
OIDC_TIMEOUT = 5  # seconds, for each of the four exchanges
if PROCONNECT and not (OIDC_RP_CLIENT_ID and OIDC_RP_CLIENT_SECRET):
    raise ImproperlyConfigured("PORTAIL_PROCONNECT_CLIENT et PORTAIL_PROCONNECT_SECRET manquent.")
if OIDC_RP_SIGN_ALGO not in {"RS256", "ES256"}:
    raise ImproperlyConfigured("PORTAIL_PROCONNECT_ALGORITHME : RS256 ou ES256.")
if PROCONNECT.startswith("http://") and not DEMONSTRATION:
    raise ImproperlyConfigured("PORTAIL_PROCONNECT_EMETTEUR commence par https://.")
# guardian carries named exceptions on its direct foreign-key base only; its backend is not installed.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# Language and time ---------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# Files ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
_dsfr = find_spec("dsfr")  # assets only: neither its tags nor its tables (docs/adr/0003)
STATICFILES_DIRS = [BASE_DIR / "static", Path(_dsfr.origin).parent / "static"]
STATICFILES_FINDERS = [
    "config.statiques.FinderSobre",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "pieces"},
    },
    "staticfiles": {"BACKEND": "config.statiques.StockageSobre"},
}
if env("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ADRESSE") or None,
            "signature_version": "s3v4",
            "default_acl": None,
            "querystring_auth": True,
        },
    }
WHITENOISE_MANIFEST_STRICT = False
TAILLE_MAX_PIECE = int(env("TAILLE_MAX_PIECE", str(50 * 1024 * 1024)))
PORTAIL_TAILLE_MAX_PIECE = TAILLE_MAX_PIECE
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_TEMP_DIR = env("DOSSIER_TEMPORAIRE") or None

# Security ------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
HTTPS = env_bool("HTTPS", not DEMONSTRATION)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_NAME = "__Host-portail_session"
CSRF_TRUSTED_ORIGINS = [origin for origin in env("ORIGINES").split(",") if origin]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"  # a cookie: no session row written per act

PORTAIL_CLAMD = env("CLAMD")  # unix:/run/clamav/clamd.ctl, or hote:3310; empty: no antivirus, and it is said

# Jobs ----------------------------------------------------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL") or "redis://localhost:6379/0"
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_throttle": 1,
    # A broker that is down costs a request nothing: one more try, then the sweep finds the row (socle/reveil.py).
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.05,
    "interval_max": 0.1,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "rappels": {"task": "socle.tasks.rappeler", "schedule": crontab(hour=7, minute=0, day_of_week="mon-fri")},
    "recapitulatif": {"task": "socle.tasks.recapituler", "schedule": crontab(hour=8, minute=0, day_of_week="mon-fri")},
    "entretien": {"task": "socle.tasks.entretenir", "schedule": crontab(hour=3, minute=20)},
    "fixite": {"task": "socle.tasks.relire_fichiers", "schedule": crontab(hour="0-5", minute=40)},
    "orphelins": {"task": "socle.tasks.effacer_orphelins", "schedule": crontab(day_of_week="sun", hour=4, minute=10)},
    "conversions": {"task": "courrier.tasks.relever_conversions", "schedule": crontab(minute="*/2")},
    "lectures": {"task": "socle.tasks.relever_lectures", "schedule": crontab(minute="*/3")},
    "quarantaine": {"task": "socle.tasks.relever_quarantaine", "schedule": crontab(minute="*/2")},
    "importations": {"task": "parlementaire.tasks.relever_importations", "schedule": crontab(minute="*/5")},
    "invitations": {"task": "parlementaire.tasks.relever_invitations", "schedule": crontab(minute="*/10")},
    "messages": {"task": "courrier.tasks.relever_messages", "schedule": crontab(minute="*/2")},
    "courriels": {"task": "courrier.tasks.relever_courriels", "schedule": crontab(minute="*/5")},
}

# E-mail: the demonstration keeps it in a box that its administrators read, nothing leaves it ----------------
EMAIL_BACKEND = "socle.boite.EmailBackend" if DEMONSTRATION else "django.core.mail.backends.smtp.EmailBackend"
BOITE = VAR / "courriels"
EMAIL_HOST, EMAIL_PORT = env("SMTP_HOTE", "localhost"), int(env("SMTP_PORT", "25"))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env("SMTP_COMPTE"), env("SMTP_MOT_DE_PASSE")
EMAIL_USE_SSL, EMAIL_USE_TLS = env("SMTP_TLS") == "direct", env("SMTP_TLS") == "starttls"
EMAIL_TIMEOUT = 30  # seconds
# Boxes that letters come to are in the référentiels; their passwords here only: PORTAIL_IMAP_<CODE>.
PORTAIL_IMAP = {nom[13:]: valeur for nom, valeur in os.environ.items() if nom.startswith("PORTAIL_IMAP_")}
DEFAULT_FROM_EMAIL = env("EXPEDITEUR", "portail@localhost")
PORTAIL_ADRESSE = env("ADRESSE_PUBLIQUE", f"http://{ALLOWED_HOSTS[0]}").rstrip("/")  # of the links in e-mails

# Domain: durations to be validated by the DPO ---------------------------------------------------------
PORTAIL_JOURS_CONSULTATIONS = int(env("JOURS_CONSULTATIONS", "365"))
PORTAIL_JOURS_CONNEXIONS = int(env("JOURS_CONNEXIONS", "365"))
PORTAIL_JOURS_COURRIELS = int(env("JOURS_COURRIELS", "30"))
PORTAIL_JOURS_DEPOTS = int(env("JOURS_DEPOTS", "7"))
PORTAIL_JOURS_FIXITE = int(env("JOURS_FIXITE", "90"))  # a file is read back at least that often

# Journal of the application (never a letter's text, never a name) -------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "root": {"handlers": ["console"], "level": env("NIVEAU_JOURNAL", "INFO")},
    "loggers": {"axes": {"level": "ERROR"}},
}
