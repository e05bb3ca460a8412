"""Commands about agreements: ``agreement render``, ``agreement list`` and ``agreement verify``."""

from __future__ import annotations

from pathlib import Path

import click

from quorate.exchange.agreements.clauses import compose
from quorate.exchange.agreements.files import read_template
from quorate.exchange.agreements.models import Agreement
from quorate.exchange.agreements.queries import standing
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.kernel.yamlfile import load
from quorate.toolkit import printing


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    group = noun(root, "agreement", _("Agreements"))
    group.add_command(render)
    group.add_command(listed)
    group.add_command(verify)


@click.command("render")
@click.argument("template", type=click.Path(path_type=Path))
@click.option("--values", "values_file", type=click.Path(path_type=Path), help="YAML or JSON: a value for each name.")
@click.option("--wording", "wordings", multiple=True, help="CLAUSE=VARIANT, for each clause that is not as usual.")
@click.option("--out", type=click.Path(path_type=Path), help="Write a PDF (needs the extra pdf) or, by .md, Markdown.")
@json_option
def render(template: Path, values_file: Path | None, wordings: tuple[str, ...], out: Path | None) -> None:
    """Fill a template (agreements/*.md of a foundation's directory) and print the text; nothing is stored."""
    head, source = read_template(template)
    values = _values(values_file) if values_file is not None else {}
    variants = dict(_wording(text) for text in wordings)
    document = compose(
        source,
        title=head["title"],
        template=head["slug"],
        version=head["version"],
        language=head.get("language", "en"),
        values=values,
        variants=variants,
    )
    text = document.markdown()
    if out is not None:
        _write(out, text, document.title)
    result = {
        "digest": document.digest,
        "document": document.as_dict(),
        "departures": [f"{clause.anchor}/{clause.variant}" for clause in document.departures],
        "markdown": text,
        "written": str(out) if out is not None else None,
    }
    show(result, lambda: [text if out is None else gettext("%s written") % out, f"SHA-256 {document.digest}"])


@click.command("list")
@json_option
def listed() -> None:
    """List agreements, newest first."""
    rows = [
        {
            "id": str(row.pk),
            "title": str(row),
            "organisation": row.organisation.slug,
            "state": row.state,
            "in_force_at": row.in_force_at,
            "digest": row.digest,
        }
        for row in Agreement.objects.select_related("organisation")
    ]
    lines = [[str(row["id"]), str(row["state"]), str(row["organisation"]), str(row["title"])] for row in rows]
    show({"agreements": rows}, lambda: columns(lines))


@click.command("verify")
@json_option
def verify() -> None:
    """Compare every agreement's words with its digest, its signatures and the ledger. Exits 1 when one differs."""
    bad = []
    total = 0
    for row in Agreement.objects.prefetch_related("signatures").iterator(chunk_size=500):
        total += 1
        found = standing(row)
        if not found.whole:
            bad.append({"agreement": str(row.pk), "why": found.why})
    show(
        {"ok": not bad, "agreements": total, "bad": bad},
        lambda: (
            [f"{one['agreement']}: {one['why']}" for one in bad]
            or [gettext("%(n)d agreements are as they were signed") % {"n": total}]
        ),
    )
    if bad:
        click.get_current_context().exit(1)


def _values(file: Path) -> dict[str, str]:
    data = load(file).data
    if not isinstance(data, dict) or not all(isinstance(value, str | int) for value in data.values()):
        raise UserError(gettext("this is no map of names to values"), where=str(file), mend="organisation: Acme, Inc.")
    return {str(name): str(value) for name, value in data.items()}


def _wording(text: str) -> tuple[str, str]:
    clause, mark, variant = text.partition("=")
    if not mark:
        raise UserError(gettext("a wording is CLAUSE=VARIANT"), where=text)
    return clause, variant


def _write(out: Path, text: str, title: str) -> None:
    if out.suffix == ".md":
        out.write_text(text, encoding="utf-8")
    elif printing.AVAILABLE:
        out.write_bytes(printing.pdf(text, title))
    else:
        what = gettext("this installation makes no PDF")
        raise UserError(what, where=str(out), mend=gettext("install the extra pdf"))
