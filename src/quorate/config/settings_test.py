"""Settings for the tests: fast hashing, mail in memory, data in a scratch directory of this process."""

from __future__ import annotations

import os
import tempfile

#: What tells the tests how to run; every other variable of an installation must not reach them.
_OWN = {
    "QUORATE_CHROMIUM",
    "QUORATE_CI",
    "QUORATE_CROWD_SECONDS",
    "QUORATE_FUZZ",
    "QUORATE_SCREENSHOTS",
    "QUORATE_SHARED_DATA",
    "QUORATE_TEST_BEANCOUNT",
    "QUORATE_TEST_DATABASE_URL",
    "QUORATE_TEST_POSTGRES",
}
for _name in [name for name in os.environ if name.startswith("QUORATE_") and name not in _OWN]:
    del os.environ[_name]
for _name in ("DATABASE_URL", "PORT"):
    os.environ.pop(_name, None)
os.environ["QUORATE_HOME"] = tempfile.mkdtemp(prefix="quorate-test-")
os.environ |= {
    "QUORATE_GITHUB_CLIENT_ID": "tests",
    "QUORATE_OIDC_URL": "https://login.example",
    "QUORATE_OIDC_NAME": "Example Inc.",
    "QUORATE_OIDC_CLIENT_ID": "tests",
}
if os.environ.get("QUORATE_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["QUORATE_TEST_DATABASE_URL"]

from quorate.config.settings import *  # noqa: E402, F403  # the environment must be set before settings read it
from quorate.config.settings import HOME  # noqa: E402  # the same

(HOME / "static").mkdir(exist_ok=True)

TEST = True
SECRET_KEY = "only-for-tests"  # noqa: S105  # not a secret
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
LIMITS = False
API_PER_MINUTE = 1_000_000
ACCOUNT_RATE_LIMITS = False
