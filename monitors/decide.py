"""What the monitor says when findings and cards differ: rows of the models in, supervision facts out. Pure.

Each row says when it is said (`at`) and when that comes to be known (`recorded_at`, None at the live door).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from engine.facts import Fact, encode_body

SOURCE = "/esup/monitor"
Row = Mapping[str, Any]


def issue_cards(due: Iterable[Row]) -> Iterator[Fact]:
    """A card for every finding that has none, and the task that it opens; a proposal where a person is to confirm."""
    for row in due:
        card = row["card_id"]
        if row["is_proposal"]:
            yield _fact("esup.card.proposed", card, f"proposed/{card}", row, _about_card(row))
            continue
        content = _about_card(row) | {"opens_task": row["opens_task"]}
        yield _fact("esup.card.issued", card, f"issued/{card}", row, content)
        if row["opens_task"]:
            task = {"card": card, "case_no": row["case_no"], "department": row["department"], "text": row["title_zh"]}
            yield _fact("esup.task.issued", card, f"task/{card}", row, task)


def send_prompts(due: Iterable[Row]) -> Iterator[Fact]:
    """A prompt for every prompt finding that was never sent."""
    for row in due:
        prompt = row["card_id"]
        yield _fact("esup.deadline.prompted", prompt, f"prompted/{prompt}", row, _about(row))


def withdraw_cards(lapsed: Iterable[Row]) -> Iterator[Fact]:
    """A withdrawal, with its cause, for every live card whose finding no longer stands."""
    for row in lapsed:
        content = _of_card(row) | {"by": "derivation", "reason": row["reason"], "cause": row["cause"]}
        yield _fact("esup.card.withdrawn", row["card_id"], f"withdrawn/{row['card_id']}", row, content)


def concede_cards(conceded: Iterable[Row]) -> Iterator[Fact]:
    """A withdrawal for every card whose appeal was accepted, for the reason that the decision gives."""
    for row in conceded:
        content = _of_card(row) | {"by": "appeal", "reason": row["reason"], "cause": row["cause"]}
        yield _fact("esup.card.withdrawn", row["card_id"], f"conceded/{row['card_id']}", row, content)


def rectify_cards(mended: Iterable[Row]) -> Iterator[Fact]:
    """A rectification for every card whose obligation was discharged or whose condition ended, from that instant on.

    It may come to be known later; and a correction of that instant corrects what was said.
    """
    for row in mended:
        content = _of_card(row) | {"mended_at": row["ended_at"], "times": row["times"]}
        name = f"rectified/{row['card_id']}" + (f"/{row['times']}" if row["times"] > 1 else "")
        said = _fact("esup.card.rectified", row["card_id"], name, row, content)
        yield said._replace(occurred_at=row["mended_at"], dataversion=row["dataversion"])


def escalate_cards(replaced: Iterable[Row]) -> Iterator[Fact]:
    """An escalation for every yellow card that a red one has replaced."""
    for row in replaced:
        content = _of_card(row) | {"replaced_by": row["red_card_id"], "what": row["what"]}
        name = f"escalated/{row['card_id']}/{row['red_card_id']}"
        yield _fact("esup.card.escalated", row["card_id"], name, row, content)


def reinstate_cards(undone: Iterable[Row]) -> Iterator[Fact]:
    """A card stands again: its red one was withdrawn, or what had rectified it is known not to have happened.

    `window_n` is there if a yellow card's window to rectify begins anew.
    """
    for row in undone:
        content = _of_card(row) | {name: row[name] for name in ("after", "undone", "reason", "cause")}
        content |= {"subject_kind": row["subject_kind"], "subject_id": row["subject_id"]}
        if row["window_n"]:
            content |= {"n": row["window_n"], "unit": "work_day"}
        name = f"reinstated/{row['card_id']}/{row['undone']}"
        yield _fact("esup.card.reinstated", row["card_id"], name, row, content)


def seal_day(day: date, volumes: Iterable[Row], position: int, root: str, when: Row) -> Fact:
    """The seal of a day: its volumes for every department, and the log they rest on."""
    content = {
        "day": day.isoformat(),
        "position": position,
        "root": root,
        "volumes": [{name: value for name, value in row.items() if name != "day"} for row in volumes],
    }
    return _fact("esup.day.sealed", day.isoformat(), f"sealed/{day.isoformat()}", when, content)


def _about(row: Row) -> dict[str, Any]:
    return {
        "finding": row["finding_id"],
        "rule": row["rule_id"],
        "rule_version": row["rule_version"],
        "code": row["code"],
        "title": {"zh": row["title_zh"], "en": row["title_en"]},
        "subject_kind": row["subject_kind"],
        "subject_id": row["subject"],
        "case_no": row["case_no"],
        "department": row["department"],
        "officer": row["officer"],
        "triggers_at": row["triggers_at"],
        "occurrence": {"source": row["source"], "id": row["event_id"]},
    }


def _about_card(row: Row) -> dict[str, Any]:
    has_window = row["level"] == "yellow" and row["window_n"]
    return _about(row) | {
        "on": row["on_what"],
        "level": row["level"],
        "issue_no": row["issue_no"],
        "n": row["window_n"] if has_window else None,
        "unit": "work_day" if has_window else None,
    }


def _of_card(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("rule_id", "level", "case_no", "department")} | {"card": row["card_id"]}


def _fact(kind: str, subject: str, event_id: str, row: Row, content: dict[str, Any]) -> Fact:
    said = {name: value for name, value in content.items() if value is not None}
    return Fact(subject, kind, row["at"], row["recorded_at"], SOURCE, event_id, 1, encode_body({"data": said}))
