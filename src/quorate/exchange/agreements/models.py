"""Templates in versions, agreements with the words that were signed, and who signed them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.exchange.agreements.clauses import Document, Place, Source, parse
from quorate.kernel import clock, ids
from quorate.kernel.i18n import _


class Template(models.Model):
    """A version of an agreement's text. An agreement copies what it says, so a template may be mended or retired."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=80)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    text = models.TextField()
    fields = models.JSONField(default=list)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "version"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="agreement_template_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def source(self) -> Source:
        """Its clauses and the values that it asks for."""
        return parse(self.text, [Place(**one) for one in self.fields])


class Agreement(models.Model):
    """An agreement with an organisation, from the draft until it ends.

    ``document`` is the canonical form of what both sides sign and ``digest`` stands for it; neither changes once it was
    sent. ``purpose`` names what it is about for who made it (``membership``), ``subject`` the very thing
    (``membership:<id>``).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        SIGNED = "signed", _("Signed by the other side")
        IN_FORCE = "in-force", _("In force")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="agreements")
    organisation = models.ForeignKey("directory.Organisation", on_delete=models.PROTECT, related_name="+")
    signatory = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    purpose = models.SlugField(max_length=40, blank=True, default="")
    subject = models.CharField(max_length=120, blank=True, default="")
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    prepared_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-prepared_at"]
        indexes = [models.Index(fields=["subject"], name="agreement_by_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="agreement_digest_whole"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn", "ended")) | Q(sent_at__isnull=False),
                name="agreement_sent_before_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="in-force") | Q(in_force_at__isnull=False), name="agreement_in_force_since"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("prepared_at")), name="agreement_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return str(self.document.get("title", ""))

    @property
    def words(self) -> Document:
        """What is agreed."""
        return Document.from_dict(self.document)


class Signature(models.Model):
    """One side signed: by a click on exactly these words, or on paper that was put here."""

    class Side(models.TextChoices):
        PARTY = "party", _("The other side")
        FOUNDATION = "foundation", _("The foundation")

    class Method(models.TextChoices):
        CLICK = "click", _("By a click")
        UPLOAD = "upload", _("On paper")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=12, choices=Side)
    method = models.CharField(max_length=8, choices=Method)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True, default="")
    digest = models.CharField(max_length=64)
    file = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the paper that was put here")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "side"], name="agreement_signed_once_by_each"),
            models.CheckConstraint(
                condition=Q(method="click", file="") | (Q(method="upload") & ~Q(file="")),
                name="agreement_paper_is_here",
            ),
        ]
