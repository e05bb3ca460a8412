"""Accounts by command: for the first person, for whoever lost every way in, and for those who run the installation."""

from __future__ import annotations

import click

from quorate.access.actions import create_account, record_link, set_active, set_operator
from quorate.access.actors import system
from quorate.access.models import Account
from quorate.directory.models import Person
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.surfaces.accounts.links import MINUTES, link_for

CLI = system("cli")


def register(root: click.Group) -> None:
    """Add them."""
    root.add_command(sign_in_link)
    accounts = noun(root, "account", "Accounts: who can sign in")
    for command in (create, change, list_all):
        accounts.add_command(command)


def account_of(email: str) -> Account:
    """The account with an address; ``NotFound`` with the mend."""
    found = Account.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise NotFound(
            gettext("there is no account with the address %s") % email,
            where="EMAIL",
            mend=gettext("open one: quorate account create %s") % email,
        )
    return found


@click.command("sign-in-link")
@click.argument("email")
@click.option(
    "--minutes", default=MINUTES, show_default=True, type=click.IntRange(1, 24 * 60), help="How long it holds."
)
@json_option
def sign_in_link(email: str, minutes: int) -> None:
    """Make a link that signs EMAIL in, once. It is recorded in the ledger."""
    account = account_of(email)
    record_link(actor=CLI, account=account, minutes=minutes)
    url = link_for(account, minutes=minutes)
    show({"url": url, "email": account.email, "minutes": minutes}, [url])


@click.command("create")
@click.argument("email")
@click.option("--operator", is_flag=True, help="Let it operate the installation.")
@json_option
def create(email: str, operator: bool) -> None:
    """Open an account for EMAIL."""
    account = create_account(actor=CLI, email=email, operator=operator)
    show({"account": account.id, "email": account.email, "operator": operator}, [f"{account.email} {account.id}"])


@click.command("change")
@click.argument("email")
@click.option("--operator/--no-operator", default=None, help="Let it operate the installation, or no longer.")
@click.option("--open/--close", "active", default=None, help="Let it sign in, or no longer.")
@json_option
def change(email: str, operator: bool | None, active: bool | None) -> None:
    """Change what the account of EMAIL may do."""
    account = account_of(email)
    if operator is not None:
        set_operator(actor=CLI, account=account, operator=operator)
    if active is not None:
        set_active(actor=CLI, account=account, active=active)
    document = {
        "account": account.id,
        "email": account.email,
        "operator": account.is_operator,
        "active": account.is_active,
    }
    show(document, [f"{account.email}: operator {account.is_operator}, active {account.is_active}"])


@click.command("list")
@json_option
def list_all() -> None:
    """List all accounts."""
    people = {person.account_id: person for person in Person.objects.exclude(account=None)}
    rows = [
        {
            "account": account.id,
            "email": account.email,
            "person": people[account.id].slug if account.id in people else None,
            "operator": account.is_operator,
            "active": account.is_active,
            "last_sign_in": account.last_login,
        }
        for account in Account.objects.order_by("email")
    ]
    show({"accounts": rows}, lambda: columns([row["email"], row["person"] or "-", row["operator"]] for row in rows))
