"""`esup demo`: a small city's month in a fresh home."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
