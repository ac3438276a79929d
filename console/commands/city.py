"""`esup simulate-city`: what the offices of an invented city report, and beside it all that must be found in it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.city.city import EVENTS_FILE, TRUTH_FILE, City
from console.messages import say
from console.options import FormatOption, example
from console.output import Format, page, plain, print_json_line, print_rows, progress

ZONE = "Asia/Shanghai"


class Preset(StrEnum):
    """The cities that the recipe describes."""

    year = "year"
    month = "month"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "simulate-city",
        help=say("Write the facts of an invented city, of any size, and all that must be found in them."),
        epilog=example(
            "esup simulate-city city --cases 100000 --seed 7",
            "esup simulate-city month --cases 300 --seed 7 --preset month",
        ),
    )(simulate_city_command)


def simulate_city_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help=say("Where the files go."))],
    cases: Annotated[int, typer.Option("--cases", metavar="N", min=1, help=say("How many cases."))],
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", min=0, help=say("The same seed gives the same bytes on any machine."))
    ],
    preset: Annotated[
        Preset, typer.Option("--preset", help=say("A year of a region, or a month of a small city."))
    ] = Preset.year,
    form: FormatOption = Format.table,
) -> None:
    """Write a city's events in the order in which they became known, the truth about them, and their sizes."""
    city = City(cases, seed, preset.value)
    with progress(say("Living through {days} days", days=city.days)) as advance:
        about = city.write(folder, advance)
    if form is Format.json:
        print_json_line({name: plain(value, ZONE) for name, value in about.items()})
    elif form is Format.csv:
        print_rows(list(about), [list(about.values())], form, ZONE)
    else:
        page().print(
            say(
                "{cases} cases with {events} events are in {file}; {findings} findings that must be made, and "
                "{near_misses} near misses, in {truth}.",
                file=folder / EVENTS_FILE, truth=folder / TRUTH_FILE, **about,
            )  # fmt: skip
        )  # fmt: skip
