"""Logs: one line for each event on standard error, for people or as JSON, without anything that is nobody's business.

Whatever a library chooses to log, an address, a token, a code or the query of a URL does not reach the stream:
the last step before writing removes them, from traces as well.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from quorate.surfaces.operations.current import request_id

SECRETS = (
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), "<e-mail>"),
    (re.compile(r"\bquo_[\w-]{8,}"), "<token>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 <secret>"),
    (
        re.compile(
            r"(?i)\b((?:session|csrf)\w*|password|passwd|secret|token|code|key)(['\"]?\s*[=:]\s*['\"]?)[^\s'\",;&]+"
        ),
        r"\1\2<secret>",
    ),
    (re.compile(r"(?<=[\w/])\?[^\s'\"<>]*=[^\s'\"<>]*"), "?<query>"),
    (re.compile(r"/sign-in/link/[\w:.-]+"), "/sign-in/link/<secret>"),
)

#: What a caller added by ``extra=`` is told apart from by these.
_OWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """The text without addresses, tokens and queries."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class TextFormatter(logging.Formatter):
    """``2026-03-01T12:00:00.123Z INFO quorate.web [request] message field=value``."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        request = f" [{request_id()}]" if request_id() else ""
        extra = "".join(f" {name}={value}" for name, value in _extra(record).items())
        line = f"{at} {record.levelname} {record.name}{request} {record.getMessage()}{extra}"
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return redact(line)


class JsonFormatter(logging.Formatter):
    """One JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        body: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request_id():
            body["request"] = request_id()
        for name, value in _extra(record).items():
            body[name] = value if isinstance(value, (int, float, bool)) or value is None else redact(str(value))
        if record.exc_info:
            body["trace"] = redact(self.formatException(record.exc_info))
        return json.dumps(body, ensure_ascii=False)


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    hidden = {"request", "status_code", "server_time", "sql", "params", "duration", "alias"}
    return {name: value for name, value in vars(record).items() if name not in _OWN and name not in hidden}


def configuration(form: str, level: str) -> dict[str, Any]:
    """Django's ``LOGGING`` for a form (``text`` or ``json``) and a level."""
    formatter = "quorate.config.logging.JsonFormatter" if form == "json" else "quorate.config.logging.TextFormatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django would mail and print of its own accord; everything goes one way.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Requests that were refused are in our own line with their status; the trace of a defect is kept.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.security.csrf": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
