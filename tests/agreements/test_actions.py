"""An agreement from draft to force: each side signs once, only what was read, and nobody both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.agreements.conftest import PLACES, TEXT, Desk

from quorate.access.actors import VISITOR
from quorate.exchange.agreements import actions
from quorate.exchange.agreements.models import Agreement, Signature, Template
from quorate.exchange.agreements.queries import find, overdue, printed, standing, to_countersign, visible, waiting_for
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.ledger.models import Message
from quorate.ledger.queries import about
from quorate.toolkit.files import path_of
from quorate.toolkit.work import gather

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7\n%signed\n"


def test_from_draft_to_force(desk: Desk) -> None:
    draft = desk.draft()
    assert not visible(desk.mara).exists(), "a draft is the staff's own"
    sent = actions.send(actor=desk.staff, agreement=draft, due_at=clock.now() + timedelta(days=14))
    assert [item.title for item in gather(desk.mara, clock.now()) if item.key.startswith("agreement:")] == [
        "Membership"
    ]
    signed = actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren", title="CEO")
    assert signed.state == "signed"
    assert list(to_countersign()) == [signed]
    assert not waiting_for(desk.mara).exists()
    whole = actions.countersign(actor=desk.staff, agreement=signed, digest=sent.digest, name="Imogen Vale")
    assert whole.state == "in-force"
    assert whole.in_force_at is not None
    assert standing(whole).whole
    assert [entry.kind for entry in reversed(about("agreement", str(whole.pk)))] == [
        "agreement.prepared",
        "agreement.sent",
        "agreement.signed",
        "agreement.countersigned",
    ]
    assert all(entry.data["digest"] == sent.digest for entry in about("agreement", str(whole.pk)))
    assert "Mara" not in str([entry.data for entry in about("agreement", str(whole.pk))])
    paper = printed(whole)
    assert "Mara Lindgren" in paper
    assert whole.digest in paper
    ended = actions.end_agreement(actor=desk.staff, agreement=whole, reason="Notice was given")
    assert ended.state == "ended"


def test_repeats_are_harmless(desk: Desk) -> None:
    sent = desk.sent()
    actions.send(actor=desk.staff, agreement=sent)
    for _ in range(2):
        actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren")
    for _ in range(2):
        actions.countersign(actor=desk.staff, agreement=sent, digest=sent.digest, name="Imogen Vale")
    for _ in range(2):
        actions.end_agreement(actor=desk.staff, agreement=sent)
    assert Signature.objects.count() == 2
    assert len(about("agreement", str(sent.pk))) == 5


def test_nobody_signs_what_they_did_not_read(desk: Desk) -> None:
    draft = desk.draft()
    before = draft.digest
    changed = actions.revise(
        actor=desk.staff, agreement=draft, values={"organisation": "Quay Labs GmbH", "tier": "silver"}
    )
    assert changed.digest != before
    sent = actions.send(actor=desk.staff, agreement=changed)
    with pytest.raises(Conflict, match="not the words that you read"):
        actions.sign(actor=desk.mara, agreement=sent, digest=before, name="Mara Lindgren")
    with pytest.raises(Conflict, match="does not change"):
        actions.revise(actor=desk.staff, agreement=sent, values={"organisation": "Q", "tier": "gold"})


def test_a_row_that_was_changed_behind_the_product_is_found_out(desk: Desk) -> None:
    sent = desk.sent()
    actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren")
    other = desk.draft(tier="silver")
    row = Agreement.objects.get(pk=sent.pk)
    row.document["values"]["tier"] = "silver"
    row.save()
    assert "not those of their digest" in standing(row).why
    with pytest.raises(Conflict, match="not the words"):
        actions.countersign(actor=desk.staff, agreement=row, digest=sent.digest, name="Imogen Vale")
    Agreement.objects.filter(pk=sent.pk).update(document=other.document, digest=other.digest)
    row = Agreement.objects.get(pk=sent.pk)
    assert "signed other words" in standing(row).why
    Signature.objects.update(digest=other.digest)
    assert "of the ledger holds another digest" in standing(Agreement.objects.get(pk=sent.pk)).why


def test_on_paper(desk: Desk) -> None:
    sent = desk.sent()
    with pytest.raises(UserError, match="as PDF"):
        actions.sign(actor=desk.staff, agreement=sent, digest=sent.digest, name="Mara", paper=b"\x89PNG\r\n\x1a\nx")
    with pytest.raises(UserError, match="empty"):
        actions.sign(actor=desk.staff, agreement=sent, digest=sent.digest, name="Mara", paper=b"")
    signed = actions.sign(actor=desk.staff, agreement=sent, digest=sent.digest, name="Mara Lindgren", paper=PAPER)
    one = signed.signatures.get()
    assert (one.method, one.person_id) == ("upload", None)
    assert path_of("agreements", one.file).read_bytes() == PAPER


def test_nobody_contracts_with_themselves(desk: Desk) -> None:
    own = actions.prepare(
        actor=desk.staff,
        template=desk.template,
        organisation=desk.cast.quay,
        signatory=desk.cast.imogen,
        values={"organisation": "Quay", "tier": "gold"},
    )
    actions.send(actor=desk.staff, agreement=own)
    actions.sign(actor=desk.staff, agreement=own, digest=own.digest, name="Imogen Vale")
    with pytest.raises(Conflict, match="cannot sign for the foundation"):
        actions.countersign(actor=desk.staff, agreement=own, digest=own.digest, name="Imogen Vale")


def test_the_outsider_does_nothing(desk: Desk) -> None:
    sent = desk.sent()
    signed = {"digest": sent.digest, "name": "Eve Outsider"}
    for actor in (desk.eve, VISITOR):
        for act in (
            lambda a: (
                desk.cast and actions.put_template(actor=a, slug="x", version="1", title="X", text=TEXT, fields=PLACES)
            ),
            lambda a: actions.retire_template(actor=a, template=desk.template),
            lambda a: actions.prepare(
                actor=a, template=desk.template, organisation=desk.cast.quay, signatory=desk.cast.eve, values={}
            ),
            lambda a: actions.revise(actor=a, agreement=sent, values={}),
            lambda a: actions.send(actor=a, agreement=sent),
            lambda a: actions.sign(actor=a, agreement=sent, **signed),
            lambda a: actions.sign(actor=a, agreement=sent, paper=PAPER, **signed),
            lambda a: actions.countersign(actor=a, agreement=sent, **signed),
            lambda a: actions.decline(actor=a, agreement=sent),
            lambda a: actions.withdraw(actor=a, agreement=sent),
            lambda a: actions.end_agreement(actor=a, agreement=sent),
        ):
            with pytest.raises(Refused):
                act(actor)
        assert not visible(actor).exists()
        with pytest.raises(NotFound):
            find(actor, sent.pk)
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert not Signature.objects.exists()


def test_the_signatory_signs_for_their_side_only(desk: Desk) -> None:
    sent = desk.sent()
    actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren")
    with pytest.raises(Refused):
        actions.countersign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren")
    with pytest.raises(Refused):
        actions.withdraw(actor=desk.mara, agreement=sent)


def test_steps_out_of_order(desk: Desk) -> None:
    draft = desk.draft()
    signed = {"digest": draft.digest, "name": "Somebody"}
    with pytest.raises(Conflict, match="did not sign yet"):
        actions.countersign(actor=desk.staff, agreement=draft, **signed)
    with pytest.raises(Conflict, match="only an agreement in force"):
        actions.end_agreement(actor=desk.staff, agreement=draft)
    with pytest.raises(UserError, match="past"):
        actions.send(actor=desk.staff, agreement=draft, due_at=clock.now())
    sent = actions.send(actor=desk.staff, agreement=draft)
    with pytest.raises(UserError, match="full name"):
        actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name=" x ")
    declined = actions.decline(actor=desk.mara, agreement=sent, reason="Immunities")
    assert actions.decline(actor=desk.mara, agreement=sent).state == declined.state == "declined"
    for act in (actions.send, actions.withdraw):
        with pytest.raises(Conflict):
            act(actor=desk.staff, agreement=sent)
    with pytest.raises(Conflict, match="does not wait"):
        actions.sign(actor=desk.mara, agreement=sent, **signed)


def test_withdrawing(desk: Desk) -> None:
    sent = desk.sent()
    actions.withdraw(actor=desk.staff, agreement=sent, reason="Other wording")
    assert actions.withdraw(actor=desk.staff, agreement=sent).state == "withdrawn"
    with pytest.raises(Conflict):
        actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren")
    assert find(desk.mara, sent.pk).state == "withdrawn", "who was asked may read that it was taken back"


def test_a_letter_goes_out_once(desk: Desk) -> None:
    sent = desk.sent()
    actions.send(actor=desk.staff, agreement=sent)
    letter = Message.objects.get(key=f"agreement:{sent.pk}:sent")
    assert letter.payload["to"] == "mara@people.example"
    assert f"/agreements/{sent.pk}/" in letter.payload["body"]


def test_a_deadline_that_passed_is_told(desk: Desk) -> None:
    sent = actions.send(actor=desk.staff, agreement=desk.draft(), due_at=clock.now() + timedelta(days=2))
    assert not overdue(sent)
    assert overdue(sent, clock.now() + timedelta(days=3))


def test_who_cannot_be_reached_is_not_written_to(desk: Desk) -> None:
    draft = desk.draft()
    desk.cast.mara.contacts.all().delete()
    desk.cast.mara.account = None
    desk.cast.mara.save()
    with pytest.raises(UserError, match="no address of Mara"):
        actions.send(actor=desk.staff, agreement=draft)


def test_records_that_no_longer_stand(desk: Desk) -> None:
    desk.cast.eve.erased_at = clock.now()
    desk.cast.eve.save()
    with pytest.raises(Conflict, match="person no longer stands"):
        actions.prepare(
            actor=desk.staff, template=desk.template, organisation=desk.cast.quay, signatory=desk.cast.eve, values={}
        )


def test_a_version_that_was_used_does_not_change(desk: Desk) -> None:
    facts = {"slug": "membership", "version": "1.0", "title": "Membership", "fields": PLACES}
    assert actions.put_template(actor=desk.staff, text=TEXT, **facts) == desk.template
    mended = actions.put_template(actor=desk.staff, text=TEXT.replace("pays", "owes"), **facts)
    assert mended.pk == desk.template.pk
    desk.template = mended
    desk.sent()
    with pytest.raises(Conflict, match="were sent from this version"):
        actions.put_template(actor=desk.staff, text=TEXT, **facts)
    with pytest.raises(UserError, match="needs a title"):
        actions.put_template(actor=desk.staff, text=TEXT, **{**facts, "title": " ", "version": "3"})


def test_a_retired_template_makes_nothing_new(desk: Desk) -> None:
    actions.retire_template(actor=desk.staff, template=desk.template)
    retired = Template.objects.get()
    with pytest.raises(Conflict, match="retired"):
        actions.prepare(
            actor=desk.staff, template=retired, organisation=desk.cast.quay, signatory=desk.cast.mara, values={}
        )
