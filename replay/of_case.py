"""One case as it stood at one instant, on what was known at another, out of projections that hold all facts."""

from collections.abc import Collection

from projections.past import Moment, Past
from projections.projector import Projector

# The first seal of a day that ended later: a sealed day is not changed by history that was imported after its seal.
_SEALED = """
select min((data ->> 'position')::bigint)
from {catalog}.events
where is_public and type = 'esup.day.sealed' and occurred_at > make_timestamptz(?)
"""


def replay_case(
    present: Projector, case_no: str, asked: Collection[str], as_of: int, known_at: int | None = None
) -> Past:
    """What `replay` shows of this case in the relations `asked`; `present` holds all facts. The caller closes it."""
    known_at = as_of if known_at is None else known_at
    sealed = present.store.one(_SEALED.format(catalog=present.store.catalog), [known_at])
    position = present.position if sealed is None else min(present.position, sealed)
    return present.past_of_case(case_no, asked, Moment(as_of, known_at, position))
