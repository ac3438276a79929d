"""Options that several commands share, written once."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated

import typer

from console.messages import say
from console.output import Format

DEFAULT_HOME = Path("esup-home")
home_before_command: ContextVar[Path | None] = ContextVar("home_before_command", default=None)

HomeOption = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", help=say("The installation: log, projections, settings."))
]
FormatOption = Annotated[Format, typer.Option("--format", help=say("table for people, json or csv for programs."))]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="T", help=say("An instant with an offset, or a date: its last moment."))
]
KnownAtOption = Annotated[
    str | None, typer.Option("--known-at", metavar="K", help=say("As known at that moment; T when not given."))
]
FromOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", exists=True, dir_okay=False, help=say("Look into a replay kept by --out.")),
]
FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False, help=say("Files of facts."))
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="P", help=say("The format of a foreign file: a name or a YAML file.")),
]


def home_path(home: Path | None) -> Path:
    """The home meant: said with the command, before it, by ESUP_HOME, or ./esup-home."""
    return home or home_before_command.get() or DEFAULT_HOME


def example(*commands: str) -> str:
    """The last lines of a command's help: what one would really type."""
    return say("For example:") + "\n\n" + "\n\n".join(f"    {command}" for command in commands)
