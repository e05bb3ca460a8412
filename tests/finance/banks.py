"""Files of banks for tests, in every version and with every fault. All names and accounts are invented."""

from __future__ import annotations

from dataclasses import dataclass

IBAN = "BE71096123456769"
PROFILE = """\
account: BE71096123456769
currency: EUR
encoding: utf-8
delimiter: ";"
decimal: ","
group: "."
days: DD.MM.YYYY
order: newest-first
columns: {day: Buchungstag, amount: Betrag, words: Zweck, party: Name, party_account: IBAN, balance: Saldo}
"""
CSV = """\
Buchungstag;Name;IBAN;Zweck;Betrag;Saldo
03.02.2026;Bank;;"Gebühr; Januar";-12,50;126.037,50
02.02.2026;Muster GmbH;DE02120300000000202051;Rechnung 2026-0001;125.000,00;126.050,00
01.02.2026;Beispiel SA;;Beitrag;50,00;1.050,00
"""


@dataclass(frozen=True)
class Movement:
    """A movement of camt.053."""

    amount: str
    side: str = "CRDT"
    words: str = ""
    structured: str = ""
    party: str = "Muster GmbH"
    reference: str = ""
    end_to_end: str = "NOTPROVIDED"
    status: str = "BOOK"
    currency: str = "EUR"
    day: str = "2026-02-02"
    parts: tuple[str, ...] = ()
    charges: str = ""


def camt(*movements: Movement, version: str = "08", opening: str = "1000.00", closing: str, count: str = "") -> str:
    """A statement of one account, as a bank of this version writes it."""
    entries = "\n".join(_entry(each, version) for each in movements)
    summary = f"<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries></TtlNtries></TxsSummry>" if count else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-02-03T06:00:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2026-02-03T06:00:00+01:00</CreDtTm>
<FrToDt><FrDtTm>2026-02-01T00:00:00+01:00</FrDtTm><ToDtTm>2026-02-02T23:59:59+01:00</ToDtTm></FrToDt>
<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{_balance("OPBD", opening)}
{_balance("CLBD", closing)}
{summary}
{entries}
</Stmt></BkToCstmrStmt></Document>
"""


def _balance(code: str, text: str) -> str:
    side = "DBIT" if text.startswith("-") else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{text.lstrip("-")}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-02-02</Dt></Dt></Bal>"
    )


def _entry(each: Movement, version: str) -> str:
    status = each.status if version == "02" else f"<Cd>{each.status}</Cd>"
    reference = f"<AcctSvcrRef>{each.reference}</AcctSvcrRef>" if each.reference else ""
    details = "\n".join(_details(each, part, version) for part in each.parts or ("",))
    return f"""<Ntry><Amt Ccy="{each.currency}">{each.amount}</Amt><CdtDbtInd>{each.side}</CdtDbtInd><Sts>{status}</Sts>
