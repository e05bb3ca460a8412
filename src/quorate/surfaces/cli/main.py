"""The root of the command line: ``quorate``.

A package brings commands by a module ``cli.py`` with one function::

    from quorate.kernel.commands import columns, json_option, noun, show

    def register(root: click.Group) -> None:
        noun(root, "case", _("Cases")).add_command(case_list)

    @click.command("list")
    @click.option("--program", required=True)
    @json_option
    def case_list(program: str) -> None:
        '''List the cases of a program.'''
        found = queries.open_cases(program)                     # raises UserError for what a user got wrong
        show({"cases": found}, lambda: columns(...))            # JSON with --json, else the lines

``noun`` makes the group or finds the one that another package made, so that several may add to ``import``.
A command acts as ``access.actors.system("cli")``: whoever has the shell has the database. What is read is
printed with :func:`quorate.kernel.commands.show`, never with ``print``.

Exit status: 0 done; 1 done, and the answer is no (a proof fails, a plan was refused), by ``context.exit(1)``;
2 the user's error: one line on standard error and, with ``--json``, ``{"error": {"where", "what", "mend"}}``
on standard output; 130 interrupted. Only defects of ours print a stack trace.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import click
import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from quorate import __version__
from quorate.kernel import discovery
from quorate.kernel.commands import to_json
from quorate.kernel.errors import UserError

USER_ERROR = 2
INTERRUPTED = 130


class Root(click.Group):
    """Sets Django up and asks every package for its commands, but only once a command is looked for."""

    loaded = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        self.load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self.load()
        return super().get_command(ctx, cmd_name)

    def load(self) -> None:
        """Fill the group; later calls do nothing."""
        if self.loaded:
            return
        self.loaded = True
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quorate.config.settings")
        # Modules make much that lasts and next to no garbage: to look for some meanwhile took a tenth of the start.
        gc.disable()
        try:
            django.setup()
            for module in discovery.load("cli"):
                module.register(self)
        finally:
            gc.enable()
        gc.freeze()


root = Root(
    "quorate",
    help="Run and question the platform of an open-source foundation.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
root.params.append(
    click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        help="Show the version.",
        callback=lambda context, _parameter, given: _version(context) if given else None,
    )
)


def _version(context: click.Context) -> None:
    click.echo(f"quorate {__version__}")
    context.exit(0)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status. Errors of the user are printed, defects are raised."""
    try:
        result = root.main(list(arguments), prog_name="quorate", standalone_mode=False)
    except UserError as error:
        return _complain(error, arguments)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        return _complain(_from_click(error), arguments)
    except ImproperlyConfigured as error:
        return _complain(UserError(str(error), where="settings"), arguments)
    except DatabaseError as error:
        return _complain(_from_database(error), arguments)
    return result if isinstance(result, int) else 0


def _complain(error: UserError, arguments: Sequence[str]) -> int:
    """One line on standard error for each problem; with ``--json`` the document on standard output as well."""
    if "--json" in arguments:
        click.echo(to_json({"error": error.as_dict()}))
    lines = [problem.line for problem in error.problems] or [error.line]
    for line in lines:
        click.echo(" ".join(line.split()), err=True)
    return USER_ERROR


def _from_click(error: click.ClickException) -> UserError:
    where = ""
    mend = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        where = error.ctx.command_path
        mend = f"see {error.ctx.command_path} --help"
    return UserError(error.format_message().rstrip("."), where=where, mend=mend)


def pending() -> int:
    """How many migrations the database lacks. ``DatabaseError`` when it does not answer."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _from_database(error: DatabaseError) -> UserError:
    """A database that is not there, or not up to date, is the user's to mend; anything else is our defect."""
    try:
        missing = pending()
    except DatabaseError as unreachable:
        first = (str(unreachable).splitlines() or ["?"])[0]
        what = f"the database does not answer: {first}"
        return UserError(what, where="DATABASE_URL", mend="start it, or mend the URL")
    if missing:
        what = f"the database is not up to date: {missing} migrations are missing"
        return UserError(what, where="database", mend="run: quorate setup")
    raise error


def main(arguments: Sequence[str] | None = None) -> Any:
    """The entry point of the ``quorate`` command."""
    try:
        status = run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output went away (`quorate … | head`): nothing more can be printed, not even that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
