"""Settings from the environment, from a file, and from secrets in files."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quorate.config import providers
from quorate.kernel import environment
from quorate.kernel.errors import UserError

SHOW = """
import json, sys
from django.conf import settings as s
names = sys.argv[1:]
print(json.dumps({name: getattr(s, name) for name in names}, default=str))
"""


def settings(home: Path, *names: str, **variables: str) -> dict[str, Any]:
    """Some settings as a fresh process sees them."""
    found = {key: value for key, value in os.environ.items() if not key.startswith(("QUORATE", "DATABASE_URL", "PORT"))}
    found |= {"QUORATE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "quorate.config.settings", **variables}
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *names], env=found, capture_output=True, text=True, timeout=60, check=True
    )
    body: dict[str, Any] = json.loads(done.stdout)
    return body


def test_everything_has_a_default_that_is_safe(tmp_path: Path) -> None:
    found = settings(tmp_path / "new", "DEBUG", "DEMO", "PUBLIC_URL", "BIND", "HTTPS", "SECRET_KEY", "DATABASES")
    assert (found["DEBUG"], found["DEMO"], found["HTTPS"]) == (False, False, False)
    assert (found["BIND"], found["PUBLIC_URL"]) == ("127.0.0.1", "http://127.0.0.1:8000")
    assert len(found["SECRET_KEY"]) > 50
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "new" / "quorate.sqlite3")
    assert stat.S_IMODE((tmp_path / "new" / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "keys" / "secret").stat().st_mode) == 0o600
    assert settings(tmp_path / "new", "SECRET_KEY")["SECRET_KEY"] == found["SECRET_KEY"]


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS")
    found = settings(tmp_path, *names, QUORATE_URL="https://quorate.example/", QUORATE_HOSTS="other.example")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert {"quorate.example", "other.example"} <= set(found["ALLOWED_HOSTS"])


def test_postgresql_is_one_setting(tmp_path: Path) -> None:
    found = settings(tmp_path, "DATABASES", DATABASE_URL="postgres://u:p%40ss@db.example:5433/q")["DATABASES"][
        "default"
    ]
    assert (found["HOST"], found["PORT"], found["USER"], found["PASSWORD"], found["NAME"]) == (
        "db.example",
        5433,
        "u",
        "p@ss",
        "q",
    )
    assert found["OPTIONS"]["options"] == "-c jit=off"


def test_a_file_in_the_data_directory_sets_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "quorate.env").write_text('# ours\nPORT = 9000\nQUORATE_MAIL_FROM="desk@example.org"\n')
    assert settings(tmp_path, "PORT", "DEFAULT_FROM_EMAIL") == {"PORT": 9000, "DEFAULT_FROM_EMAIL": "desk@example.org"}
    assert settings(tmp_path, "PORT", PORT="9001") == {"PORT": 9001}


def test_a_secret_may_be_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "smtp").write_text("smtps://user:word@mail.example\n")
    found = settings(
        tmp_path, "EMAIL_HOST", "EMAIL_USE_SSL", "EMAIL_PORT", QUORATE_SMTP_URL_FILE=str(tmp_path / "smtp")
    )
    assert found == {"EMAIL_HOST": "mail.example", "EMAIL_USE_SSL": True, "EMAIL_PORT": 465}


def test_a_variable_is_declared_once() -> None:
    assert {"QUORATE_HOME", "DATABASE_URL", "PORT"} <= {one.name for one in environment.VARIABLES}
    assert all(one.meaning.endswith(".") for one in environment.VARIABLES)


def test_no_variable_is_read_that_is_not_declared() -> None:
    """What the product reads of the environment stands in the reference."""
    source = Path(environment.__file__).resolve().parents[1]
    allowed = {"kernel/environment.py", "config/settings_test.py", "config/wsgi.py", "surfaces/cli/main.py"}
    # Tracing is set by the variables that every program with OpenTelemetry has; git and PostgreSQL by theirs.
    allowed |= {"surfaces/operations/tracing.py", "surfaces/operations/backup.py", "registers/portfolio/clones.py"}
    guilty = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if re.search(r"\benviron\b|\bgetenv\b", path.read_text("utf-8"))
        and str(path.relative_to(source)) not in allowed
    }
    assert guilty == set()


# Providers of sign-in ----------------------------------------------------------------------------------------


@pytest.fixture
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("QUORATE_OIDC", "QUORATE_GITHUB"))]:
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("_nothing_configured")
def test_no_provider_unless_somebody_configured_one(tmp_path: Path) -> None:
    assert providers.configured(tmp_path) == {}


def test_the_pages_of_a_provider_exist_only_once_it_is_configured(tmp_path: Path) -> None:
    github = "allauth.socialaccount.providers.github"
    assert github not in settings(tmp_path, "INSTALLED_APPS")["INSTALLED_APPS"]
    assert github in settings(tmp_path, "INSTALLED_APPS", QUORATE_GITHUB_CLIENT_ID="x")["INSTALLED_APPS"]


@pytest.mark.usefixtures("_nothing_configured")
def test_providers_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "sign-in.yml").write_text(
        "github: {client_id: gh, secret: ghs}\n"
        "oidc:\n"
        '  - {id: one, name: One Inc., url: "https://one.example", client_id: a, secret: b}\n'
        '  - {id: two, name: Two Inc., url: "https://two.example", client_id: c, secret: d}\n'
    )
    found = providers.configured(tmp_path)
    assert found["github"]["APPS"][0]["client_id"] == "gh"
    assert [app["provider_id"] for app in found["openid_connect"]["APPS"]] == ["one", "two"]
    assert found["openid_connect"]["OAUTH_PKCE_ENABLED"]


def test_providers_from_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORATE_GITHUB_CLIENT_ID", "gh")
    monkeypatch.setenv("QUORATE_GITHUB_SECRET", "ghs")
    monkeypatch.setenv("QUORATE_OIDC_URL", "https://login.example")
    monkeypatch.setenv("QUORATE_OIDC_CLIENT_ID", "us")
    found = providers.configured(tmp_path)
    assert found["openid_connect"]["APPS"][0]["settings"] == {"server_url": "https://login.example"}
    assert found["github"]["APPS"][0]["secret"] == "ghs"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("gitlab: {}\n", 1),
        ("# x\ngithub: {client_id: a}\n", 2),
        ("oidc:\n  - {id: one}\n", 2),
        ("github: [\n", 2),
    ],
)
def test_a_wrong_file_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "sign-in.yml").write_text(text)
    with pytest.raises(UserError) as raised:
        providers.configured(tmp_path)
    assert raised.value.where.endswith(f"sign-in.yml:{line}")
