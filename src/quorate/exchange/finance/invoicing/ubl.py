"""An invoice as OASIS UBL 2.1 ``Invoice`` or, for a credit note, ``CreditNote``.

The order of the elements is the schema's. Source: EN 16931-3-2 (syntax binding).
"""

from __future__ import annotations

from decimal import Decimal

from quorate.exchange.finance.invoicing.document import (
    EXCUSED,
    Account,
    Address,
    Adjustment,
    Category,
    Invoice,
    Line,
    Party,
    Span,
    Vat,
)
from quorate.exchange.finance.invoicing.elements import Content, Writer, day, money, number
from quorate.exchange.finance.invoicing.reckoning import Reckoning, Share, reckon, rounded

PROFILE = "urn:cen.eu:en16931:2017"
_NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "inv": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "cn": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
}
_x = Writer(_NAMESPACES)


def write(invoice: Invoice) -> bytes:
    """The document as UTF-8, the same bytes for the same invoice."""
    sums = reckon(invoice)
    credit = invoice.is_credit
    return _x.document(
        "cn:CreditNote" if credit else "inv:Invoice",
        _x("cbc:CustomizationID", PROFILE),
        _x("cbc:ProfileID", invoice.process),
        _x("cbc:ID", invoice.number),
        _x("cbc:IssueDate", day(invoice.issued)),
        # A credit note has no due date of its own in this syntax: it stands with the means of payment.
        None if credit else _x("cbc:DueDate", day(invoice.due)),
        None if credit else _x("cbc:InvoiceTypeCode", invoice.kind.value),
        _x("cbc:TaxPointDate", day(invoice.tax_point)) if credit else None,
        _x("cbc:CreditNoteTypeCode", invoice.kind.value) if credit else None,
        [_x("cbc:Note", note) for note in invoice.notes],
        None if credit else _x("cbc:TaxPointDate", day(invoice.tax_point)),
        _x("cbc:DocumentCurrencyCode", invoice.currency),
        _x("cbc:TaxCurrencyCode", invoice.tax_currency),
        _x("cbc:AccountingCost", invoice.account),
        _x("cbc:BuyerReference", invoice.buyer_reference),
        _span("cac:InvoicePeriod", invoice.period),
        _order(invoice),
        [
            _x(
                "cac:BillingReference",
                _x(
                    "cac:InvoiceDocumentReference",
                    _x("cbc:ID", each.number),
                    _x("cbc:IssueDate", day(each.issued)),
                ),
            )
            for each in invoice.precedents
        ],
        _references(invoice),
        _x("cac:AccountingSupplierParty", _party(invoice.seller)),
        _x("cac:AccountingCustomerParty", _party(invoice.buyer)),
        _payee(invoice.payee),
        _representative(invoice.representative),
        _delivery(invoice),
        _means(invoice),
        _x("cac:PaymentTerms", _x("cbc:Note", invoice.terms)),
        [
            _adjustment(each, amount, invoice.currency)
            for each, amount in zip(invoice.adjustments, sums.adjustments, strict=True)
        ],
        _taxes(invoice, sums),
        _totals(invoice, sums),
        [_line(invoice, sums, at) for at in range(len(invoice.lines))],
    )


def _amount(tag: str, amount: Decimal | None, currency: str) -> Content:
    return _x(tag, money(amount), currencyID=currency)


def _order(invoice: Invoice) -> Content:
    if not (invoice.order or invoice.seller_order):
        return None
    return _x(
        "cac:OrderReference",
        # The schema asks for the buyer's number even where only the seller's is known.
        _x("cbc:ID", invoice.order or "NA"),
        _x("cbc:SalesOrderID", invoice.seller_order),
    )


def _references(invoice: Invoice) -> Content:
    """Tender, contract, supporting documents and project, in the order of the schema of either document."""
    contract = _x("cac:ContractDocumentReference", _x("cbc:ID", invoice.contract))
    others = [
        invoice.subject
        and _x(
            "cac:AdditionalDocumentReference",
            _x("cbc:ID", invoice.subject),
            _x("cbc:DocumentTypeCode", "130"),
        ),
        [
            _x(
                "cac:AdditionalDocumentReference",
                _x("cbc:ID", each.number),
                _x("cbc:DocumentDescription", each.title),
                _x("cac:Attachment", _x("cac:ExternalReference", _x("cbc:URI", each.url))),
            )
            for each in invoice.supplements
        ],
    ]
    tender = _x("cac:OriginatorDocumentReference", _x("cbc:ID", invoice.tender))
    if invoice.is_credit:
        # A credit note has no element for the project: it is a document with code 50 there.
        project = invoice.project and _x(
            "cac:AdditionalDocumentReference", _x("cbc:ID", invoice.project), _x("cbc:DocumentTypeCode", "50")
        )
        return [contract, others, project, tender]
    return [tender, contract, others, _x("cac:ProjectReference", _x("cbc:ID", invoice.project))]


