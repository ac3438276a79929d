"""The monitor: brings the projections up to an instant, and says what findings and cards do not yet agree on.

It keeps nothing of its own: what it must still say is the difference between findings and cards, so a monitor that was
stopped, killed or late says the same as one that never rested.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from engine.clock import Clock, first_moment, local_day
from engine.facts import Fact
from engine.log import EventLog
from monitors import decide
from projections.projector import Projector
from projections.store import Answer

_ROUNDS_MAXIMUM = 40
_Said = Callable[[Iterable[decide.Row], int, int | None], Iterator[Fact]]

_FINDING = """
    due.rule_id, due.rule_version, due.code, due.level, due.subject_kind, due.subject, due.case_no, due.department,
    due.officer, due.source, due.event_id, strftime(due.triggers_at, '%Y-%m-%dT%H:%M:%S.%fZ') as triggers_at,
    due.window_n, epoch_us(due.triggers_at) as due_at, due.group_key is not null as is_across,
    rule_definitions.title_zh, rule_definitions.title_en,
    md5(concat_ws(chr(10), due.rule_id, due.level, due.subject, due.source, due.event_id)) as finding_id,
    card_id(due.card_code, due.level, due.subject, due.source, due.event_id, {issue_no}) as card_id
"""
_ORDER = "order by due.triggers_at, due.rule_id, due.subject, due.source, due.event_id"
_CARDS_DUE = f"""
select {_FINDING.format(issue_no="due.issue_no")}, due.issue_no, due.is_proposal, due.on_what, due.opens_task
from cards_due as due
inner join rule_definitions on due.rule_no = rule_definitions.rule_no
where due.triggers_at >= make_timestamptz($watch_from)
{_ORDER}
"""
_PROMPTS_DUE = f"""
select {_FINDING.format(issue_no=1)}
from prompts_due as due
inner join rule_definitions on due.rule_no = rule_definitions.rule_no
where due.triggers_at >= make_timestamptz($watch_from)
{_ORDER}
"""
_CARD = """
    card.card_id, card.rule_id, card.level, card.case_no, card.department, card.subject_id as subject,
    card.occurrence_source as source, card.occurrence_id as event_id
"""
_LAPSED = f"""
select {_CARD}, epoch_us(coalesce(card.issued_at, card.proposed_at)) as due_at
from cards_lapsed as card
order by card.card_id
"""
_CAUSES = "select card_id, reason, cause from withdrawal_causes"
_CONCEDED = f"""
select {_CARD}, card.accepted_reason as reason, epoch_us(card.accepted_at) as due_at,
    json_object('type', 'esup.card.appeal_decided', 'source', decision_source, 'id', decision_event_id) as cause
from cards_conceded as card
order by card.card_id
"""
_MENDED = f"""
select {_CARD}, card.times, card.dataversion, epoch_us(card.ended_at) as mended_at, epoch_us(card.ended_at) as due_at,
    strftime(card.ended_at, '%Y-%m-%dT%H:%M:%S.%fZ') as ended_at
from cards_mended as card
order by card.card_id
"""
_REPLACED = f"""
select {_CARD}, card.red_card_id, card.what, epoch_us(card.replaced_at) as due_at
from cards_replaced as card
order by card.card_id
"""
_REINSTATED = f"""
select {_CARD}, card.after, card.undone, epoch_us(card.undone_at) as due_at, card.subject_kind, card.subject_id,
    case when card.begins_anew then card.window_n end as window_n
