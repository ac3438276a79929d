"""The words that a case report uses for columns, states and units."""

from __future__ import annotations

from console.messages import word

STATE_STYLES = {
    "met": "green",
    "met_late": "yellow",
    "breached": "bold red",
    "prompted": "cyan",
    "running": "blue",
    "suspended": "magenta",
    "void": "dim",
}
STATE_WORDS = {
    "met": word("Met in time"),
    "met_late": word("Met, too late"),
    "breached": word("Breached"),
    "prompted": word("Due soon"),
    "running": word("Running"),
    "suspended": word("Suspended"),
    "void": word("No longer owed"),
}
UNIT_WORDS = {
    "work_day": word("working days"),
    "calendar_day": word("calendar days"),
    "calendar_month": word("months"),
    "calendar_year": word("years"),
    "hour": word("hours"),
    "stated_day": word("a stated day"),
}
HEAD_FIELDS = (
    ("item", word("Item")),
    ("department", word("Department")),
    ("region", word("Region")),
    ("state", word("State")),
    ("applied_at", word("Applied")),
    ("accepted_at", word("Accepted")),
    ("decided_at", word("Decided")),
    ("outcome", word("Outcome")),
    ("closed_at", word("Closed")),
)
TRAJECTORY_COLUMNS = (
    word("Time"),
    word("Fact"),
    word("Step"),
    word("Officer"),
    word("Action"),
    word("Position"),
)
SUSPENSION_COLUMNS = (
    ("kind", word("Kind")),
    ("started_at", word("Start")),
    ("planned_end_on", word("Planned end")),
    ("effective_end_at", word("End")),
    ("is_valid", word("Valid")),
    ("reason", word("Reason")),
)
CARD_COLUMNS = (
    ("level", word("Level")),
    ("rule_id", word("Rule")),
    ("triggers_at", word("Triggered")),
    ("issued_at", word("Issued")),
    ("rectify_due_on", word("Rectify by")),
    ("state", word("State")),
    ("reason", word("Reason")),
    ("card_id", word("Card")),
)
TASK_COLUMNS = (
    ("task_id", word("Task")),
    ("department", word("Department")),
    ("issued_at", word("Issued")),
    ("reply_due_on", word("Reply by")),
    ("replied_at", word("Replied")),
    ("state", word("State")),
)
