"""What was posted. None of it is ever changed or removed: the database refuses, and refuses what does not balance."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.exchange.finance.models.books import Account, Book, Commodity, Fund
from quorate.kernel import clock, ids
from quorate.kernel.i18n import _


class Seal(models.Model):
    """That a transaction is whole: at least two legs, in balance. Carries the transaction's own id.

    A transaction refers to its seal by a constraint that is checked when the database commits, a seal is refused
    by a trigger while the legs do not balance, and a leg is refused once there is a seal. So neither database ever
    commits a transaction that does not balance, whoever writes.
    """

    id = models.UUIDField(primary_key=True)


class Transaction(models.Model):
    """One event in the books, on one day. What it is about stands in :class:`Description`, which can be forgotten."""

    class Nature(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary")
        REVERSAL = "reversal", _("reversal")
        RELEASE = "release", _("release from restriction")
        RECOGNITION = "recognition", _("recognition of revenue")
        IN_KIND = "in-kind", _("in kind")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="transactions")
    number = models.PositiveBigIntegerField()
    date = models.DateField()
    nature = models.CharField(max_length=12, choices=Nature, default=Nature.ORDINARY)
    source = models.CharField(max_length=120, blank=True, default="", help_text="what caused it: kind:id")
    key = models.CharField(max_length=160, null=True, blank=True, help_text="posted at most once under it")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", help_text="posted with it"
    )
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="transaction")
    digest = models.CharField(max_length=64, help_text="over everything in it but the description")
    posted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["book", "number"]
        indexes = [
            models.Index(fields=["book", "date", "number"], name="finance_by_day"),
            models.Index(fields=["book", "source"], name="finance_by_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="finance_number_once"),
            models.UniqueConstraint(fields=["book", "key"], name="finance_key_once"),
            models.CheckConstraint(condition=Q(seal_id=F("id")), name="finance_seal_is_its_own"),
            models.CheckConstraint(
                condition=Q(nature="reversal", reverses__isnull=False) | ~Q(nature="reversal") & Q(reverses=None),
                name="finance_reversal_names_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Description(models.Model):
    """What a person wrote about a transaction: beside it and never in it, so that it can be forgotten."""

    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, primary_key=True, related_name="description"
    )
    text = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.text


class Leg(models.Model):
    """An amount on one account: a debit is more than 0, a credit less.

    ``amount`` counts minor units of ``commodity``. ``value`` is what the leg weighs in the balance: the same, or what
    the units cost in ``priced_in``. Program and project are slugs, because both are recorded above the
    books. Columns of few values have no index of their own: a leg is found by its transaction, its account or its
    counterparty, and an index each would double the cost of a posting.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="legs", db_index=False)
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="legs", db_index=False)
    date = models.DateField()
    commodity = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField()
    priced_in = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.BigIntegerField()
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="legs", db_index=False)
    program = models.CharField(max_length=80, blank=True, default="")
    project = models.CharField(max_length=80, blank=True, default="")
    grant = models.CharField(max_length=80, blank=True, default="")
    counterparty = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["transaction", "position"]
        indexes = [models.Index(fields=["account", "date", "id"], name="finance_leg_by_account")]
        constraints = [
            models.UniqueConstraint(fields=["transaction", "position"], name="finance_leg_position_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="finance_leg_moves_something"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, value__gte=0) | Q(amount__lt=0, value__lte=0), name="finance_leg_value_sign"
            ),
            models.CheckConstraint(
                condition=~Q(commodity=F("priced_in")) | Q(amount=F("value")), name="finance_leg_worth_itself"
            ),
        ]


class Balance(models.Model):
    """What was posted to an account in a month, by commodity, fund and program: kept in the posting's transaction.

    All are sums of what :class:`Leg` holds, and `quorate books verify` proves it. ``debit`` and ``credit`` count minor
    units of ``commodity``, both more than 0; ``value`` is in ``priced_in``, debits less credits.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="balances", db_index=False)
    month = models.DateField(help_text="its first day")
    commodity = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+", db_index=False)
    priced_in = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+", db_index=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+", db_index=False)
    program = models.CharField(max_length=80, blank=True, default="")
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()
    value = models.BigIntegerField()
    legs = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "commodity", "priced_in", "fund", "program"], name="finance_balance_once"
            ),
            models.CheckConstraint(
                condition=Q(debit__gte=0, debit__lt=2**62, credit__gte=0, credit__lt=2**62),
                name="finance_balance_is_exact",
            ),
        ]
