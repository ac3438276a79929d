"""The stories of the city: each module tells those of one field of rules, and puts them down in the registry."""

from console.city.stories import acceptance, limits, measures, outcomes, papers, penalties, requests, steps, suspensions

__all__ = [
    "acceptance", "limits", "measures", "outcomes", "papers", "penalties", "requests", "steps", "suspensions",
]  # fmt: skip