def _party(party: Party) -> Content:
    registration = party.registration
    return _x(
        "cac:Party",
        party.endpoint and _x("cbc:EndpointID", party.endpoint.value, schemeID=party.endpoint.scheme),
        [_x("cac:PartyIdentification", _x("cbc:ID", each.value, schemeID=each.scheme)) for each in party.identifiers],
        _x("cac:PartyName", _x("cbc:Name", party.trading_name)),
        _address("cac:PostalAddress", party.address),
        _tax_scheme(party.vat_id, "VAT"),
        _tax_scheme(party.tax_number, "TAX"),
        _x(
            "cac:PartyLegalEntity",
            _x("cbc:RegistrationName", party.name),
            registration and _x("cbc:CompanyID", registration.value, schemeID=registration.scheme),
            _x("cbc:CompanyLegalForm", party.legal),
        ),
        party.contact
        and _x(
            "cac:Contact",
            _x("cbc:Name", party.contact.name),
            _x("cbc:Telephone", party.contact.phone),
            _x("cbc:ElectronicMail", party.contact.email),
        ),
    )


def _tax_scheme(value: str, scheme: str) -> Content:
    if not value:
        return None
    return _x("cac:PartyTaxScheme", _x("cbc:CompanyID", value), _x("cac:TaxScheme", _x("cbc:ID", scheme)))


def _address(tag: str, address: Address | None) -> Content:
    if address is None:
        return None
    return _x(
        tag,
        _x("cbc:StreetName", address.street),
        _x("cbc:AdditionalStreetName", address.more),
        _x("cbc:CityName", address.city),
        _x("cbc:PostalZone", address.postcode),
        _x("cbc:CountrySubentity", address.region),
        _x("cac:AddressLine", _x("cbc:Line", address.third)),
        _x("cac:Country", _x("cbc:IdentificationCode", address.country)),
    )


def _payee(party: Party | None) -> Content:
    if party is None:
        return None
    registration = party.registration
    return _x(
        "cac:PayeeParty",
        [_x("cac:PartyIdentification", _x("cbc:ID", each.value, schemeID=each.scheme)) for each in party.identifiers],
        _x("cac:PartyName", _x("cbc:Name", party.name)),
        registration
        and _x("cac:PartyLegalEntity", _x("cbc:CompanyID", registration.value, schemeID=registration.scheme)),
    )


def _representative(party: Party | None) -> Content:
    if party is None:
        return None
    return _x(
        "cac:TaxRepresentativeParty",
        _x("cac:PartyName", _x("cbc:Name", party.name)),
        _address("cac:PostalAddress", party.address),
        _tax_scheme(party.vat_id, "VAT"),
    )


def _delivery(invoice: Invoice) -> Content:
    delivery = invoice.delivery
    if delivery is None:
        return None
    return _x(
        "cac:Delivery",
        _x("cbc:ActualDeliveryDate", day(delivery.day)),
        _x("cac:DeliveryLocation", _address("cac:Address", delivery.address)),
        _x("cac:DeliveryParty", _x("cac:PartyName", _x("cbc:Name", delivery.name))),
    )


def _means(invoice: Invoice) -> Content:
    means = invoice.means
    if means is None:
        return None
    due = day(invoice.due) if invoice.is_credit else None

    def one(account: Account | None) -> Content:
        return _x(
            "cac:PaymentMeans",
            _x("cbc:PaymentMeansCode", means.code, name=means.words),
            _x("cbc:PaymentDueDate", due),
            _x("cbc:PaymentID", invoice.remittance),
            account
            and _x(
                "cac:PayeeFinancialAccount",
                _x("cbc:ID", account.number),
                _x("cbc:Name", account.name),
                _x("cac:FinancialInstitutionBranch", _x("cbc:ID", account.bic)),
            ),
        )

    return [one(account) for account in means.accounts or (None,)]


def _category(tag: str, vat: Vat, reason: str = "", code: str = "") -> Content:
    return _x(
        tag,
        _x("cbc:ID", vat.category.value),
        None if vat.category is Category.OUTSIDE else _x("cbc:Percent", number(vat.rate)),
        _x("cbc:TaxExemptionReasonCode", code),
        _x("cbc:TaxExemptionReason", reason),
        _x("cac:TaxScheme", _x("cbc:ID", "VAT")),
    )


