"""Revenue that is earned by the day, and what of it was recognised."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.exchange.finance.models.books import Account, Book, Commodity, Fund
from quorate.kernel import clock, ids


class Schedule(models.Model):
    """A price for the days ``[start, until)``, deferred when it was billed and earned in equal parts a day."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="schedules")
    source = models.CharField(max_length=120, help_text="what it was billed by: kind:id")
    start = models.DateField()
    until = models.DateField()
    price = models.BigIntegerField(help_text="minor units of the commodity")
    recognised = models.BigIntegerField(default=0, help_text="of it, so far")
    commodity = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="+")
    deferred = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", help_text="a liability")
    earned = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", help_text="an income")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    program = models.CharField(max_length=80, blank=True, default="")
    counterparty = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "source"], name="finance_schedule_source_once"),
            models.CheckConstraint(condition=Q(until__gt=F("start")), name="finance_schedule_ends_after_start"),
            models.CheckConstraint(
                condition=Q(price__gt=0, recognised__gte=0, recognised__lte=F("price")),
                name="finance_schedule_never_more_than_the_price",
            ),
        ]

    def __str__(self) -> str:
        return self.source
