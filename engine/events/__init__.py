"""Every event that can be in the log: past participle, one line of meaning, stable stored name."""

from engine.events import calendar, case, catalogue, complaint, enforcement, organisation, supervision
from engine.events.vocabulary import EVENTS, OWN, Event

__all__ = [
    "EVENTS",
    "OWN",
    "Event",
    "calendar",
    "case",
    "catalogue",
    "complaint",
    "enforcement",
    "organisation",
    "supervision",
]
