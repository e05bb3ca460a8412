"""Accounts: the means by which somebody signs in. Who they are is the directory's business."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from quorate.kernel import clock, ids


class AccountManager(BaseUserManager["Account"]):
    """Creates accounts; an address is one address whatever its letters' case."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> Account:
        """A new account; without a password it signs in by code, passkey or provider."""
        account = self.model(email=self.normalize_email(email).lower(), **extra)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email__iexact=username or "")


class Account(AbstractBaseUser):
    """Somebody who can sign in, named by an e-mail address."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(
        default=False, help_text="runs the installation; may do everything but read what is secret"
    )
    created_at = models.DateTimeField(default=clock.now)

    objects = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_once")]

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A bearer token of the API: shown once, kept as a hash, limited to scopes."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @staticmethod
    def hash_of(secret: str) -> str:
        """The form kept of a token's secret."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @staticmethod
    def new_secret() -> str:
        """A fresh secret with a prefix that scanners know."""
        return "quo_" + secrets.token_urlsafe(32)


class Answer(models.Model):
    """The first answer to a request that carried an ``Idempotency-Key``; repeats are given it again.

    Written in the transaction of what the request did, so either both happened or neither.
    """

    id = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=80, default="")
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="answer_by_age")]
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="answer_once")]


class Window(models.Model):
    """How often something was tried in one stretch of time; used where several processes serve."""

    key = models.CharField(primary_key=True, max_length=160)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="window_by_end")]
