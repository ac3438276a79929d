"""The stories of the city: each module tells those of one field of rules, and puts them down in the registry."""

from console.city.stories import (
    acceptance,
    cards,
    changes,
    complaints,
    entries,
    hidden,
    limits,
    measures,
    money,
    officers,
    outcomes,
    papers,
    penalties,
    powers,
    reports,
    requests,
    risks,
    steps,
    suspensions,
    tasks,
)

__all__ = [
    "acceptance", "cards", "changes", "complaints", "entries", "hidden", "limits", "measures", "money", "officers",
    "outcomes", "papers", "penalties", "powers", "reports", "requests", "risks", "steps", "suspensions", "tasks",
]  # fmt: skip
