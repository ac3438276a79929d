-- Live cards whose obligation has been discharged or whose condition has ended: what the monitor must rectify.
-- grain:   card_id
-- refresh: view
select
    card_rows.*,
    findings_standing.ended_at
from card_rows
inner join findings_standing
    on
        card_rows.rule_id = findings_standing.rule_id
        and card_rows.level = findings_standing.level
        and card_rows.subject_id = findings_standing.subject
        and card_rows.occurrence_source = findings_standing.source
        and card_rows.occurrence_id = findings_standing.event_id
where
    card_rows.state in ('issued', 'escalated')
    and card_rows.rectified_at is null
    and findings_standing.ended_at is not null
