"""Webhooks: where the record is told to, as it grows."""

from __future__ import annotations

import base64
import secrets

from django.db import models

from quorate.kernel import clock, ids


class Webhook(models.Model):
    """An address that is told of entries of some kinds, signed with a secret that both sides know.

    ``place`` is the next place of the tree to tell. ``kinds`` are names, or ``case.*`` for all of one noun; empty
    for all. ``failing_since`` is set while deliveries fail; after some days of that it is switched off.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    account = models.ForeignKey("access.Account", on_delete=models.CASCADE, related_name="+")
    url = models.URLField(max_length=500)
    description = models.CharField(max_length=120, blank=True, default="")
    kinds = models.JSONField(default=list)
    secret = models.CharField(max_length=80)
    place = models.BigIntegerField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.url

    @staticmethod
    def new_secret() -> str:
        """A fresh secret in the form of Standard Webhooks."""
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()

    def wants(self, kind: str) -> bool:
        """Whether it is to be told of entries of a kind."""
        noun = kind.partition(".")[0]
        return not self.kinds or kind in self.kinds or f"{noun}.*" in self.kinds
