"""`esup card …`: what people say of cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from console.desk import HomeDesk, desk_at
from console.messages import say
from console.options import FormatOption, HomeOption, example, home_path
from console.output import Format
from engine.decide import cards
from engine.decide.cards import Card, card_of
from engine.decide.history import Said
from engine.decide.officers import officer_of

app = typer.Typer(
    help=say("Confirm cards, appeal against them, decide appeals, exempt, withdraw."), no_args_is_help=True,
    pretty_exceptions_enable=False,
)  # fmt: skip
CardArgument = Annotated[str, typer.Argument(metavar="CARD", help=say("The card's id."))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why."))]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="card")


def decide(desk: HomeDesk, card: str, decision: Callable[[Card], Said], form: Format) -> None:
    """Record a decision on a card."""
    desk.record(cards.LIFE, card, card_of, decision, form)


@app.command("confirm", help=say("Confirm a card that was proposed."), epilog=example("esup card confirm CARD"))
def confirm_command(card: CardArgument, home: HomeOption = None, form: FormatOption = Format.table) -> None:
    """Confirm a proposed card."""
    with desk_at(home_path(home)) as desk:
        decide(desk, card, cards.confirm, form)


@app.command(
    "appeal",
    help=say("Object to a card, as its department, within five working days of its issue."),
    epilog=example('esup card appeal CARD --ground "已在时限内办结" --evidence 送达回证'),
)
def appeal_command(
    card: CardArgument,
    ground: Annotated[str, typer.Option("--ground", metavar="TEXT", help=say("Why the card is wrong."))],
    evidence: Annotated[str | None, typer.Option("--evidence", metavar="TEXT", help=say("What shows it."))] = None,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Object to a card."""
    with desk_at(home_path(home)) as desk:
        last_day = desk.last_day_to_appeal(card)

        def decision(known: Card) -> Said:
            return cards.appeal(known, ground=ground, evidence=evidence, today=desk.today, last_day=last_day)

        decide(desk, card, decision, form)


@app.command(
    "decide-appeal",
    help=say("Accept or reject an appeal, with the reason."),
    epilog=example('esup card decide-appeal CARD --rejected --reason "证据不足"'),
)
def decide_appeal_command(
    card: CardArgument,
    accepted: Annotated[bool, typer.Option("--accepted/--rejected", help=say("Whether the objection is right."))],
    reason: ReasonOption,
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:
    """Decide an appeal."""
    with desk_at(home_path(home)) as desk:
        decide(desk, card, lambda c: cards.decide_appeal(c, accepted=accepted, reason=reason), form)


@app.command(
    "exempt",
    help=say("Exempt on one of the five grounds of Article 25; the approver is of another department."),
    epilog=example('esup card exempt CARD --ground 3 --evidence "机房停电通报" --officer u9001'),
)
def exempt_command(
    card: CardArgument,
    ground: Annotated[
        str,
        typer.Option(
            "--ground", metavar="1-5",
            help=say("1 deceit, 2 conflicting laws, 3 system failure, 4 force majeure, 5 other by law."),
        ),
    ],
    evidence: Annotated[str, typer.Option("--evidence", metavar="TEXT", help=say("What shows it."))],
    officer: Annotated[str, typer.Option("--officer", metavar="ID", help=say("The approver."))],
    home: HomeOption = None,
    form: FormatOption = Format.table,
) -> None:  # fmt: skip
    """Exempt a card."""
    with desk_at(home_path(home)) as desk:
        approver = officer_of(officer, desk.desk.facts_of_officer(officer))

        def decision(known: Card) -> Said:
            return cards.exempt(known, ground=ground, evidence=evidence, officer=officer, approver=approver)

        decide(desk, card, decision, form)


@app.command(
    "withdraw",
    help=say("Withdraw a card that was wrong, with the reason."),
    epilog=example('esup card withdraw CARD --reason "数据重复"'),
)
def withdraw_command(
    card: CardArgument, reason: ReasonOption, home: HomeOption = None, form: FormatOption = Format.table
) -> None:
    """Withdraw a card."""
    with desk_at(home_path(home)) as desk:
        decide(desk, card, lambda c: cards.withdraw(c, reason=reason), form)
