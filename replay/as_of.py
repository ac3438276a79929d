"""The projections as they stood at one instant, on what was known at another (time.md 9)."""

from pathlib import Path

from engine.log import EventLog
from projections.projector import Projector
from replay.errors import ReplayExists

# A sealed day is not changed by history that was imported after its seal, whenever that says it was recorded.
_SEALED_AT = """
select min((data ->> 'position')::bigint)
from events
where type = 'esup.day.sealed' and occurred_at > make_timestamptz(?)
"""


def replay(log: EventLog, as_of: int, known_at: int | None = None, out: Path | None = None) -> Projector:
    """Rebuild what an engine would have shown at `as_of` that knew what was recorded by `known_at` (default: `as_of`).

    Both are microseconds. `out` keeps the result as a DuckDB file; the caller closes the projector.
    """
    if out is not None and out.exists():
        raise ReplayExists(path=str(out))
    known_at = as_of if known_at is None else known_at
    projector = Projector.open(out, log)
    projector.load(log.head().size)
    sealed_position = projector.store.one(_SEALED_AT, [known_at])
    projector.forget_after(known_at, sealed_position)
    projector.rebuild(as_of, known_at)
    return projector