<BookgDt><Dt>{each.day}</Dt></BookgDt><ValDt><Dt>{each.day}</Dt></ValDt>{reference}
<NtryDtls>{details}</NtryDtls></Ntry>"""


def _details(each: Movement, part: str, version: str) -> str:
    name = f"<Pty><Nm>{each.party}</Nm></Pty>" if version == "08" else f"<Nm>{each.party}</Nm>"
    role = "Dbtr" if each.side == "CRDT" else "Cdtr"
    amount = ""
    if part:
        told = f'<Amt Ccy="{each.currency}">{part}</Amt>'
        amount = f"<AmtDtls><TxAmt>{told}</TxAmt></AmtDtls>" if version == "02" else told
    charges = f'<Chrgs><Rcrd><Amt Ccy="EUR">{each.charges}</Amt></Rcrd></Chrgs>' if each.charges else ""
    structured = f"<Strd><CdtrRefInf><Ref>{each.structured}</Ref></CdtrRefInf></Strd>" if each.structured else ""
    words = f"<Ustrd>{each.words}</Ustrd>" if each.words else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{each.end_to_end}</EndToEndId></Refs>{amount}{charges}"
        f"<RltdPties><{role}>{name}</{role}></RltdPties><RmtInf>{words}{structured}</RmtInf></TxDtls>"
    )


#: Whole and right: what every fault below is made of.
GOOD = camt(
    Movement("125000.00", structured="RF72202600019", reference="B1"),
    Movement("12.50", "DBIT", words="fees", reference="B2", party="Bank"),
    closing="125987.50",
)
#: The file, its profile when it is CSV, where the error points, and what it says.
MALFORMED: dict[str, tuple[bytes, str, str, str]] = {
    "cut off": (GOOD[:-200].encode(), "", ":", "not XML"),
    "nothing": (b" \n", "", "", "empty"),
    "an entity": (
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + GOOD.partition("?>")[2]).encode(),
        "",
        "",
        "document type",
    ),
    "another message": (GOOD.replace("camt.053", "camt.054").encode(), "", "", "not camt.053"),
    "a movement missing": (GOOD.replace("12.50", "12.05").encode(), "", ":4", "do not add up"),
    "no closing balance": (GOOD.replace("CLBD", "CLAV").encode(), "", ":4", "no balance CLBD"),
    "an amount with a comma": (GOOD.replace("125000.00", "125000,00").encode(), "", ":", "not an amount"),
    "a sign in an amount": (GOOD.replace(">12.50", ">-12.50").encode(), "", ":", "not an amount"),
    "a tenth of a cent": (GOOD.replace(">12.50", ">12.505").encode(), "", ":", "no amount of EUR"),
    "a side that is none": (
        GOOD.replace("<CdtDbtInd>DBIT", "<CdtDbtInd>DEBT").encode(),
        "",
        ":",
        "neither CRDT nor DBIT",
    ),
    "a day that is none": (
        GOOD.replace("<BookgDt><Dt>2026-02-02", "<BookgDt><Dt>2026-02-30").encode(),
        "",
        ":",
        "not a day",
    ),
    "an unknown status": (GOOD.replace("<Cd>BOOK", "<Cd>BOOT").encode(), "", ":", "status"),
    "a movement in dollars": (
        GOOD.replace('<Ntry><Amt Ccy="EUR">12.50', '<Ntry><Amt Ccy="USD">12.50').encode(),
        "",
        ":",
        "is in USD",
    ),
    "too few movements": (
        camt(Movement("1.00"), closing="1001.00", count="2").encode(),
        "",
        ":",
        "says that it has 2 movements",
    ),
    "a batch that does not add up": (
        camt(Movement("3.00", parts=("1.00", "1.00")), closing="1003.00").encode(),
        "",
        ":",
        "come to 2.00",
    ),
    "csv without profile": (CSV.encode(), "", "", "not camt.053"),
    "csv in another encoding": (CSV.encode("latin-1"), PROFILE, "", "not written in utf-8"),
    "csv without a column": (CSV.replace("Saldo", "Stand").encode(), PROFILE, ":1", "no column 'Saldo'"),
    "csv with two of a column": (CSV.replace(";Saldo", ";Saldo;Name").encode(), PROFILE, ":1", "two columns 'Name'"),
    "csv with American amounts": (CSV.replace("125.000,00", "125,000.00").encode(), PROFILE, ":3", "not an amount"),
    "csv grouped elsewhere": (CSV.replace("125.000,00", "12.5000,00").encode(), PROFILE, ":3", "not an amount"),
    "csv with American days": (CSV.replace("03.02.2026", "02/03/2026").encode(), PROFILE, ":2", "not a day"),
    "csv with a day that is none": (CSV.replace("03.02.2026", "31.02.2026").encode(), PROFILE, ":2", "not a day"),
    "csv with a line missing": (CSV.replace("02.02.2026;Muster", "#", 1).encode(), PROFILE, ":3", "columns"),
    "csv with a line gone": (
        "\n".join(line for line in CSV.split("\n") if "Muster" not in line).encode(),
        PROFILE,
        ":2",
        "do not add up",
    ),
    "csv in the other order": (CSV.encode(), PROFILE.replace("newest", "oldest"), ":3", "do not add up"),
    "csv with an open quote": (CSV.replace('"Gebühr; Januar"', '"Gebühr; Januar').encode(), PROFILE, ":", ""),
}
