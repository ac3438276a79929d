-- Live cards whose finding no longer stands: what the monitor must withdraw.
-- grain:   card_id
-- refresh: view
select card_rows.*
from card_rows
anti join findings_standing
    on
        card_rows.rule_id = findings_standing.rule_id
        and card_rows.level = findings_standing.level
        and card_rows.subject_id = findings_standing.subject
        and card_rows.occurrence_source = findings_standing.source
        and card_rows.occurrence_id = findings_standing.event_id
where card_rows.state <> 'withdrawn'
