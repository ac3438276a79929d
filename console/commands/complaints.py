"""`esup complaint …`: what people complain of, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from console.desk import HomeDesk, day_of, desk_at
from console.messages import say
from console.options import FormatOption, HomeOption, example, home_path
from console.output import Format
from engine.decide import complaints
from engine.decide.complaints import Complaint, complaint_of
from engine.decide.history import Said

app = typer.Typer(
    help=say("Register complaints, decide on them, transfer them, feed back and close."), no_args_is_help=True,
    pretty_exceptions_enable=False,
)  # fmt: skip
ComplaintArgument = Annotated[str, typer.Argument(metavar="COMPLAINT", help=say("The complaint's number."))]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="complaint")


def decide(desk: HomeDesk, complaint: str, decision: Callable[[Complaint], Said], form: Format) -> None:
    """Record a decision on a complaint."""
    desk.record(complaints.LIFE, complaint, complaint_of, decision, form)


@app.command(
    "file",
    help=say("Register a complaint; who complains and what is said are sealed."),
    epilog=example(
        'esup complaint file TS-1 --kind 效能 --content "超期未办" --channel web --about-case SJ-2026-000123',
        'esup complaint file TS-2 --kind 收费 --content "多收费" --channel phone --about-department D-1 --name 张三',
    ),
)
def file_command(
    complaint: ComplaintArgument,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help=say("What kind of complaint it is."))],
    content: Annotated[str, typer.Option("--content", metavar="TEXT", help=say("What is said."))],
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help=say("How it came in."))],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help=say("The real name of who complains; none: anonymous."))
    ] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", metavar="NO", help=say("The telephone of who complains."))
    ] = None,
    about_department: Annotated[
        str | None, typer.Option("--about-department", metavar="D", help=say("The department it is about."))
    ] = None,
    about_case: Annotated[
        str | None, typer.Option("--about-case", metavar="CASE", help=say("The case it is about."))
    ] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Register a complaint."""

    def decision(known: Complaint) -> Said:
        return complaints.file(
            known, kind=kind, content=content, channel=channel, real_name=name is not None, name=name, phone=phone,
            department=about_department, case_no=about_case,
        )  # fmt: skip

    with desk_at(home_path(home), create=True) as desk:
        decide(desk, complaint, decision, form)


@app.command("accept", help=say("Accept a complaint."), epilog=example("esup complaint accept TS-1"))
def accept_command(complaint: ComplaintArgument, home: HomeOption = None, form: FormatOption = Format.table) -> None:
    """Accept a complaint."""
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, complaints.accept, form)


@app.command(
    "refuse",
    help=say("Refuse a complaint, with the reason."),
    epilog=example('esup complaint refuse TS-1 --reason "不属于监察范围"'),
)
def refuse_command(
    complaint: ComplaintArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why."))],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Refuse a complaint."""
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, lambda c: complaints.refuse(c, reason=reason), form)


@app.command(
    "notify",
    help=say("Record that the complainant was told of the decision."),
    epilog=example("esup complaint notify TS-2 --written"),
)
def notify_command(
    complaint: ComplaintArgument,
    written: Annotated[bool, typer.Option("--written/--not-written", help=say("Whether it was told in writing."))],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Record that the complainant was told."""
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, lambda c: complaints.notify(c, written=written), form)


@app.command(
    "transfer",
    help=say("Transfer a complaint to an office that is to report by a day."),
    epilog=example("esup complaint transfer TS-1 --to D-1 --due-on 2026-10-30"),
)
def transfer_command(
    complaint: ComplaintArgument,
    to: Annotated[str, typer.Option("--to", metavar="D", help=say("The office that looks into it."))],
    due_on: Annotated[str, typer.Option("--due-on", metavar="DAY", help=say("The day by which it is to report."))],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Transfer a complaint."""
    due = day_of(due_on)
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, lambda c: complaints.transfer(c, to=to, due_on=due, today=desk.today), form)


@app.command(
    "report",
    help=say("Record what came of a complaint."),
    epilog=example('esup complaint report TS-1 --result "情况属实，已退费"'),
)
def report_command(
    complaint: ComplaintArgument,
    result: Annotated[str, typer.Option("--result", metavar="TEXT", help=say("What came of it."))],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Record what came of a complaint."""
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, lambda c: complaints.report(c, result=result), form)


@app.command(
    "feed-back",
    help=say("Record that the complainant was told what came of it."),
    epilog=example("esup complaint feed-back TS-1"),
)
def feed_back_command(complaint: ComplaintArgument, home: HomeOption = None, form: FormatOption = Format.table) -> None:
    """Record that the result was fed back."""
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, complaints.feed_back, form)


@app.command("close", help=say("Close a complaint."), epilog=example("esup complaint close TS-1 --upheld"))
def close_command(
    complaint: ComplaintArgument,
    upheld: Annotated[bool, typer.Option("--upheld/--not-upheld", help=say("Whether it was right."))],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Close a complaint."""
    with desk_at(home_path(home)) as desk:
        decide(desk, complaint, lambda c: complaints.close(c, upheld=upheld), form)
