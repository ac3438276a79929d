"""`esup`: the commands, and how their ends become exit codes."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from console.commands import (
    archive,
    cards,
    catalogue,
    city,
    complaints,
    demo,
    doctor,
    explain,
    importing,
    query,
    replay,
    rules,
    simulate,
    tasks,
    watch,
)
from console.messages import say
from console.options import home_before_command
from console.output import print_error
from engine.errors import SupervisionError, outcome_of

FAILED = 1
INTERRUPTED = 130

app = typer.Typer(
    name="esup",
    help=say("Supervise administrative power: what is due, what is late, who must act."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    demo,
    importing,
    watch,
    simulate,
    query,
    explain,
    replay,
    archive,
    doctor,
    tasks,
    complaints,
    cards,
    catalogue,
    city,
):
    module.register(app)
app.add_typer(rules.app, name="rules")


def package_version() -> str:
    """The installed version of this package."""
    try:
        return version("e-supervision")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0+checkout"


def print_version(wanted: bool) -> None:
    """Print the version and end, when asked to."""
    if wanted:
        typer.echo(package_version())
        raise typer.Exit


@app.callback()
def common(
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", metavar="DIR", envvar="ESUP_HOME", help=say("The installation: log, projections, settings.")
        ),
    ] = None,
    shows_version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help=say("Print the version."))
    ] = False,
) -> None:
    """What holds for every command."""
    home_before_command.set(home)


def main() -> None:
    """Run `esup`: 0 done, 1 failed, 2 usage, 3 done but something was quarantined or did not verify."""
    try:
        app()
    except SupervisionError as error:
        print_error(error)
        sys.exit(outcome_of(error).exit_code)
    except OSError as error:
        print_error(error)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
