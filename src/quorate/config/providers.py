"""Who may vouch for people at sign-in: GitHub and any provider of OpenID Connect, by variables or by a file.

The file ``sign-in.yml`` in the data directory takes any number of them::

    github: {client_id: …, secret: …}
    oidc:
      - {id: example, name: Example Inc., url: "https://login.example.org", client_id: …, secret: …}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quorate.kernel import yamlfile
from quorate.kernel.environment import variable

#: The entries of one OpenID Connect provider in the file; ``url`` is its issuer.
_OIDC = ("id", "name", "url", "client_id", "secret")


def configured(home: Path) -> dict[str, Any]:
    """The setting of allauth for all providers that somebody configured. Raises ``UserError`` with file and line."""
    found: dict[str, Any] = {}
    github, oidc = _from_file(home / "sign-in.yml")
    client = variable("QUORATE_GITHUB_CLIENT_ID", "Sign-in with GitHub: the identifier of the OAuth application.")
    secret = variable("QUORATE_GITHUB_SECRET", "Sign-in with GitHub: the secret of the OAuth application.", secret=True)
    if client:
        github = {"client_id": client, "secret": secret}
    url = variable("QUORATE_OIDC_URL", "Sign-in with OpenID Connect: the address of the issuer.")
    one = {
        "id": "oidc",
        "url": url,
        "name": variable("QUORATE_OIDC_NAME", "Sign-in with OpenID Connect: what people know it as.", "Single sign-on"),
        "client_id": variable("QUORATE_OIDC_CLIENT_ID", "Sign-in with OpenID Connect: our identifier there."),
        "secret": variable("QUORATE_OIDC_SECRET", "Sign-in with OpenID Connect: our secret there.", secret=True),
    }
    if url:
        oidc = [*oidc, one]
    if github:
        found["github"] = {"SCOPE": ["user:email"], "APPS": [{"key": "", **github}]}
    if oidc:
        found["openid_connect"] = {"OAUTH_PKCE_ENABLED": True, "APPS": [_app(entry) for entry in oidc]}
    return found


def _app(entry: dict[str, str]) -> dict[str, Any]:
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["secret"],
        "settings": {"server_url": entry["url"]},
    }


def _from_file(path: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    if not path.is_file():
        return {}, []
    doc = yamlfile.load(path)
    data = doc.data or {}
    if not isinstance(data, dict) or set(data) - {"github", "oidc"}:
        raise doc.error("takes `github` and `oidc` only")
    github = data.get("github") or {}
    if github and (not isinstance(github, dict) or set(github) != {"client_id", "secret"}):
        raise doc.error("takes `client_id` and `secret`", "github")
    oidc = data.get("oidc") or []
    for at, entry in enumerate(oidc):
        if not isinstance(entry, dict) or set(entry) != set(_OIDC):
            raise doc.error(f"takes {', '.join(_OIDC)}", "oidc", at)
    return github, oidc
