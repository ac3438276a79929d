"""`esup tasks`, `esup reply`, `esup task …`: what departments are asked to explain and to mend, and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from console.bootstrap import Home, open_home
from console.desk import HomeDesk, day_of, desk_at, now_of
from console.lookback import looking_at
from console.messages import say
from console.options import AsOfOption, FormatOption, HomeOption, example, home_path
from console.output import Format, print_rows, progress
from engine.decide import tasks
from engine.decide.cards import Card, card_of
from engine.decide.history import Said
from engine.decide.tasks import Task, task_of
from projections.projector import Projector
from replay.as_of import replay

COLUMNS = (
    "task_id", "card_id", "department", "issued_at", "reply_due_on", "replied_at", "returned_times", "returned_until",
    "closed_at", "state",
)  # fmt: skip
_LISTED = f"""
select {", ".join(COLUMNS)}
from tasks
where coalesce(department = $department, $department is null) and coalesce(state = $state, $state is null)
order by coalesce(returned_until, reply_due_on), issued_at, task_id
"""
_SINCE_THE_WATCH = """
select count(*)
from events
cross join clock
where
    events.type like 'esup.task.%'
    and greatest(events.occurred_at, events.recorded_at) > clock.as_of
    and greatest(events.occurred_at, events.recorded_at) <= make_timestamptz(?)
"""

app = typer.Typer(
    help=say("Issue supervision tasks, review answers, return, close and file them."), no_args_is_help=True,
    pretty_exceptions_enable=False,
)  # fmt: skip
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help=say("The task's id."))]
OpinionOption = Annotated[str, typer.Option("--opinion", metavar="TEXT", help=say("The opinion."))]
OfficerOption = Annotated[str | None, typer.Option("--officer", metavar="ID", help=say("The officer who acts."))]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.command(
        "tasks",
        help=say("List supervision tasks with the day by which a reply is due."),
        epilog=example("esup tasks", "esup tasks --department D-1 --state issued --format json"),
    )(tasks_command)
    parent.command(
        "reply",
        help=say("Answer a supervision task."),
        epilog=example('esup reply TASK --text "已补发受理通知书" --rectified'),
    )(reply_command)
    parent.add_typer(app, name="task")


def tasks_command(
    department: Annotated[
        str | None, typer.Option("--department", metavar="D", help=say("Only this department's."))
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="S", help=say("Only those in this state: issued, replied, …"))
    ] = None,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """List the tasks, those first that are due first."""
    with open_home(home_path(home), create=False) as opened, newest(opened, as_of) as projector:
        rows = projector.query(_LISTED, {"department": department, "state": state})[1]
        print_rows(COLUMNS, rows, form, opened.settings.zone)


@contextmanager
def newest(home: Home, as_of: str | None) -> Iterator[Projector]:
    """The projections at that moment; else at the last watch, or now if something was done on a task since."""
    with looking_at(home, as_of) as projector:
        now = now_of(home)
        if as_of is not None or not projector.query(_SINCE_THE_WATCH, [now])[1][0][0]:
            yield projector
            return
        with progress(say("Deriving what is new")):
            present = replay(home.log, now)
        try:
            yield present
        finally:
            present.close()


def reply_command(
    task: TaskArgument,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help=say("What was found and done."))],
    rectified: Annotated[bool, typer.Option("--rectified", help=say("It has been put right."))] = False,
    objective_cause: Annotated[
        bool, typer.Option("--objective-cause", help=say("The department could not help it."))
    ] = False,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Answer a task, as its department."""
    cause = True if objective_cause else None
    with desk_at(home_path(home)) as desk:
        decide(desk, task, lambda t: tasks.reply(t, text=text, rectified=rectified, objective_cause=cause), form)


def decide(desk: HomeDesk, task_id: str, decision: tasks.Decide, form: Format) -> None:
    """Record a decision on a task."""
    desk.record(tasks.LIFE, task_id, task_of, decision, form)


@app.command(
    "issue",
    help=say("Issue a task by hand, for a card or on the supervisor's own finding."),
    epilog=example(
        'esup task issue DB-1 --card CARD --text "说明超期原因并整改"',
        'esup task issue DB-2 --department D-1 --text "说明情况" --reply-days 3',
    ),
)
def issue_command(
    task: TaskArgument,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help=say("What is to be explained and mended."))],
    department: Annotated[
        str | None, typer.Option("--department", metavar="D", help=say("Who is asked; a card names it."))
    ] = None,
    card: Annotated[str | None, typer.Option("--card", metavar="CARD", help=say("The card it is about."))] = None,
    reply_days: Annotated[
        int | None, typer.Option("--reply-days", metavar="N", min=0, help=say("Working days to reply, if not five."))
    ] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Issue a task by hand."""
    limit = None if reply_days is None else {"n": reply_days, "unit": "work_day"}
    with desk_at(home_path(home), create=True) as desk:

        def decision(known: Task) -> Said:
            about = card_named(desk, card)
            return tasks.issue(known, text=text, department=department, card=about, reply_limit=limit)

        decide(desk, task, decision, form)


def card_named(desk: HomeDesk, card_id: str | None) -> Card | None:
    """The card of that id, if one is named."""
    return None if card_id is None else card_of(card_id, desk.desk.facts_of(card_id))


@app.command(
    "review",
    help=say("The office's first review of a reply."),
    epilog=example('esup task review TASK --passed --opinion "情况属实"'),
)
def review_command(
    task: TaskArgument,
    passed: Annotated[bool, typer.Option("--passed/--not-passed", help=say("Whether the answer is enough."))],
    opinion: OpinionOption,
    officer: OfficerOption = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Review a reply first."""
    with desk_at(home_path(home)) as desk:
        decide(desk, task, lambda t: tasks.review(t, passed=passed, opinion=opinion, officer=officer), form)


@app.command(
    "return",
    help=say("Return a reply with the reason and a new day."),
    epilog=example('esup task return TASK --reason "未附证据" --due-on 2026-10-16'),
)
def return_command(
    task: TaskArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why."))],
    due_on: Annotated[
        str, typer.Option("--due-on", metavar="DAY", help=say("The day by which a better answer is due."))
    ],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Return a reply."""
    due = day_of(due_on)
    with desk_at(home_path(home)) as desk:
        decide(desk, task, lambda t: tasks.send_back(t, reason=reason, due_on=due, today=desk.today), form)


@app.command(
    "close",
    help=say("The leader closes a task whose reply passed its review, or whose card was withdrawn."),
    epilog=example('esup task close TASK --opinion "同意办结"'),
)
def close_command(
    task: TaskArgument,
    opinion: OpinionOption,
    officer: OfficerOption = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Close a task, as its leader."""
    with desk_at(home_path(home)) as desk:

        def decision(known: Task) -> Said:
            return tasks.close(known, opinion=opinion, card=card_named(desk, known.card), officer=officer)

        decide(desk, task, decision, form)


@app.command("archive", help=say("File a closed task away."), epilog=example("esup task archive TASK"))
def archive_command(task: TaskArgument, home: HomeOption = None, form: FormatOption = Format.table) -> None:
    """File a closed task away."""
    with desk_at(home_path(home)) as desk:
        decide(desk, task, tasks.archive, form)
