"""`esup catalogue …`: items of power published, suspended, cancelled; changes filed, reviewed, carried out."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from console.desk import HomeDesk, day_of, desk_at
from console.messages import say
from console.options import FormatOption, HomeOption, example, home_path
from console.output import Format
from engine.decide import catalogue
from engine.decide.catalogue import Change, Item, change_of, item_of
from engine.decide.history import Said
from engine.intake.envelope import check_data
from engine.lawfiles import read_law

app = typer.Typer(
    help=say("Publish, suspend and cancel items of power; file, review and carry out changes."), no_args_is_help=True,
    pretty_exceptions_enable=False,
)  # fmt: skip
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help=say("The item's code."))]
ChangeArgument = Annotated[str, typer.Argument(metavar="CHANGE", help=say("The change's id."))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why."))]
FromOption = Annotated[str, typer.Option("--from", metavar="DAY", help=say("The day from which it holds."))]


class Cause(StrEnum):
    """What makes a change of the catalogue necessary."""

    law = "law"
    institution = "institution"


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="catalogue")


def decide_item(desk: HomeDesk, code: str, decision: Callable[[Item], Said], form: Format) -> None:
    """Record a decision on an item."""
    desk.record(catalogue.ITEM, code, item_of, decision, form)


def decide_change(desk: HomeDesk, change: str, decision: Callable[[Change], Said], form: Format) -> None:
    """Record a decision on a change."""
    desk.record(catalogue.CHANGE, change, change_of, decision, form)


@app.command(
    "publish",
    help=say("Publish a version of an item, if its limits fit together and its code was never cancelled."),
    epilog=example("esup catalogue publish item.yaml"),
)
def publish_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help=say("The item in YAML or JSON, as the exchange has it.")
        ),
    ],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Publish a version of an item."""
    data = read_law(file, dict[str, Any])
    check_data("esup.item.published", data)
    with desk_at(home_path(home), create=True) as desk:
        decide_item(desk, data["code"], lambda item: catalogue.publish(item, data), form)


@app.command(
    "suspend",
    help=say("Suspend an item from a day on."),
    epilog=example('esup catalogue suspend 3209-XK-001 --from 2026-12-01 --reason "法规修订"'),
)
def suspend_command(
    code: CodeArgument,
    day: FromOption,
    reason: ReasonOption,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Suspend an item."""
    since = day_of(day)
    with desk_at(home_path(home)) as desk:
        decide_item(desk, code, lambda item: catalogue.suspend(item, reason=reason, effective_from=since), form)


@app.command(
    "cancel",
    help=say("Cancel an item from a day on; its code is never used again."),
    epilog=example('esup catalogue cancel 3209-XK-001 --from 2026-12-01 --reason "国务院取消"'),
)
def cancel_command(
    code: CodeArgument,
    day: FromOption,
    reason: ReasonOption,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Cancel an item."""
    since = day_of(day)
    with desk_at(home_path(home)) as desk:
        decide_item(desk, code, lambda item: catalogue.cancel(item, reason=reason, effective_from=since), form)


@app.command(
    "file-change",
    help=say("File a change of the catalogue that a law or a reform made necessary."),
    epilog=example("esup catalogue file-change BG-1 --department D-1 --cause law --caused-on 2026-11-02"),
)
def file_change_command(
    change: ChangeArgument,
    department: Annotated[str, typer.Option("--department", metavar="D", help=say("Who asks for it."))],
    cause: Annotated[Cause, typer.Option("--cause", help=say("What made it necessary."))],
    caused_on: Annotated[
        str, typer.Option("--caused-on", metavar="DAY", help=say("The day on which it became necessary."))
    ],
    code: Annotated[str | None, typer.Option("--code", metavar="CODE", help=say("The item's code."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """File a change."""
    since = day_of(caused_on)
    with desk_at(home_path(home), create=True) as desk:

        def decision(known: Change) -> Said:
            return catalogue.file_change(
                known, department=department, cause=cause.value, caused_on=since, today=desk.today, code=code
            )

        decide_change(desk, change, decision, form)


@app.command(
    "review-change",
    help=say("The legal office's answer to a change."),
    epilog=example(
        "esup catalogue review-change BG-1 --approved --from 2026-12-01",
        'esup catalogue review-change BG-1 --not-approved --reason "缺少法律依据"',
    ),
)
def review_change_command(
    change: ChangeArgument,
    approved: Annotated[bool, typer.Option("--approved/--not-approved", help=say("Whether the change is approved."))],
    day: Annotated[str | None, typer.Option("--from", metavar="DAY", help=say("The day from which it holds."))] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=say("Why."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Review a change."""
    since = None if day is None else day_of(day)
    with desk_at(home_path(home)) as desk:

        def decision(known: Change) -> Said:
            return catalogue.review_change(known, approved=approved, effective_from=since, reason=reason)

        decide_change(desk, change, decision, form)


@app.command(
    "adjust",
    help=say("Record that the catalogue follows an approved change."),
    epilog=example("esup catalogue adjust BG-1 --from 2026-12-01"),
)
def adjust_command(
    change: ChangeArgument, day: FromOption, home: HomeOption = None, form: FormatOption = Format.table
) -> None:
    """Carry a change out."""
    since = day_of(day)
    with desk_at(home_path(home)) as desk:
        decide_change(desk, change, lambda known: catalogue.adjust(known, effective_from=since), form)
