"""Where stories put themselves down: which rule each is about, whether it breaks it, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from console.city.scene import Scene

Telling = Callable[[Scene], None]


class Story(NamedTuple):
    """A story, and the rule it breaks or only just does not."""

    code: str
    is_near: bool
    days: int
    """For how many days it needs the city's time to go on, so that all it says can come true."""
    tell: Telling


STORIES: list[Story] = []


def plants(code: str, days: int = 40) -> Callable[[Telling], Telling]:
    """A story in which a rule is broken."""
    return written_down(code, days, is_near=False)


def nears(code: str, days: int = 40) -> Callable[[Telling], Telling]:
    """A story in which a rule is kept, though only just."""
    return written_down(code, days, is_near=True)


def written_down(code: str, days: int, *, is_near: bool) -> Callable[[Telling], Telling]:
    """Put a story down."""

    def put(tell: Telling) -> Telling:
        STORIES.append(Story(code, is_near, days, tell))
        return tell

    return put
