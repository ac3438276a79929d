"""`esup explain`: why a case stands as it stands."""

from __future__ import annotations

from typing import Annotated

import typer

from console.bootstrap import open_home
from console.case_report import ASKED, report_from
from console.case_view import print_report
from console.lookback import looking_at_case
from console.messages import say
from console.options import AsOfOption, FormatOption, FromOption, HomeOption, KnownAtOption, example, home_path
from console.output import Format, plain, print_json, print_rows


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explain",
        help=say("A case's trajectory, obligations with deadline proofs, findings, cards."),
        epilog=example(
            "esup explain SJ-2026-000123",
            "esup explain SJ-2026-000123 --as-of 2026-09-30",
            "esup explain SJ-2026-000123 --from september.duckdb",
        ),
    )(explain_command)


def explain_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help=say("The case number."))],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    file: FromOption = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Explain one case, now or as it stood."""
    if known_at is not None and as_of is None:
        raise typer.BadParameter(say("--known-at needs --as-of."))
    with (
        open_home(home_path(home), create=False) as opened,
        looking_at_case(opened, case, ASKED, as_of, known_at, file) as looked_at,
    ):
        report = report_from(looked_at, case)
        zone = opened.settings.zone
        if form is Format.json:
            print_json(plain(report.as_document(), zone))
        elif form is Format.csv:
            columns = list(report.steps[0]) if report.steps else []
            print_rows(columns, [list(step.values()) for step in report.steps], form, zone)
        else:
            print_report(report, looked_at.as_of, zone)
