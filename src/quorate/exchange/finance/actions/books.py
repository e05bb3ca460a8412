"""Opening books, commodities, accounts and funds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Organisation
from quorate.exchange.finance.charts import FOUNDATION, AccountFacts
from quorate.exchange.finance.models import Account, Book, Commodity, Fund
from quorate.exchange.finance.models.books import CODE
from quorate.exchange.finance.rules import GENERAL
from quorate.kernel import money
from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("finance.manage", kinds=("commodity.defined",))
def define_commodity(*, actor: Actor, code: str, name: str, kind: str, digits: int) -> Commodity:
    """Say what can be counted: a donated credit, hours of a machine. A repeat that says the same changes nothing."""
    authority = authorise(actor, "finance.manage")
    return _define(actor, authority, code, name, kind, digits)


@action("finance.manage", kinds=("book.opened", "commodity.defined"))
def open_book(
    *,
    actor: Actor,
    slug: str,
    name: str,
    currency: str,
    chart: Sequence[AccountFacts] = FOUNDATION,
    year_starts: int = 1,
    synthetic: bool = False,
) -> Book:
    """Open the books of an entity with a chart of accounts and the general fund. ``Conflict`` when there are such."""
    authority = authorise(actor, "finance.manage")
    if slugify(slug) != slug or not slug or len(slug) > 60:
        mend = gettext("small letters, digits and dashes")
        raise UserError(gettext("“%s” is no short name") % slug[:80], where="slug", mend=mend)
    if Book.objects.filter(slug=slug).exists():
        raise Conflict(gettext("there are books of this name"), where="slug")
    if not name.strip() or len(name) > 160:
        raise UserError(gettext("say whose books they are, in at most 160 characters"), where="name")
    if not 1 <= year_starts <= 12:
        raise UserError(gettext("a year starts in one of twelve months"), where="year_starts")
    if currency not in money.CURRENCIES:
        raise UserError(gettext("%s is no currency") % currency[:24], where="currency", mend="EUR, USD, JPY …")
    counted = _define(actor, authority, currency, currency, Commodity.Kind.CURRENCY, money.CURRENCIES[currency])
    book = Book.objects.create(
        slug=slug, name=name.strip(), currency=counted, year_starts=year_starts, synthetic=synthetic
    )
    Fund.objects.create(book=book, slug=GENERAL, name=gettext("General"))
    made: dict[str, Account] = {}
    for facts in chart:
        made[facts.code] = _account(book, facts, made.get(facts.parent), None)
    append(
        "book.opened",
        actor=actor,
        refs=[Ref("book", str(book.pk))],
        data={"slug": slug, "currency": currency, "accounts": len(made)},
        authority=authority,
    )
    return book


@action("finance.manage", kinds=("account.opened",))
def open_account(*, actor: Actor, book: Book, facts: AccountFacts, opens: date | None = None) -> Account:
    """Add an account to the chart; its type is that of the account above it. ``Conflict`` when the code is taken."""
    authority = authorise(actor, "finance.manage", book)
    if Account.objects.filter(book=book, code=facts.code).exists():
        raise Conflict(gettext("there is an account %s") % facts.code, where="code")
    if facts.role and Account.objects.filter(book=book, role=facts.role).exists():
        raise Conflict(gettext("another account has the role %s") % facts.role, where="role")
    above = Account.objects.filter(book=book, code=facts.parent).first() if facts.parent else None
    if facts.parent and above is None:
        raise NotFound(gettext("the books have no account %s") % facts.parent, where="parent")
    account = _account(book, facts, above, opens)
    append(
        "account.opened",
        actor=actor,
        refs=[Ref("book", str(book.pk))],
        data={"code": account.code, "type": str(account.type), "role": account.role},
        authority=authority,
    )
    return account


@action("finance.manage", kinds=("account.changed",))
def change_account(*, actor: Actor, account: Account, changes: Mapping[str, Any]) -> Account:
    """Change the name, the limits to commodities or the days of opening and closing of an account.

    What was posted stays as it is: a day that would shut out a posting is refused with ``Conflict``.
    """
    authority = authorise(actor, "finance.manage", account.book)
    row = Account.objects.select_for_update().select_related("book").get(pk=account.pk)
    Book.objects.select_for_update().get(pk=row.book_id)  # no posting meanwhile
    if unknown := set(changes) - {"name", "commodities", "opens", "closes"}:
        raise UserError(gettext("%s of an account does not change") % ", ".join(sorted(unknown)), where="changes")
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    _check(row)
    legs = row.legs.all()
    if row.opens is not None and legs.filter(date__lt=row.opens).exists():
        raise Conflict(gettext("something was posted to it before that day"), where="opens")
    if row.closes is not None and legs.filter(date__gte=row.closes).exists():
        raise Conflict(gettext("something was posted to it on or after that day"), where="closes")
    told = {name: [_plain(before[name]), _plain(value)] for name, value in changes.items() if before[name] != value}
    if not told:
        return row
    row.save(update_fields=list(changes))
    append(
        "account.changed",
        actor=actor,
        refs=[Ref("book", str(row.book_id))],
        data={"code": row.code, "changes": told},
        authority=authority,
    )
    return row


@action("finance.manage", kinds=("fund.opened",))
def open_fund(
    *,
    actor: Actor,
    book: Book,
    slug: str,
    name: str,
    restricted: bool = False,
    programs: Sequence[str] = (),
    projects: Sequence[str] = (),
    available_from: date | None = None,
    donor: Organisation | None = None,
) -> Fund:
    """Open a fund; only a donor's restriction has a purpose or a day. ``Conflict`` when there is one of this name."""
    authority = authorise(actor, "finance.manage", book)
    if slugify(slug) != slug or not slug or len(slug) > 60:
        mend = gettext("small letters, digits and dashes")
        raise UserError(gettext("“%s” is no short name") % slug[:80], where="slug", mend=mend)
    if not name.strip() or len(name) > 160:
        raise UserError(gettext("say what it is called, in at most 160 characters"), where="name")
    if Fund.objects.filter(book=book, slug=slug).exists():
        raise Conflict(gettext("there is a fund of this name"), where="slug")
    if not restricted and (programs or projects or available_from):
        raise UserError(gettext("only a donor's restriction has a purpose or a day"), where="restricted")
    if restricted and not (programs or projects or available_from):
        mend = gettext("name programs, projects or the day from which it may be used")
        raise UserError(gettext("say what the donor asked"), where="programs", mend=mend)
    fund = Fund.objects.create(
        book=book,
        slug=slug,
        name=name.strip(),
        restricted=restricted,
        programs=sorted(set(programs)),
        projects=sorted(set(projects)),
        available_from=available_from,
        donor=donor,
    )
    append(
        "fund.opened",
        actor=actor,
        refs=[Ref("book", str(book.pk)), *([Ref("organisation", str(donor.pk))] if donor else [])],
        data={
            "slug": slug,
            "restricted": restricted,
            "programs": fund.programs,
            "projects": fund.projects,
            "available_from": available_from.isoformat() if available_from else None,
        },
        authority=authority,
    )
    return fund


