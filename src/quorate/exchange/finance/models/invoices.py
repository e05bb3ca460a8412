"""Invoices, what was paid of them, and the lines of the bank that payments came by.

What is issued is never changed: what is open of an invoice follows from its credit notes and its allocations.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from quorate.exchange.finance.models.books import Account, Book, Commodity
from quorate.exchange.finance.models.journal import Transaction
from quorate.kernel import clock, ids
from quorate.kernel.i18n import _


class Series(models.Model):
    """A run of invoice numbers, and who sells under it. ``pattern`` has ``{year}`` and ``{serial}``."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="series")
    slug = models.SlugField(max_length=40)
    pattern = models.CharField(max_length=40, default="{year}-{serial:04}")
    seller = models.JSONField(help_text="the seller as EN 16931 has it, and what every invoice of the series says")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["slug"]
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["book", "slug"], name="finance_series_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Invoice(models.Model):
    """What was issued: the whole document, its sums, and the transaction that it was posted by. Never changes.

    Sums count minor units of ``currency`` and are more than 0 for credit notes too. Serials of a series have no gap in
    a year: the database refuses one that is not the next.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        CREDIT_NOTE = "credit-note", _("credit note")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="invoices")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="invoices")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INVOICE)
    buyer = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued = models.DateField()
    due = models.DateField(null=True, blank=True)
    currency = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+")
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()
    reference = models.CharField(max_length=25, help_text="what payers are asked to quote (ISO 11649)")
    document = models.JSONField(encoder=DjangoJSONEncoder, help_text="the invoice as data, from which papers are made")
    postings = models.JSONField(help_text="what each line credits, in order")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the document")
    credits = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_notes",
        help_text="what it credits",
    )
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-issued", "-number"]
        indexes = [models.Index(fields=["book", "buyer"], name="finance_invoice_by_buyer")]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "serial"], name="finance_invoice_serial_once"),
            models.UniqueConstraint(fields=["book", "number"], name="finance_invoice_number_once"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, gross__gt=0, gross=F("net") + F("tax")),
                name="finance_invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits=None) | Q(kind="credit-note", credits__isnull=False),
                name="finance_credit_note_names_one",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceDraft(models.Model):
    """An invoice that is being written: no number, posted nowhere. ``postings``: what each line credits, in order."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="drafts")
    buyer = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    document = models.JSONField(encoder=DjangoJSONEncoder)
    postings = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at"]


class BankLine(models.Model):
    """A movement that a bank told. ``key`` is the same whenever it is told again, so a file read twice is one.

    Who paid and what they wrote can be the data of a person: they stand here and nowhere else, and can be removed.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="bank_lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", help_text="of the books")
    key = models.CharField(max_length=60)
    day = models.DateField()
    currency = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(help_text="minor units; more than 0 came in")
    charges = models.BigIntegerField(default=0)
    structured = models.CharField(max_length=140, blank=True, default="")
    end_to_end = models.CharField(max_length=140, blank=True, default="")
    words = models.TextField(blank=True, default="")
    party = models.CharField(max_length=200, blank=True, default="")
    party_account = models.CharField(max_length=60, blank=True, default="")
    reversal = models.BooleanField(default=False)
    file = models.CharField(max_length=64, help_text="SHA-256 of the file that told it first")
    imported_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["day", "imported_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "account", "key"], name="finance_bank_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="finance_bank_line_moves_something"),
        ]


class Payment(models.Model):
    """What came in by one line of the bank, as somebody confirmed it, and the transaction that it was posted by.

    Taken back by a reversal of the transaction; the line can then be settled anew. Never changes otherwise.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="payments")
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="+")
    taken_back = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="by this reversal"
    )
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(taken_back=None), name="finance_bank_line_settled_once"
            )
        ]


class Allocation(models.Model):
    """The part of a payment that settles an invoice: what arrived and the fee that banks took from it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField(help_text="minor units of the invoice's currency")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="finance_allocation_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_allocation_settles_something"),
        ]
