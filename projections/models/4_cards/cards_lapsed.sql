-- Cards whose finding no longer stands, or by what is known now did not stand yet when the card was issued: they were
-- wrong, and the monitor must withdraw them. A card that a person or an appeal has withdrawn falls once more with
-- its finding, and no longer bars it.
-- grain:   card_id
-- refresh: view
select card_rows.*
from card_rows
anti join findings_standing
    on
        card_rows.card_code = findings_standing.card_code
        and card_rows.level = findings_standing.level
        and card_rows.subject_id = findings_standing.subject
        and card_rows.occurrence_source = findings_standing.source
        and card_rows.occurrence_id = findings_standing.event_id
        and card_rows.said_at >= findings_standing.stands_from
where card_rows.fallen_at is null and (card_rows.state <> 'withdrawn' or card_rows.withdrawn_at is not null)
