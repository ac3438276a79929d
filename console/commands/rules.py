"""`esup rules`: the law as data: list it, check it, record it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.bootstrap import open_home
from console.messages import choose, say
from console.options import FormatOption, HomeOption, example, home_path
from console.output import Format, page, print_rows, progress
from console.rule_examples import Verdict, judge
from engine.lawfiles import RULES_FOLDER
from engine.rulebook import Rule, load_rulebook

FAILED = 1
COLUMNS = ("rule_id", "version", "code", "title", "kind", "level", "since", "basis")

app = typer.Typer(
    help=say("List the rules, run their examples, or record them in the log."), pretty_exceptions_enable=False
)
FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False, help=say("A folder of rule packs."))
]


@app.callback(invoke_without_command=True, epilog=example("esup rules", "esup rules check", "esup rules publish"))
def rules(context: typer.Context) -> None:
    """The rules that came with this installation, when no other word follows."""
    if context.invoked_subcommand is None:
        list_rules(RULES_FOLDER, Format.table)


@app.command("list", help=say("List rules with their legal basis."), epilog=example("esup rules list --format json"))
def list_command(folder: FolderArgument = RULES_FOLDER, form: FormatOption = Format.table) -> None:
    """List the rules of a folder."""
    list_rules(folder, form)


@app.command(
    "check",
    help=say("Lint every rule and run its examples."),
    epilog=example("esup rules check", "esup rules check my-rules"),
)
def check_command(folder: FolderArgument = RULES_FOLDER, form: FormatOption = Format.table) -> None:
    """Check the rules of a folder; 1 if one fails."""
    with progress(say("Checking rules")):
        verdicts = judge(folder)
    print_verdicts(verdicts, form)
    if not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(FAILED)


@app.command(
    "publish", help=say("Check rules, then record them in the log."), epilog=example("esup rules publish my-rules")
)
def publish_command(
    folder: FolderArgument = RULES_FOLDER, home: HomeOption = None, form: FormatOption = Format.table
) -> None:
    """Record the rules of a folder in the home's log; nothing is recorded if one fails."""
    with progress(say("Checking rules")):
        verdicts = judge(folder)
    if not all(verdict.passed for verdict in verdicts):
        print_verdicts(verdicts, form)
        raise typer.Exit(FAILED)
    with open_home(home_path(home)) as opened:
        appended = opened.log.append_batch(load_rulebook(folder).facts())
    if form is Format.table:
        page().print(say("Recorded {new} rules; {known} were known.", new=appended.stored, known=appended.duplicates))
    else:
        columns, row = ("recorded", "known"), (appended.stored, appended.duplicates)
        print_rows(columns, [row], form, "UTC")


def list_rules(folder: Path, form: Format) -> None:
    """Print the rules of a folder."""
    rows = [as_row(rule) for rule in load_rulebook(folder).rules]
    print_rows(COLUMNS, [[row[name] for name in COLUMNS] for row in rows], form, "UTC")


def as_row(rule: Rule) -> dict[str, object]:
    """A rule for the list: what it is called, what it gives, since when, by which law."""
    law = rule.normalised
    return {
        "rule_id": rule.rule_id,
        "version": rule.version,
        "code": law["code"],
        "title": choose(law["title_zh"], law["title_en"]),
        "kind": rule.kind,
        "level": ", ".join(levels_of(rule)),
        "since": law["basis"][0]["from"],
        "basis": "; ".join(law["basis"][-1]["titles"]),
    }


def levels_of(rule: Rule) -> list[str]:
    """The levels that the clauses of a rule can give, the highest first."""
    given = [clause["several_levels"] or list(clause["levels"].values()) for clause in rule.clauses]
    return [level for level in ("red", "yellow", "prompt", "risk") if any(level in levels for levels in given)]


def print_verdicts(verdicts: list[Verdict], form: Format) -> None:
    """Each rule with its examples; a failed one says what was expected and what came."""
    columns = ("rule_id", "examples", "passed", "problems")
    rows = [(seen.rule_id, seen.examples, seen.passed, shown_problems(seen, form)) for seen in verdicts]
    print_rows(columns, rows, form, "UTC")


def shown_problems(verdict: Verdict, form: Format) -> str | list[str]:
    """The problems of a rule: a list for programs, lines for people."""
    return verdict.problems if form is Format.json else "\n".join(verdict.problems)