def _define(actor: Actor, authority: list[str], code: str, name: str, kind: str, digits: int) -> Commodity:
    try:
        CODE(code)
    except ValidationError as error:
        raise UserError(gettext("“%s” is no code") % code[:40], where="code", mend=error.messages[0]) from error
    if kind not in Commodity.Kind.values:
        raise UserError(gettext("%s is no kind of commodity") % kind[:40], where="kind")
    if code in money.CURRENCIES and (kind, digits) != (Commodity.Kind.CURRENCY, money.CURRENCIES[code]):
        what = gettext("%(code)s is a currency with %(digits)d digits after the point")
        raise UserError(what % {"code": code, "digits": money.CURRENCIES[code]}, where="digits")
    if not 0 <= digits <= 9 or not name.strip() or len(name) > 120:
        raise UserError(gettext("a commodity has a name, and 0 to 9 digits after the point"), where="digits")
    there = Commodity.objects.filter(pk=code).first()
    if there is not None:
        if (there.kind, there.digits) != (kind, digits):
            raise Conflict(gettext("%s is defined otherwise") % code, where="code")
        return there
    made = Commodity.objects.create(code=code, name=name.strip(), kind=kind, digits=digits)
    data = {"code": code, "kind": str(kind), "digits": digits}
    append("commodity.defined", actor=actor, data=data, authority=authority)
    return made


def _account(book: Book, facts: AccountFacts, above: Account | None, opens: date | None) -> Account:
    account = Account(
        book=book,
        code=facts.code,
        name=facts.name,
        type=facts.type,
        parent=above,
        heading=facts.heading,
        role=facts.role,
        commodities=list(facts.commodities),
        opens=opens,
    )
    if above is not None and above.type != account.type:
        raise UserError(gettext("an account is of the type of the one above it"), where="type")
    if account.type not in Account.Type.values:
        raise UserError(gettext("%s is no type of account") % facts.type[:40], where="type")
    _check(account)
    account.save(force_insert=True)
    return account


def _check(account: Account) -> None:
    code = account.code
    if not 1 <= len(code) <= 20 or not code.isascii() or not code.replace("-", "").isalnum() or code[0] == "-":
        mend = gettext("letters and digits, at most 20")
        raise UserError(gettext("“%s” is no code of an account") % code[:40], where="code", mend=mend)
    if not account.name.strip() or len(account.name) > 120 or not account.name.isprintable():
        raise UserError(gettext("say what it is called, in at most 120 characters"), where="name")
    if account.opens is not None and account.closes is not None and account.closes <= account.opens:
        raise UserError(gettext("it closes after it opens"), where="closes")
    known = set(Commodity.objects.filter(pk__in=account.commodities).values_list("pk", flat=True))
    if missing := sorted(set(account.commodities) - known):
        raise NotFound(gettext("there is no commodity %s") % ", ".join(missing), where="commodities")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
