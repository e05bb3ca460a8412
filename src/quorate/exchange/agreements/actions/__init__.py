"""Writes about agreements."""

from __future__ import annotations

from quorate.exchange.agreements.actions.preparing import prepare, revise, send, withdraw
from quorate.exchange.agreements.actions.signing import countersign, decline, end_agreement, sign
from quorate.exchange.agreements.actions.templates import put_template, retire_template

__all__ = [
    "countersign",
    "decline",
    "end_agreement",
    "prepare",
    "put_template",
    "retire_template",
    "revise",
    "send",
    "sign",
    "withdraw",
]
