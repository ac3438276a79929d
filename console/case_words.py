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
CARD_FIELDS = (
    ("triggers_at", word("Triggered")),
    ("issued_at", word("Issued")),
    ("rectify_due_on", word("Rectify by")),
    ("appeal_until", word("Appeal until")),
    ("rectified_at", word("Rectified")),
    ("closed_at", word("Closed")),
    ("replaced_by", word("Replaced by")),
    ("reason", word("Reason")),
    ("card_id", word("Card")),
)
TASK_FIELDS = (
    ("department", word("Department")),
    ("issued_at", word("Issued")),
    ("reply_due_on", word("Reply by")),
    ("returned_until", word("Reply again by")),
    ("replied_at", word("Replied")),
    ("closed_at", word("Closed")),
    ("card_id", word("Card")),
    ("task_id", word("Task")),
)
COMPLAINT_FIELDS = (
    ("department", word("Department")),
    ("filed_at", word("Filed")),
    ("decide_due_on", word("Decide by")),
    ("is_real_name", word("In a real name")),
    ("refused_reason", word("Reason")),
    ("transferred_to", word("Transferred to")),
    ("report_due_on", word("Report by")),
    ("closed_at", word("Closed")),
)
CARD_STATE_WORDS = {
    "proposed": word("Proposed"),
    "issued": word("In force"),
    "rectified": word("Rectified"),
    "escalated": word("Replaced by a red card"),
    "appealed": word("Under appeal"),
    "exempted": word("Exempted"),
    "withdrawn": word("Withdrawn"),
    "closed": word("Closed"),
}
TASK_STATE_WORDS = {
    "issued": word("Waiting for a reply"),
    "replied": word("Replied"),
    "passed": word("Passed its first review"),
    "not_passed": word("Not passed its first review"),
    "returned": word("Returned"),
    "closed": word("Closed"),
    "archived": word("Archived"),
    "withdrawn": word("Withdrawn"),
}
COMPLAINT_STATE_WORDS = {
    "filed": word("Waiting for a decision"),
    "accepted": word("Accepted"),
    "refused": word("Refused"),
    "transferred": word("Transferred"),
    "reported": word("Result reported"),
    "fed_back": word("Result fed back"),
    "closed": word("Closed"),
}
ENDED_STATES = frozenset({"rectified", "escalated", "exempted", "withdrawn", "closed", "archived", "refused"})
ACT_WORDS = {
    "proposed": word("Proposed"),
    "confirmed": word("Confirmed"),
    "issued": word("Issued"),
    "rectified": word("Rectified"),
    "escalated": word("Replaced by a red card"),
    "reinstated": word("Stands again"),
    "appealed": word("Appealed against"),
    "appeal_decided": word("Appeal decided"),
    "exempted": word("Exempted"),
    "withdrawn": word("Withdrawn"),
    "replied": word("Replied"),
    "first_reviewed": word("First review"),
    "returned": word("Returned"),
    "closed": word("Closed"),
    "archived": word("Archived"),
    "filed": word("Filed"),
    "accepted": word("Accepted"),
    "refused": word("Refused"),
    "notified": word("Notified"),
    "transferred": word("Transferred"),
    "result_reported": word("Result reported"),
    "result_fed_back": word("Result fed back"),
}
