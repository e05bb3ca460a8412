"""The accounts that new books start with. Roles are what the product itself looks an account up by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountFacts:
    """An account to be opened: ``parent`` is the code of another."""

    code: str
    name: str
    type: str
    parent: str = ""
    heading: bool = False
    role: str = ""
    commodities: tuple[str, ...] = ()


def _heading(code: str, name: str, type_: str) -> AccountFacts:
    return AccountFacts(code, name, type_, heading=True)


FOUNDATION: tuple[AccountFacts, ...] = (
    _heading("1000", "Assets", "asset"),
    AccountFacts("1010", "Bank", "asset", "1000", role="bank"),
    AccountFacts("1020", "Payment processors", "asset", "1000", role="processor"),
    AccountFacts("1100", "Receivables", "asset", "1000", role="receivable"),
    AccountFacts("1150", "Pledges receivable", "asset", "1000", role="pledges"),
    AccountFacts("1200", "Prepaid expenses", "asset", "1000", role="prepaid"),
    AccountFacts("1300", "Donated credits", "asset", "1000", role="credits"),
    AccountFacts("1400", "Equipment", "asset", "1000", role="equipment"),
    AccountFacts("1490", "Accumulated depreciation", "asset", "1000", role="depreciation"),
    _heading("2000", "Liabilities", "liability"),
    AccountFacts("2010", "Payables", "liability", "2000", role="payable"),
    AccountFacts("2100", "Deferred dues", "liability", "2000", role="deferred-dues"),
    AccountFacts("2150", "Other deferred revenue", "liability", "2000", role="deferred"),
    AccountFacts("2200", "Dues passed through to the parent", "liability", "2000", role="pass-through"),
    AccountFacts("2250", "Administration fee owed to the parent", "liability", "2000", role="administration-owed"),
    AccountFacts("2300", "Taxes owed", "liability", "2000", role="tax"),
    AccountFacts("2400", "Unapplied receipts", "liability", "2000", role="unapplied"),
    _heading("3000", "Net assets", "equity"),
    AccountFacts("3010", "Opening balances", "equity", "3000", role="opening"),
    _heading("4000", "Income", "income"),
    AccountFacts("4010", "Membership dues", "income", "4000", role="dues"),
    AccountFacts("4050", "Events", "income", "4000", role="events"),
    AccountFacts("4060", "Training and certification", "income", "4000", role="training"),
    AccountFacts("4200", "Contributions", "income", "4000", role="contributions"),
    AccountFacts("4300", "Contributions in kind", "income", "4000", role="in-kind"),
    AccountFacts("4400", "Interest", "income", "4000", role="interest"),
    AccountFacts("4900", "Net assets released from restriction", "income", "4000", role="release"),
    AccountFacts("4950", "Gains and losses on exchange", "income", "4000", role="exchange"),
    _heading("5000", "Expenses", "expense"),
    AccountFacts("5010", "Events", "expense", "5000", role="event-costs"),
    AccountFacts("5100", "Staff and contractors", "expense", "5000", role="staff"),
    AccountFacts("5200", "Infrastructure", "expense", "5000", role="infrastructure"),
    AccountFacts("5210", "Donated credits used", "expense", "5000", role="credits-used"),
    AccountFacts("5220", "Donated credits expired", "expense", "5000", role="credits-expired"),
    AccountFacts("5230", "Depreciation", "expense", "5000", role="depreciation-cost"),
    AccountFacts("5240", "Donated services", "expense", "5000", role="services-used"),
    AccountFacts("5300", "Community and travel", "expense", "5000", role="community"),
    AccountFacts("5400", "Marketing", "expense", "5000", role="marketing"),
    AccountFacts("5500", "Legal and audit", "expense", "5000", role="legal"),
    AccountFacts("5900", "Administration fee", "expense", "5000", role="administration"),
    AccountFacts("5950", "Bank and payment fees", "expense", "5000", role="bank-fees"),
    AccountFacts("5960", "Bad debts", "expense", "5000", role="bad-debts"),
)
