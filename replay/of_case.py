"""One case as it stood at one instant, on what was known at another, out of projections that hold all facts.

The models look at the facts of the case, of what is tied to it, and of what is public (laws, calendars, offices,
officers, the catalogue), as an update does.
"""

from projections.projector import Projector
from projections.touch import QUIET, among, closed_over_links

_SEALED = """
select min((data ->> 'position')::bigint)
from {catalog}.events
where is_public and type = 'esup.day.sealed' and occurred_at > make_timestamptz(?)
"""


def replay_case(present: Projector, case_no: str, as_of: int, known_at: int | None = None) -> Projector:
    """What `replay` shows of this case; `present` holds all facts. The caller closes the projector.

    What is found across cases (of a department, an officer, a post) needs all of them, and is not to be read here.
    """
    known_at = as_of if known_at is None else known_at
    store = present.store
    keys = closed_over_links(store, {store.one("select hash(?)", [case_no])})
    sealed = store.one(_SEALED.format(catalog=store.catalog), [known_at])
    past = Projector.in_memory()
    try:
        of_case = among(store.connection, "key", keys, "of_case", by_index=True)
        past.load_from(store, [of_case, f"is_public and type not in {QUIET}"], known_at, sealed)
        past.rebuild(as_of, known_at)
    except BaseException:
        past.close()
        raise
    return past
