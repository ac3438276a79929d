"""The stories of the city: each module tells those of one field of rules, and puts them down in the registry."""

from console.city.stories import acceptance, limits, papers, suspensions

__all__ = ["acceptance", "limits", "papers", "suspensions"]
