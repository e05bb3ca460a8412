"""Reads ``charter.yaml``. Every fault is told at once, each with its file, line and mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import faults, plain, together
from quorate.kernel.yamlfile import Key
from quorate.registers.membership.rules.charter import AnnexProject, Charter, Loss, Prorating, Right, Tier, Version
from quorate.registers.membership.rules.reading_base import Data
from quorate.registers.membership.rules.reading_bodies import Bodies
from quorate.registers.membership.rules.reading_prices import Prices
from quorate.registers.membership.rules.schema import SCHEMA

MAX_BYTES = 4 * 1024 * 1024
#: The charters that come with the product, as facts in our own words.
SHIPPED = Path(__file__).resolve().parent.parent / "charters"


def shipped() -> list[str]:
    """The names of the charters that come with the product."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def find(name: str) -> Path:
    """The file that a name means: a path, or a charter that comes with the product."""
    path = Path(name)
    if not path.exists() and name in shipped():
        return SHIPPED / f"{name}.yaml"
    return path


def load(path: Path) -> Charter:
    """Read a charter from a file. ``UserError`` carries every fault."""
    return parse(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a file a person gave. ``UserError`` when it cannot be read, is too large, or is no text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(gettext("the file is larger than %d MB") % (MAX_BYTES // 2**20), where=str(path))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(gettext("the file is not UTF-8"), where=str(path), mend=gettext("save it as UTF-8")) from error
    except OSError as error:
        raise UserError(
            error.strerror or gettext("cannot be read"), where=str(path), mend=gettext("check the path")
        ) from error
    if "\0" in text:
        raise UserError(gettext("this is not text"), where=str(path), mend=gettext("give a file of YAML or CSV"))
    return text


def parse(text: str, name: str = "charter.yaml") -> Charter:
    """Read a charter from its text."""
    doc = plain(yamlfile.load(text, name=name))
    if doc.data is None:
        raise UserError(
            gettext("the file is empty"), where=f"{name}:1", mend=gettext("begin with foundation and versions")
        )
    found = faults(doc, SCHEMA)
    if found:
        raise together(found)
    reader = _Reader(doc)
    charter = reader.charter()
    if reader.problems:
        raise together(sorted(reader.problems, key=lambda one: int(one.where.rpartition(":")[2] or 0)))
    return charter


class _Reader(Bodies, Prices):
    """Reads a whole charter from a document that the schema accepts."""

    def charter(self) -> Charter:
        data = self.doc.data
        versions = [self.version(each, ("versions", n)) for n, each in enumerate(data["versions"])]
        for n, (one, other) in enumerate(pairwise(versions)):
            if other.start <= one.start:
                self.fault(
                    gettext("version %(later)s does not begin after version %(earlier)s")
                    % {"later": other.version, "earlier": one.version},
                    *("versions", n + 1, "from"),
                    mend=gettext("write versions in the order in which they began"),
                )
        projects = tuple(
            AnnexProject(
                row["name"],
                row.get("status", "hosted"),
                self.day(row.get("from"), "annex", "projects", n, "from"),
                self.day(row.get("until"), "annex", "projects", n, "until"),
            )
            for n, row in enumerate(data.get("annex", {}).get("projects", ()))
        )
        return Charter(data["foundation"], tuple(versions), projects, self.doc.name, self.lines)

    def version(self, data: Data, path: tuple[Key, ...]) -> Version:
        start = self.day(data["from"], *path, "from") or date.max
        currency = data.get("currency", "")
        tiers = tuple(
            self.tier(slug, row, (*path, "tiers", slug), data["version"]) for slug, row in data["tiers"].items()
        )
        known = {tier.slug for tier in tiers}
        self.place(data["version"], path)
        bodies = tuple(
            self.body(slug, row, known, (*path, "bodies", slug), data["version"])
            for slug, row in data["bodies"].items()
        )
        scales = tuple(
            self.scale(row, currency, known, (*path, "dues", n)) for n, row in enumerate(data.get("dues", ()))
        )
        for n, scale in enumerate(scales):
            if any(other.tier == scale.tier for other in scales[:n]):
                self.fault(
                    gettext("the dues of “%s” are given twice") % scale.tier,
                    *(*path, "dues", n, "tier"),
                    mend=gettext("keep one of the two"),
                )
        losses = tuple(self.loss(row, (*path, "losses", n)) for n, row in enumerate(data.get("losses", ())))
        rights = tuple(
            Right(row["right"], row["title"], self.tiers(row, known, (*path, "rights", n)), row.get("clause", ""))
            for n, row in enumerate(data.get("rights", ()))
        )
        slugs = {body.slug for body in bodies}
        self.check_losses(losses, {right.slug for right in rights}, slugs, path)
        return Version(
            version=data["version"],
            start=start,
            tiers=tuple(sorted(tiers, key=lambda tier: (tier.rank, tier.slug))),
            bodies=bodies,
            scales=scales,
            parent_fee=self.parent_fee(data.get("parent_fee"), currency, known, (*path, "parent_fee")),
            exceptions=tuple(
                self.exception(row, currency, known, (*path, "exceptions", n))
                for n, row in enumerate(data.get("exceptions", ()))
            ),
            prorating=_prorating(data.get("prorating")),
            admin_fee=self.admin_fee(data.get("admin_fee"), currency, (*path, "admin_fee")),
            rights=rights,
            losses=losses,
            currency=currency,
            source=data.get("source", ""),
            link=data.get("link", ""),
            basis=data.get("basis", "printed"),
            note=data.get("note", ""),
            unknown=tuple(data.get("unknown", ())),
        )

    def tier(self, slug: str, row: Data, path: tuple[Key, ...], version: str) -> Tier:
        self.place(f"{version}/tier:{slug}", path)
        return Tier(
            slug,
            row.get("name", slug.replace("-", " ").capitalize()),
            row["rank"],
            row.get("clause", ""),
            row.get("cap"),
            row.get("admission", ""),
            row.get("parent_tier", ""),
            row.get("overlay", False),
            tuple(row.get("aliases", ())),
            tuple(row.get("kinds", ())),
            tuple(row.get("benefits", ())),
        )

    def loss(self, row: Data, path: tuple[Key, ...]) -> Loss:
        needed = {"overdue": "days", "absent": "meetings"}.get(row["when"])
        if needed and needed not in row:
            self.fault(gettext("“%s” is missing here") % needed, *path, mend=gettext("add a line: %s: …") % needed)
        if row["when"] == "absent" and "body" not in row:
            self.fault(gettext("“%s” is missing here") % "body", *path, mend=gettext("say whose meetings are meant"))
        return Loss(
            row["when"],
            tuple(row["rights"]),
            row.get("days"),
            row.get("meetings"),
            row.get("body", ""),
            row.get("discretion", False),
            row.get("regained", ""),
            row.get("regained_after"),
            row.get("clause", ""),
        )

    def check_losses(self, losses: Sequence[Loss], rights: set[str], bodies: set[str], path: tuple[Key, ...]) -> None:
        for n, loss in enumerate(losses):
            wanted = [(right.partition(":")[2] or right, "rights") for right in loss.rights if right != "all"]
            for slug, key in [*wanted, *([(loss.body, "body")] if loss.body else [])]:
                known = bodies if key == "body" or any(right.endswith(f":{slug}") for right in loss.rights) else rights
                if slug not in known:
                    self.fault(
                        gettext("nothing here is called “%s”") % slug,
                        *(*path, "losses", n, key),
                        mend=gettext("use one of: %s") % (", ".join(sorted(known)) or "all"),
                    )


def _prorating(row: Data | None) -> Prorating:
    if row is None:
        return Prorating()
    return Prorating(
        row["method"],
        row.get("renewal", "anniversary"),
        row.get("rounding", "half-even"),
        Decimal(row.get("to", "0.01")),
        row.get("clause", ""),
    )
