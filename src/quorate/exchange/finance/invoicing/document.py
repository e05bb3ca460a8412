"""An invoice or credit note as data: the semantic model of EN 16931-1:2017, the terms numbered as there (BT, BG).

Amounts are exact decimals in the invoice's currency; a credit note's amounts are positive, as the standard has it.
What can be known to be wrong from the data alone is told by :mod:`quorate.exchange.finance.invoicing.findings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """BT-3, UNTDID 1001: the kinds that a foundation sends."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTION = "384"


class Category(StrEnum):
    """BT-151, UNTDID 5305: how value added tax, or a tax like it, treats a line."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE = "O"
    CANARY = "L"
    CEUTA = "M"


#: Categories whose rate is more than nothing, or may be.
TAXED = frozenset({Category.STANDARD, Category.CANARY, Category.CEUTA})
#: Categories that must say why no tax is asked (BT-120 or BT-121).
EXCUSED = frozenset({Category.EXEMPT, Category.REVERSE, Category.INTRA_COMMUNITY, Category.EXPORT, Category.OUTSIDE})


@dataclass(frozen=True)
class Identifier:
    """A number and the scheme that gave it: ISO/IEC 6523 (``0060`` DUNS, ``0088`` GLN), or none."""

    value: str
    scheme: str = ""


@dataclass(frozen=True)
class Address:
    """A postal address; ``country`` in two letters (ISO 3166-1)."""

    country: str
    street: str = ""
    more: str = ""
    third: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to ask: BG-6, BG-9."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Party:
    """Seller (BG-4), buyer (BG-7), payee (BG-10) or the seller's tax representative (BG-11).

    ``vat_id`` begins with its country's prefix; ``tax_number`` is the local one (sellers only). ``endpoint`` is the
    electronic address (BT-34, BT-49), whose scheme is of the EAS list (``EM``: e-mail).
    """

    name: str
    address: Address | None = None
    trading_name: str = ""
    vat_id: str = ""
    tax_number: str = ""
    registration: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    endpoint: Identifier | None = None
    contact: Contact | None = None
    legal: str = ""


@dataclass(frozen=True)
class Span:
    """A period of invoicing, both days included as the standard has it (BG-14, BG-26)."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Vat:
    """The category of a line, and its rate in percent; the rate is nothing for what is outside the tax's scope."""

    category: Category
    rate: Decimal = Decimal(0)


@dataclass(frozen=True)
class Adjustment:
    """An allowance, or a charge when ``charge``: on a line (BG-27, BG-28) or on the document (BG-20, BG-21).

    ``percent`` of ``base`` where both are given, and ``amount`` is then reckoned; ``vat`` on the document only.
    """

    reason: str
    amount: Decimal | None = None
    charge: bool = False
    percent: Decimal | None = None
    base: Decimal | None = None
    code: str = ""
    vat: Vat | None = None


@dataclass(frozen=True)
class Line:
    """A line (BG-25). ``price`` is net of its ``discount`` (BT-146), for ``per`` units; ``unit`` of UN/ECE Rec 20."""

    name: str
    price: Decimal
    vat: Vat
    quantity: Decimal = Decimal(1)
    unit: str = "C62"
    per: Decimal | None = None
    discount: Decimal | None = None
    number: str = ""
    description: str = ""
    note: str = ""
    period: Span | None = None
    adjustments: tuple[Adjustment, ...] = ()
    order_line: str = ""
    account: str = ""
    seller_item: str = ""
    buyer_item: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Account:
    """Where a transfer goes: BG-17."""

    number: str
    name: str = ""
    bic: str = ""

    @property
    def is_iban(self) -> bool:
        """Whether the number has the form of an IBAN."""
        return len(self.number) >= 15 and self.number[:2].isalpha() and self.number[2:4].isdigit()


@dataclass(frozen=True)
class Means:
    """How to pay (BG-16): ``30`` transfer, ``58`` SEPA transfer, ``48`` card, ``68`` online (UNTDID 4461)."""

    code: str
    words: str = ""
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True)
class Precedent:
    """An earlier invoice that this one corrects or credits: BG-3."""

    number: str
    issued: date | None = None


@dataclass(frozen=True)
class Delivery:
    """Where and when what is sold was delivered: BG-13."""

    day: date | None = None
    name: str = ""
    address: Address | None = None


@dataclass(frozen=True)
class Exemption:
    """Why no tax is asked in a category: words (BT-120) or a code of the VATEX list (BT-121)."""

    category: Category
    reason: str = ""
    code: str = ""


@dataclass(frozen=True)
class Supplement:
    """A document that supports the invoice, by its number and address: BG-24."""

    number: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class Invoice:
    """An invoice, a credit note or a corrected invoice.

    ``tax_currency`` with ``tax_rate`` (units of it for one of ``currency``) states the tax in the seller's currency of
    account as well (BT-6, BT-111). ``prepaid`` (BT-113) and ``rounding`` (BT-114) lead from the total to what is due.
    """

    number: str
    issued: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    kind: Kind = Kind.INVOICE
    language: str = "en"
    due: date | None = None
    terms: str = ""
    notes: tuple[str, ...] = ()
    period: Span | None = None
    tax_point: date | None = None
    buyer_reference: str = ""
    order: str = ""
    seller_order: str = ""
    contract: str = ""
    project: str = ""
    tender: str = ""
    subject: str = ""
    account: str = ""
    process: str = ""
    precedents: tuple[Precedent, ...] = ()
    payee: Party | None = None
    representative: Party | None = None
    delivery: Delivery | None = None
    means: Means | None = None
    remittance: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    tax_currency: str = ""
    tax_rate: Decimal | None = None

    @property
    def is_credit(self) -> bool:
        """Whether its amounts are owed to the buyer."""
        return self.kind is Kind.CREDIT_NOTE

    def exemption(self, category: Category) -> Exemption | None:
        """Why no tax is asked in a category, where that is said."""
        return next((each for each in self.exemptions if each.category is category), None)