from cards_reinstated as card
order by card.card_id
"""
_LAST_SEALED = "select max(subject) from events where is_public and type = 'esup.day.sealed'"
_VOLUMES = "select * from daily_volumes order by region nulls first, department"


class Timing:
    """When each act is said: at the present instant, for all alike."""

    lets_wait = False
    """Whether something that is due may be left for a later moment."""

    def __init__(self, now: int, *, is_virtual: bool) -> None:
        self.now = now
        self.is_virtual = is_virtual

    def moment_of(self, row: decide.Row) -> int | None:
        """The instant at which to say what this row is about, in microseconds; None if its time has not come."""
        return self.now

    def move_to(self, now: int) -> None:
        """The present is later than it was: what triggered meanwhile is said no earlier than it triggered."""
        if not self.is_virtual:
            self.now = now


class Monitor:
    """Watches one home: `watch` is the bell that anybody may ring, as often as they like."""

    def __init__(
        self,
        log: EventLog,
        projector: Projector,
        clock: Clock,
        *,
        watch_from: int | None = None,
        watched_at: int | None = None,
        zone: str = "Asia/Shanghai",
        is_virtual: bool = False,
    ) -> None:
        self.log = log
        self.projector = projector
        self.clock = clock
        self.watch_from = watch_from or 0
        self.watched_at = watched_at
        self.zone = zone
        self.is_virtual = is_virtual
        self.projector.due.anywhere()

    def watch(self, at: int, *, until: int | None = None) -> list[Fact]:
        """Seal the days that have ended, bring everything up to `at`, and say what is due; returns what was said.

        A machine's clock that was set back holds the watch where it stood until it has caught up. What follows from
        what was said is left to the next watch once the clock has passed `until`.
        """
        if not self.is_virtual and self.projector.is_derived:
            at = max(at, self.projector.as_of)
        said = self.seal_days_before(at)
        if said:
            self.projector.due.anywhere()  # Once a day everything is looked at.
        self.projector.update(at)
        said += self.say_what_is_due(Timing(at, is_virtual=self.is_virtual), at, until)
        self.watched_at = at
        return said

    def due(self, timing: Timing) -> list[Fact]:
        """What findings and cards do not agree on at the clock of the projections, each at its own moment.

        What ends cards or lets them stand again comes first: a card put right in time never turns red, though both
        come to light together.
        """
        return self.settlements(timing) or self.issues(timing)

    def settlements(self, timing: Timing) -> list[Fact]:
        """What ends cards or lets them stand again."""
        return [
            *decide.withdraw_cards(self._with_causes(self._timed(_LAPSED, timing))),
            *decide.concede_cards(self._timed(_CONCEDED, timing)),
            *decide.rectify_cards(self._timed(_MENDED, timing)),
            *decide.reinstate_cards(self._with_causes(self._timed(_REINSTATED, timing))),
        ]

    def issues(self, timing: Timing) -> list[Fact]:
        """Prompts, cards and tasks, and the yellow cards that red ones have replaced."""
        since = {"watch_from": self.watch_from}
        return [
            *decide.send_prompts(self._timed(_PROMPTS_DUE, timing, since)),
            *decide.issue_cards(self._timed(_CARDS_DUE, timing, since)),
            *decide.escalate_cards(self._timed(_REPLACED, timing)),
        ]

    def say_what_is_due(self, timing: Timing, as_of: int, until: int | None = None) -> list[Fact]:
        """Say what is due, derive what follows from having said it, and so on until nothing is left to say.

        Where facts never stop arriving, that may be never: whoever will watch again sets an end with `until`.
        """
        said: list[Fact] = []
        for _ in range(_ROUNDS_MAXIMUM):
            facts = self.due(timing)
            if not facts:
                if not timing.lets_wait:
                    self.projector.due.nowhere()
                break
            self.log.append_batch(facts)
            said += facts
            now = self._now(as_of)
            if local_day(now, self.zone) != local_day(as_of, self.zone):
                break  # The day has ended meanwhile: it is sealed before anything of the next one is looked at.
            self.projector.update(now)
            timing.move_to(now)
            if until is not None and self.clock.now() > until:
                break
        return said

    def seal_days_before(self, at: int) -> list[Fact]:
        """Seal each day that ended since the last seal, or since the first watch, as it stood when it ended."""
        said: list[Fact] = []
        for day in self._days_to_seal(at):
            said.append(self.seal(day))
        return said

    def seal(self, day: date) -> Fact:
        """Seal one day that has ended."""
        ended_at = first_moment(day + timedelta(days=1), self.zone)
        head = self.log.head()
        self.projector.update(ended_at - 1, head.size)
        when = {"at": ended_at, "recorded_at": ended_at if self.is_virtual else None}
        fact = decide.seal_day(day, self._rows(_VOLUMES), head.size, head.root, when)
        self.log.append_batch([fact])
        return fact

    def _days_to_seal(self, at: int) -> Iterator[date]:
        if self.watched_at is not None and local_day(self.watched_at, self.zone) == local_day(at, self.zone):
            return
        day = self._first_unsealed()
        while day is not None and first_moment(day + timedelta(days=1), self.zone) <= at:
            yield day
            day += timedelta(days=1)

    def _first_unsealed(self) -> date | None:
        self._load()
        sealed: str | None = self.projector.query(_LAST_SEALED)[1][0][0]
        if sealed is not None:
            return date.fromisoformat(sealed) + timedelta(days=1)
        return None if self.watched_at is None else local_day(self.watched_at, self.zone)

    def _load(self) -> None:
        # A seal may lie in the log behind what is derived: its writer was killed, or it was recorded after the clock.
        if self.projector.is_derived:
            self.projector.update(self.projector.as_of)
        else:
            self.projector.load(self.log.head().size)

    def _now(self, at: int) -> int:
        # What was just appended at a live door was recorded after `at`, and must be seen in the next round.
        return at if self.is_virtual else max(at, self.log.head().appended_at)

    def _timed(self, sql: str, timing: Timing, parameters: dict[str, Any] | None = None) -> Iterator[decide.Row]:
        for row in _as_rows(self.projector.due.query(sql, parameters or {})):
            at = timing.moment_of(row)
            if at is not None:
                yield {**row, "at": at, "recorded_at": at if timing.is_virtual else None}

    def _with_causes(self, cards: Iterable[decide.Row]) -> list[decide.Row]:
        """The cards with the fact that undid what they rest on; looked for only if there are such cards."""
        rows = list(cards)
        causes = {cause["card_id"]: cause for cause in self._rows(_CAUSES)} if rows else {}
        return [{"reason": None, "cause": None, **row, **causes.get(row["card_id"], {})} for row in rows]

    def _rows(self, sql: str) -> list[decide.Row]:
        return _as_rows(self.projector.query(sql))


def _as_rows(answer: Answer) -> list[decide.Row]:
    columns, rows = answer
    return [dict(zip(columns, row, strict=True)) for row in rows]
