"""A set of books: its commodities, its tree of accounts, its funds and the periods that are closed."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from quorate.kernel import clock, ids
from quorate.kernel.i18n import _

CODE = RegexValidator(r"^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$", _("Capital letters, digits, dots and dashes."))
"""What a commodity may be called: what plain-text ledgers read as one."""


class Commodity(models.Model):
    """What is counted: a currency, a donated credit, hours of a machine, machines. Amounts are whole minor units."""

    class Kind(models.TextChoices):
        CURRENCY = "currency", _("currency")
        CREDIT = "credit", _("credit")
        UNIT = "unit", _("unit")

    code = models.CharField(primary_key=True, max_length=24, validators=[CODE])
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CURRENCY)
    digits = models.PositiveSmallIntegerField(help_text="digits after the point; never changes")

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "commodities"
        constraints = [
            models.CheckConstraint(condition=Q(digits__lte=9), name="finance_commodity_digits"),
            models.CheckConstraint(
                condition=Q(kind__in=["currency", "credit", "unit"]), name="finance_commodity_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Book(models.Model):
    """The books of one entity. Transactions are numbered within it from 1 without a gap."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    currency = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+")
    year_starts = models.PositiveSmallIntegerField(default=1, help_text="the month with which a financial year starts")
    fee_tiers = models.JSONField(
        default=list, blank=True, help_text="administration fee: pairs of receipts of a year from which a rate holds"
    )
    synthetic = models.BooleanField(default=False, help_text="everything in it is invented")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(year_starts__gte=1, year_starts__lte=12), name="finance_book_year_starts_in_a_month"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """An account of a book. Its type never changes; headings group others and take no postings."""

    class Type(models.TextChoices):
        ASSET = "asset", _("asset")
        LIABILITY = "liability", _("liability")
        EQUITY = "equity", _("equity")
        INCOME = "income", _("income")
        EXPENSE = "expense", _("expense")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=10, choices=Type)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    heading = models.BooleanField(default=False, help_text="groups others, takes no postings")
    role = models.SlugField(max_length=40, blank=True, default="", help_text="what the product looks it up by")
    commodities = models.JSONField(default=list, blank=True, help_text="codes it is limited to; empty: any")
    opens = models.DateField(null=True, blank=True, help_text="empty: always was open")
    closes = models.DateField(null=True, blank=True, help_text="the first day on which it is closed")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="finance_account_code_once"),
            models.UniqueConstraint(fields=["book", "role"], condition=~Q(role=""), name="finance_account_role_once"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=None) | Q(opens=None),
                name="finance_account_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["asset", "liability", "equity", "income", "expense"]),
                name="finance_account_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def debit_normal(self) -> bool:
        """Whether its balance is shown as a debit: assets and expenses."""
        return self.type in (self.Type.ASSET, self.Type.EXPENSE)


class Fund(models.Model):
    """Net assets with or without what a donor asked of them: a purpose (programs, projects), a day, or both.

    Every book has one without restriction, ``general``: what names no fund belongs to it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="funds")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=160)
    restricted = models.BooleanField(default=False, help_text="by a donor")
    programs = models.JSONField(default=list, blank=True, help_text="programs whose costs serve the purpose")
    projects = models.JSONField(default=list, blank=True, help_text="projects whose costs serve the purpose")
    available_from = models.DateField(null=True, blank=True, help_text="the day before which it may not be used")
    donor = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["restricted", Lower("name")]
        constraints = [
            models.UniqueConstraint(fields=["book", "slug"], name="finance_fund_slug_once"),
            models.CheckConstraint(
                condition=Q(restricted=True) | Q(programs=[], projects=[], available_from=None),
                name="finance_fund_limits_are_a_donors",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClosedPeriod(models.Model):
    """Days ``[start, until)`` on which a book takes no postings, until somebody reopens them with a reason."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="closed_periods")
    start = models.DateField()
    until = models.DateField()
    closed_at = models.DateTimeField(default=clock.now)
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-start", "-closed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("start")), name="finance_period_ends_after_start"),
            models.UniqueConstraint(
                fields=["book", "start"], condition=Q(reopened_at=None), name="finance_period_closed_once"
            ),
        ]
