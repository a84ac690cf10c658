"""Django's settings. What differs between installations comes from the data folder and the environment:

DAFENG_DATA    the data folder (set by `dafeng serve`)
DAFENG_HOSTS   names under which the site may be called, separated by commas; local names always
DAFENG_DEBUG   1 for pages with tracebacks while developing
"""

from __future__ import annotations

import os
from pathlib import Path

from dafeng.web.folder import secret_key

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("DAFENG_DATA") or "run/data")

DEBUG = os.environ.get("DAFENG_DEBUG") == "1"
SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
ALLOWED_HOSTS += [name.strip() for name in os.environ.get("DAFENG_HOSTS", "").split(",") if name.strip()]

INSTALLED_APPS = ["dafeng.web"]
MIDDLEWARE = [
    "dafeng.web.security.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "dafeng.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "dafeng.web.views.errors.BlockedMiddleware",
]
ROOT_URLCONF = "dafeng.web.urls"
WSGI_APPLICATION = "dafeng.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"builtins": ["dafeng.web.templatetags.dafeng"]},
    }
]
DATABASES: dict[str, dict[str, str]] = {}
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = False

STATIC_URL = "/assets/"
STATIC_ROOT = HERE / "assets"
WHITENOISE_MAX_AGE = 86_400
WHITENOISE_ALLOW_ALL_ORIGINS = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
SECURE_CONTENT_TYPE_NOSNIFF = True
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W004", "security.W008", "security.W012", "security.W016"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
