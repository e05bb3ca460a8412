"""Reference pages made from what the packages declare, so that they cannot fall behind; CI holds them to it.

``quorate docs write`` writes them into a source checkout, ``quorate docs check`` says which are behind. Pages are in
English whatever the language of the shell, and name nothing that belongs to one machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from django.utils.translation import override

from quorate.access.action import ACTIONS
from quorate.access.permissions import PERMISSIONS, Permission
from quorate.engine.definition.loader import built_in, load
from quorate.kernel import discovery
from quorate.kernel.commands import json_option, noun, show, to_json
from quorate.kernel.environment import VARIABLES
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.kinds import KINDS
from quorate.ledger.outbox import HANDLERS, JOBS
from quorate.registers.membership.rules import reading
from quorate.registers.membership.rules.schema import SCHEMA as CHARTER_SCHEMA
from quorate.toolkit.ports import GRANTS, PROBES, SUBJECTS

NOTE = "<!-- Made by `make docs` from the code. Do not edit. -->"
FOLDER = Path("docs") / "reference"

Rows = Iterable[Iterable[object]]


def register(root: click.Group) -> None:
    """Add the commands."""
    docs = noun(root, "docs", "The reference pages of a source checkout")
    docs.add_command(write)
    docs.add_command(check)


def pages(root: click.Group) -> dict[str, str]:
    """File name to text of every page; ``root`` is the root of the command line."""
    makers: dict[str, Callable[[], str]] = {
        "actions.md": _actions,
        "charter.schema.json": lambda: to_json(CHARTER_SCHEMA) + "\n",
        "charters.md": _charters,
        "commands.md": lambda: _commands(root),
        "kinds.md": _kinds,
        "openapi.json": _openapi,
        "permissions.md": _permissions,
        "ports.md": _ports,
        "programs.md": _programs,
        "settings.md": _settings,
        "tiers.md": _tiers,
        "work.md": _work,
    }
    with override("en"):
        return {name: make() for name, make in makers.items()}


def _folder() -> Path:
    if not FOLDER.is_dir():
        raise UserError(
            gettext("there is no %s here") % FOLDER, where=".", mend=gettext("run it at the root of a source checkout")
        )
    return FOLDER


def behind(folder: Path, root: click.Group) -> list[str]:
    """The names of pages in a folder that are not what the code says."""
    return [
        name
        for name, text in pages(root).items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != text
    ]


@click.command("write")
@json_option
def write() -> None:
    """Write the pages that are behind."""
    folder = _folder()
    made = pages(_root_command())
    changed = behind(folder, _root_command())
    for name in changed:
        (folder / name).write_text(made[name], "utf-8")
    show({"written": changed}, [f"{folder / name} written" for name in changed] or ["nothing to write"])


@click.command("check")
@json_option
def check() -> None:
    """Say which pages are behind the code; exit status 1 when any is."""
    found = behind(_folder(), _root_command())
    show({"behind": found}, [f"{FOLDER / name} is behind: make docs" for name in found] or ["all pages are current"])
    if found:
        click.get_current_context().exit(1)


# The pages ---------------------------------------------------------------------------------------------------


def _page(title: str, lead: str, *parts: str) -> str:
    return "\n\n".join([NOTE, f"# {title}", lead, *(part for part in parts if part)]) + "\n"


def _table(heads: Iterable[str], rows: Rows) -> str:
    names = list(heads)
    lines = [f"| {' | '.join(names)} |", f"|{'|'.join(' --- ' for _ in names)}|"]
    for row in rows:
        lines.append(f"| {' | '.join(_cell(cell) for cell in row)} |")
    return "\n".join(lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|") or "–"


def _code(values: Iterable[object]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _charters() -> str:
    rows = []
    for name in reading.shipped():
        charter = reading.load(reading.find(name))
        rows += [
            (
                f"`{name}`",
                charter.foundation,
                version.version,
                version.start.isoformat(),
                _code(tier.slug for tier in version.tiers),
                _code(body.slug for body in version.bodies),
                version.source,
                "; ".join(version.unknown),
            )
            for version in charter.versions
        ]
    lead = (
        "Charters of foundations as facts in our own words, each rule with its clause. They are examples and test cases, not "
        "the texts; what a source does not say is `unknown`. The form of `charter.yaml` is in `charter.schema.json`, which "
        "`quorate charter schema` prints too; how to write one is in `docs/how-to/write-a-charter.md`."
    )
    heads = ("Name", "Foundation", "Version", "From", "Tiers", "Bodies", "Source", "Not known")
    return _page("Charters that come with Quorate", lead, _table(heads, rows))


def _settings() -> str:
    rows = [
        (f"`{one.name}`", one.meaning, f"`{one.default}`" if one.default else "", "yes" if one.secret else "")
        for one in VARIABLES
    ]
    lead = (
        "Variables of the environment. A line `NAME=value` in `$QUORATE_HOME/quorate.env` does the same; a secret may "
        "also be given as `NAME_FILE`, the path of a file that holds it. Providers of sign-in can be listed in "
        "`$QUORATE_HOME/sign-in.yml`."
    )
    return _page("Settings", lead, _table(("Variable", "Meaning", "Default", "Secret"), rows))


def _permissions() -> str:
    users: dict[str, list[str]] = {}
    for name, action in ACTIONS.items():
        users.setdefault(action.permission, []).append(name)
    rows = [
        (f"`{one.name}`", one.title, _code(users.get(one.name, ())), "yes" if one.sensitive else "", _reach(one))
        for one in PERMISSIONS
    ]
    lead = (
        "Rights, by the grammar `noun.verb`. They follow from seats and from roles in programs; operators of the "
        "installation have all but the sensitive ones. API tokens take them as scopes, beside `read` and `all`. What a "
        "seat or body lists reaches everything, or only what belongs to that body where the last column says so; the "
        "lists of a body of kind `staff` reach every body."
    )
    heads = ("Permission", "What it lets one do", "Actions", "Sensitive", "Listed by a body, it reaches")
    return _page("Permissions", lead, _table(heads, rows))


def _reach(one: Permission) -> str:
    return "its own" if one.of_body else "everything"


def _actions() -> str:
    rows = [(f"`{name}`", one.summary, f"`{one.permission}`", _code(one.kinds)) for name, one in ACTIONS.items()]
    lead = (
        "Every write: a function that is told its actor, authorises once, runs in one transaction and appends to the "
        "ledger. Pages, API, commands and jobs call the same one."
    )
    return _page("Actions", lead, _table(("Action", "What it does", "Permission", "Entries"), rows))


def _kinds() -> str:
    writers: dict[str, list[str]] = {}
    for name, action in ACTIONS.items():
        for kind in action.kinds:
            writers.setdefault(kind, []).append(name)
    rows = [
        (
            f"`{name}`",
            one.sentence,
            ", ".join(f"`{field}` {kind.__name__}" for field, kind in one.fields.items()),
            _code(one.private),
            "yes" if one.public else "",
            _code(writers.get(name, ())),
        )
        for name, one in KINDS.items()
    ]
    lead = (
        "Kinds of ledger entry. Private fields stand beside an entry, which holds a commitment to them only. The "
        "sentence of a public kind may be read by anybody; webhooks name kinds, or `case.*`."
    )
    heads = ("Kind", "Sentence", "Fields", "Private", "Public", "Written by")
    return _page("Kinds of ledger entry", lead, _table(heads, rows))


def _programs() -> str:
    parts = []
    for name, folder in sorted(built_in().items()):
        program = load(folder)
        rows = [(f"`{stage.name}`", stage.kind, stage.title) for stage in program.stages]
        parts.append(
            f"## {program.name}\n\n`{name}`: {program.summary}\n\n"
            + _table(("Stage", "Kind", "Title"), rows)
            + f"\n\nFile: `src/quorate/programs/{folder.name}/program.yaml`"
        )
    return _page(
        "Programs", "The programs that come with Quorate. A foundation may change them and add others.", *parts
    )


def _ports() -> str:
    probes = [(f"`{probe.family}`", probe.title) for probe in PROBES]
    grants = [(f"`{name}`",) for name, _handler in GRANTS.items()]
    subjects = [(f"`{name}`",) for name, _kind in SUBJECTS.items()]
    return _page(
        "Ports",
        "How registers serve the engine that stands above them; program files name them.",
        "## Probes\n\n" + _table(("Family", "What it measures"), probes),
        "## Kinds of grant\n\n" + _table(("Kind",), grants),
        "## Kinds of subject\n\n" + _table(("Kind",), subjects),
    )


def _work() -> str:
    topics = [(f"`{name}`", topic.attempts, f"{topic.timeout:g} s") for name, topic in HANDLERS.items()]
    jobs = [(f"`{name}`", f"{job.seconds} s", _first_line(job.run.__doc__)) for name, job in JOBS.items()]
    return _page(
        "What the worker does",
        "Side effects are promised in the transaction of a change and kept at least once; duties recur.",
        "## Topics of the outbox\n\n" + _table(("Topic", "Attempts", "Time for one"), topics),
        "## Periodic jobs\n\n" + _table(("Job", "Every", "What it does"), jobs),
    )


def _tiers() -> str:
    rows = []
    for tier in reversed(discovery.TIERS):
        members = [name for name in discovery.packages() if name.split(".")[1] == tier]
        if members:
            shown = [name.removeprefix("quorate.") for name in members]
            rows.append((f"`{tier}`", _code(shown), _first_line(_package_doc(members[0]))))
    lead = "The packages present, top tier first. Imports point down this list only; `docs/architecture.md` says why."
    return _page("Tiers", lead, _table(("Tier", "Packages", "Of the first"), rows))


def _package_doc(package: str) -> str:
    text = (discovery.folder_of(package) / "__init__.py").read_text("utf-8").strip()
    return text.strip('"').split('"""')[0] if text.startswith('"""') else ""


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def _openapi() -> str:
    from quorate.surfaces.api.root import api  # noqa: PLC0415  # a second of imports that other commands do without

    document = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n"


def _root_command() -> click.Group:
    found = click.get_current_context().find_root().command
    if not isinstance(found, click.Group):
        raise TypeError("the root of the command line is a group")
    return found


def _commands(root: click.Group) -> str:
    parts: list[str] = []
    _walk(root, ("quorate",), parts)
    lead = (
        "Every command. `--json` prints one JSON document on standard output. Exit status 0: done; 1: done, and the "
        "answer is no; 2: an error of the user, in one line on standard error."
    )
    return _page("Commands", lead, *parts)


def _walk(group: click.Group, path: tuple[str, ...], parts: list[str]) -> None:
    context = click.Context(group, info_name=path[-1])
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            _walk(command, (*path, name), parts)
        elif command is not None and not command.hidden:
            parts.append(_command(command, (*path, name)))


def _command(command: click.Command, path: tuple[str, ...]) -> str:
    context = click.Context(command, info_name=" ".join(path))
    usage = " ".join([*path, *command.collect_usage_pieces(context)])
    text = [f"## `{' '.join(path)}`", f"    {usage}", click.unstyle(_prose(command.help))]
    named = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    options = [record for parameter in named if (record := parameter.get_help_record(context)) is not None]
    if options:
        text.append(_table(("Option", "Meaning"), [(f"`{names}`", words) for names, words in options]))
    return "\n\n".join(part for part in text if part)


def _prose(text: str | None) -> str:
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())
