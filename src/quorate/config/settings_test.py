"""Settings for the tests: fast hashing, mail in memory, data in a scratch directory of this process."""

from __future__ import annotations

import os
import tempfile

os.environ["QUORATE_HOME"] = tempfile.mkdtemp(prefix="quorate-test-")
os.environ.pop("QUORATE_DEMO", None)
if os.environ.get("QUORATE_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["QUORATE_TEST_DATABASE_URL"]
else:
    os.environ.pop("DATABASE_URL", None)

from quorate.config.settings import *  # noqa: F403  # the environment must be set before settings read it

TEST = True
SECRET_KEY = "only-for-tests"  # noqa: S105  # not a secret
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