def _taxes(invoice: Invoice, sums: Reckoning) -> Content:
    return [
        _x(
            "cac:TaxTotal",
            _amount("cbc:TaxAmount", sums.tax, invoice.currency),
            [_share(invoice, share) for share in sums.shares],
        ),
        _x("cac:TaxTotal", _amount("cbc:TaxAmount", sums.tax_in_account, invoice.tax_currency)),
    ]


def _share(invoice: Invoice, share: Share) -> Content:
    exemption = invoice.exemption(share.vat.category) if share.vat.category in EXCUSED else None
    return _x(
        "cac:TaxSubtotal",
        _amount("cbc:TaxableAmount", share.basis, invoice.currency),
        _amount("cbc:TaxAmount", share.tax, invoice.currency),
        _category(
            "cac:TaxCategory",
            share.vat,
            exemption.reason if exemption else "",
            exemption.code if exemption else "",
        ),
    )


def _totals(invoice: Invoice, sums: Reckoning) -> Content:
    currency = invoice.currency
    return _x(
        "cac:LegalMonetaryTotal",
        _amount("cbc:LineExtensionAmount", sums.line_total, currency),
        _amount("cbc:TaxExclusiveAmount", sums.net, currency),
        _amount("cbc:TaxInclusiveAmount", sums.gross, currency),
        _amount("cbc:AllowanceTotalAmount", sums.allowances, currency),
        _amount("cbc:ChargeTotalAmount", sums.charges, currency),
        _amount("cbc:PrepaidAmount", rounded(invoice.prepaid, currency), currency),
        _amount("cbc:PayableRoundingAmount", rounded(invoice.rounding, currency), currency)
        if invoice.rounding
        else None,
        _amount("cbc:PayableAmount", sums.due, currency),
    )


def _line(invoice: Invoice, sums: Reckoning, at: int) -> Content:
    line = invoice.lines[at]
    currency = invoice.currency
    quantity = "cbc:CreditedQuantity" if invoice.is_credit else "cbc:InvoicedQuantity"
    return _x(
        "cac:CreditNoteLine" if invoice.is_credit else "cac:InvoiceLine",
        _x("cbc:ID", line.number or str(at + 1)),
        _x("cbc:Note", line.note),
        _x(quantity, number(line.quantity), unitCode=line.unit),
        _amount("cbc:LineExtensionAmount", sums.lines[at], currency),
        _x("cbc:AccountingCost", line.account),
        _span("cac:InvoicePeriod", line.period),
        _x("cac:OrderLineReference", _x("cbc:LineID", line.order_line)),
        [
            _adjustment(each, amount, currency)
            for each, amount in zip(line.adjustments, sums.line_adjustments[at], strict=True)
        ],
        _item(line),
        _x(
            "cac:Price",
            _x("cbc:PriceAmount", number(line.price), currencyID=currency),
            _x("cbc:BaseQuantity", number(line.per), unitCode=line.unit),
            _discount(line, currency),
        ),
    )


def _item(line: Line) -> Content:
    return _x(
        "cac:Item",
        _x("cbc:Description", line.description),
        _x("cbc:Name", line.name),
        _x("cac:BuyersItemIdentification", _x("cbc:ID", line.buyer_item)),
        _x("cac:SellersItemIdentification", _x("cbc:ID", line.seller_item)),
        _x("cac:OriginCountry", _x("cbc:IdentificationCode", line.origin)),
        _category("cac:ClassifiedTaxCategory", line.vat),
        [
            _x("cac:AdditionalItemProperty", _x("cbc:Name", name), _x("cbc:Value", value))
            for name, value in line.attributes
        ],
    )


def _discount(line: Line, currency: str) -> Content:
    if line.discount is None:
        return None
    return _x(
        "cac:AllowanceCharge",
        _x("cbc:ChargeIndicator", "false"),
        _x("cbc:Amount", number(line.discount), currencyID=currency),
        _x("cbc:BaseAmount", number(line.price + line.discount), currencyID=currency),
    )


def _adjustment(adjustment: Adjustment, amount: Decimal, currency: str) -> Content:
    base = None if adjustment.base is None else rounded(adjustment.base, currency)
    return _x(
        "cac:AllowanceCharge",
        _x("cbc:ChargeIndicator", "true" if adjustment.charge else "false"),
        _x("cbc:AllowanceChargeReasonCode", adjustment.code),
        _x("cbc:AllowanceChargeReason", adjustment.reason),
        _x("cbc:MultiplierFactorNumeric", number(adjustment.percent)),
        _amount("cbc:Amount", amount, currency),
        _amount("cbc:BaseAmount", base, currency),
        adjustment.vat and _category("cac:TaxCategory", adjustment.vat),
    )


def _span(tag: str, span: Span | None) -> Content:
    if span is None:
        return None
    return _x(tag, _x("cbc:StartDate", day(span.start)), _x("cbc:EndDate", day(span.end)))
