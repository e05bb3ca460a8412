"""An invoice as UN/CEFACT Cross Industry Invoice D16B, profile EN 16931: the XML inside a Factur-X or ZUGFeRD PDF.

The order of the elements is the schema's. Source: EN 16931-3-3 (syntax binding) and Factur-X 1.0, part 2.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from quorate.exchange.finance.invoicing.document import (
    EXCUSED,
    Adjustment,
    Category,
    Contact,
    Invoice,
    Line,
    Party,
    Precedent,
    Span,
    Vat,
)
from quorate.exchange.finance.invoicing.elements import Content, Writer, money, number
from quorate.exchange.finance.invoicing.reckoning import Reckoning, Share, reckon, rounded

#: BT-24 of the profile EN 16931.
PROFILE = "urn:cen.eu:en16931:2017"

_x = Writer(
    {
        "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
        "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    }
)


def write(invoice: Invoice) -> bytes:
    """The document as UTF-8, the same bytes for the same invoice."""
    sums = reckon(invoice)
    return _x.document(
        "rsm:CrossIndustryInvoice",
        _x(
            "rsm:ExchangedDocumentContext",
            _x("ram:BusinessProcessSpecifiedDocumentContextParameter", _x("ram:ID", invoice.process)),
            _x("ram:GuidelineSpecifiedDocumentContextParameter", _x("ram:ID", PROFILE)),
        ),
        _x(
            "rsm:ExchangedDocument",
            _x("ram:ID", invoice.number),
            _x("ram:TypeCode", invoice.kind.value),
            _x("ram:IssueDateTime", _day(invoice.issued)),
            [_x("ram:IncludedNote", _x("ram:Content", note)) for note in invoice.notes],
        ),
        _x(
            "rsm:SupplyChainTradeTransaction",
            [_line(invoice, sums, at) for at in range(len(invoice.lines))],
            _agreement(invoice),
            _delivery(invoice),
            _settlement(invoice, sums),
        ),
    )


def _line(invoice: Invoice, sums: Reckoning, at: int) -> Content:
    line = invoice.lines[at]
    return _x(
        "ram:IncludedSupplyChainTradeLineItem",
        _x(
            "ram:AssociatedDocumentLineDocument",
            _x("ram:LineID", line.number or str(at + 1)),
            _x("ram:IncludedNote", _x("ram:Content", line.note)),
        ),
        _x(
            "ram:SpecifiedTradeProduct",
            _x("ram:SellerAssignedID", line.seller_item),
            _x("ram:BuyerAssignedID", line.buyer_item),
            _x("ram:Name", line.name),
            _x("ram:Description", line.description),
            [
                _x("ram:ApplicableProductCharacteristic", _x("ram:Description", name), _x("ram:Value", value))
                for name, value in line.attributes
            ],
            _x("ram:OriginTradeCountry", _x("ram:ID", line.origin)),
        ),
        _x(
            "ram:SpecifiedLineTradeAgreement",
            _x("ram:BuyerOrderReferencedDocument", _x("ram:LineID", line.order_line)),
            _gross_price(line),
            _x("ram:NetPriceProductTradePrice", _x("ram:ChargeAmount", number(line.price)), _per(line)),
        ),
        _x(
            "ram:SpecifiedLineTradeDelivery",
            _x("ram:BilledQuantity", number(line.quantity), unitCode=line.unit),
        ),
        _x(
            "ram:SpecifiedLineTradeSettlement",
            _tax(line.vat, "ram:ApplicableTradeTax"),
            _span(line.period),
            [
                _adjustment(each, amount, invoice.currency)
                for each, amount in zip(line.adjustments, sums.line_adjustments[at], strict=True)
            ],
            _x(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                _x("ram:LineTotalAmount", money(sums.lines[at])),
            ),
            _x("ram:ReceivableSpecifiedTradeAccountingAccount", _x("ram:ID", line.account)),
        ),
    )


def _gross_price(line: Line) -> Content:
    if line.discount is None:
        return None
    return _x(
        "ram:GrossPriceProductTradePrice",
        _x("ram:ChargeAmount", number(line.price + line.discount)),
        _per(line),
        _x(
            "ram:AppliedTradeAllowanceCharge",
            _x("ram:ChargeIndicator", _x("udt:Indicator", "false")),
            _x("ram:ActualAmount", number(line.discount)),
        ),
    )


def _per(line: Line) -> Content:
    return _x("ram:BasisQuantity", number(line.per), unitCode=line.unit)


def _agreement(invoice: Invoice) -> Content:
    return _x(
        "ram:ApplicableHeaderTradeAgreement",
        _x("ram:BuyerReference", invoice.buyer_reference),
        _party("ram:SellerTradeParty", invoice.seller),
        _party("ram:BuyerTradeParty", invoice.buyer),
        _party("ram:SellerTaxRepresentativeTradeParty", invoice.representative),
        _x("ram:SellerOrderReferencedDocument", _x("ram:IssuerAssignedID", invoice.seller_order)),
        _x("ram:BuyerOrderReferencedDocument", _x("ram:IssuerAssignedID", invoice.order)),
        _x("ram:ContractReferencedDocument", _x("ram:IssuerAssignedID", invoice.contract)),
        [
            _x(
                "ram:AdditionalReferencedDocument",
                _x("ram:IssuerAssignedID", each.number),
                _x("ram:URIID", each.url),
                _x("ram:TypeCode", "916"),
                _x("ram:Name", each.title),
            )
            for each in invoice.supplements
        ],
        _other_reference(invoice.tender, "50"),
        _other_reference(invoice.subject, "130"),
        invoice.project
        and _x(
            "ram:SpecifiedProcuringProject",
            _x("ram:ID", invoice.project),
            _x("ram:Name", "Project reference"),  # the binding asks for these words where there is no name
        ),
    )


def _other_reference(value: str, code: str) -> Content:
    """BT-17 (50: tender or lot) or BT-18 (130: object invoiced)."""
    if not value:
        return None
    return _x("ram:AdditionalReferencedDocument", _x("ram:IssuerAssignedID", value), _x("ram:TypeCode", code))


def _party(tag: str, party: Party | None) -> Content:
    if party is None:
        return None
    registration = party.registration
    endpoint = party.endpoint
    address = party.address
    return _x(
        tag,
        [_x("ram:ID", each.value) for each in party.identifiers if not each.scheme],
        [_x("ram:GlobalID", each.value, schemeID=each.scheme) for each in party.identifiers if each.scheme],
        _x("ram:Name", party.name),
        _x("ram:Description", party.legal),
        _x(
            "ram:SpecifiedLegalOrganization",
            registration and _x("ram:ID", registration.value, schemeID=registration.scheme),
            _x("ram:TradingBusinessName", party.trading_name),
        ),
        _contact(party.contact),
        address
        and _x(
            "ram:PostalTradeAddress",
            _x("ram:PostcodeCode", address.postcode),
            _x("ram:LineOne", address.street),
            _x("ram:LineTwo", address.more),
            _x("ram:LineThree", address.third),
            _x("ram:CityName", address.city),
            _x("ram:CountryID", address.country),
            _x("ram:CountrySubDivisionName", address.region),
        ),
        endpoint and _x("ram:URIUniversalCommunication", _x("ram:URIID", endpoint.value, schemeID=endpoint.scheme)),
        _x("ram:SpecifiedTaxRegistration", _x("ram:ID", party.tax_number, schemeID="FC")),
        _x("ram:SpecifiedTaxRegistration", _x("ram:ID", party.vat_id, schemeID="VA")),
    )


def _contact(contact: Contact | None) -> Content:
    if contact is None:
        return None
    return _x(
        "ram:DefinedTradeContact",
        _x("ram:PersonName", contact.name),
        _x("ram:TelephoneUniversalCommunication", _x("ram:CompleteNumber", contact.phone)),
        _x("ram:EmailURIUniversalCommunication", _x("ram:URIID", contact.email)),
    )


def _delivery(invoice: Invoice) -> Content:
    delivery = invoice.delivery
    # The schema asks for the element and the rules forbid it to be empty: where nothing is said, it is the buyer's.
    place = Party(invoice.buyer.name) if delivery is None else Party(delivery.name, delivery.address)
    return _x(
        "ram:ApplicableHeaderTradeDelivery",
        _party("ram:ShipToTradeParty", place),
        delivery and _x("ram:ActualDeliverySupplyChainEvent", _x("ram:OccurrenceDateTime", _day(delivery.day))),
    )


def _settlement(invoice: Invoice, sums: Reckoning) -> Content:
    return _x(
        "ram:ApplicableHeaderTradeSettlement",
        _x("ram:PaymentReference", invoice.remittance),
        _x("ram:TaxCurrencyCode", invoice.tax_currency),
        _x("ram:InvoiceCurrencyCode", invoice.currency),
        _party("ram:PayeeTradeParty", invoice.payee),
        _means(invoice),
        [_share(invoice, share) for share in sums.shares],
        _span(invoice.period),
        [
            _adjustment(each, amount, invoice.currency)
            for each, amount in zip(invoice.adjustments, sums.adjustments, strict=True)
        ],
        _x(
            "ram:SpecifiedTradePaymentTerms",
            _x("ram:Description", invoice.terms),
            _x("ram:DueDateDateTime", _day(invoice.due)),
        ),
        _summation(invoice, sums),
        [_precedent(each) for each in invoice.precedents],
        _x("ram:ReceivableSpecifiedTradeAccountingAccount", _x("ram:ID", invoice.account)),
    )


def _means(invoice: Invoice) -> Content:
    means = invoice.means
    if means is None:
        return None
    kind = [_x("ram:TypeCode", means.code), _x("ram:Information", means.words)]
    if not means.accounts:
        return _x("ram:SpecifiedTradeSettlementPaymentMeans", kind)
    return [
        _x(
            "ram:SpecifiedTradeSettlementPaymentMeans",
            kind if at == 0 else _x("ram:TypeCode", means.code),
            _x(
                "ram:PayeePartyCreditorFinancialAccount",
                _x("ram:IBANID", account.number) if account.is_iban else None,
                _x("ram:AccountName", account.name),
                None if account.is_iban else _x("ram:ProprietaryID", account.number),
            ),
            _x("ram:PayeeSpecifiedCreditorFinancialInstitution", _x("ram:BICID", account.bic)),
        )
        for at, account in enumerate(means.accounts)
    ]


def _share(invoice: Invoice, share: Share) -> Content:
    exemption = invoice.exemption(share.vat.category) if share.vat.category in EXCUSED else None
    return _x(
        "ram:ApplicableTradeTax",
        _x("ram:CalculatedAmount", money(share.tax)),
        _x("ram:TypeCode", "VAT"),
        exemption and _x("ram:ExemptionReason", exemption.reason),
        _x("ram:BasisAmount", money(share.basis)),
        _x("ram:CategoryCode", share.vat.category.value),
        exemption and _x("ram:ExemptionReasonCode", exemption.code),
        invoice.tax_point and _x("ram:TaxPointDate", _x("udt:DateString", f"{invoice.tax_point:%Y%m%d}", format="102")),
        None if share.vat.category is Category.OUTSIDE else _x("ram:RateApplicablePercent", number(share.vat.rate)),
    )


def _tax(vat: Vat, tag: str) -> Content:
    return _x(
        tag,
        _x("ram:TypeCode", "VAT"),
        _x("ram:CategoryCode", vat.category.value),
        None if vat.category is Category.OUTSIDE else _x("ram:RateApplicablePercent", number(vat.rate)),
    )


def _adjustment(adjustment: Adjustment, amount: Decimal, currency: str) -> Content:
    base = None if adjustment.base is None else money(rounded(adjustment.base, currency))
    return _x(
        "ram:SpecifiedTradeAllowanceCharge",
        _x("ram:ChargeIndicator", _x("udt:Indicator", "true" if adjustment.charge else "false")),
        _x("ram:CalculationPercent", number(adjustment.percent)),
        _x("ram:BasisAmount", base),
        _x("ram:ActualAmount", money(amount)),
        _x("ram:ReasonCode", adjustment.code),
        _x("ram:Reason", adjustment.reason),
        adjustment.vat and _tax(adjustment.vat, "ram:CategoryTradeTax"),
    )


def _summation(invoice: Invoice, sums: Reckoning) -> Content:
    return _x(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        _x("ram:LineTotalAmount", money(sums.line_total)),
        _x("ram:ChargeTotalAmount", money(sums.charges)),
        _x("ram:AllowanceTotalAmount", money(sums.allowances)),
        _x("ram:TaxBasisTotalAmount", money(sums.net)),
        _x("ram:TaxTotalAmount", money(sums.tax), currencyID=invoice.currency),
        _x("ram:TaxTotalAmount", money(sums.tax_in_account), currencyID=invoice.tax_currency),
        _x("ram:RoundingAmount", money(rounded(invoice.rounding, invoice.currency))) if invoice.rounding else None,
        _x("ram:GrandTotalAmount", money(sums.gross)),
        _x("ram:TotalPrepaidAmount", money(rounded(invoice.prepaid, invoice.currency))),
        _x("ram:DuePayableAmount", money(sums.due)),
    )


def _precedent(precedent: Precedent) -> Content:
    issued = precedent.issued
    return _x(
        "ram:InvoiceReferencedDocument",
        _x("ram:IssuerAssignedID", precedent.number),
        issued and _x("ram:FormattedIssueDateTime", _x("qdt:DateTimeString", f"{issued:%Y%m%d}", format="102")),
    )


def _span(span: Span | None) -> Content:
    if span is None:
        return None
    return _x(
        "ram:BillingSpecifiedPeriod",
        _x("ram:StartDateTime", _day(span.start)),
        _x("ram:EndDateTime", _day(span.end)),
    )


def _day(value: date | None) -> Content:
    return value and _x("udt:DateTimeString", f"{value:%Y%m%d}", format="102")
