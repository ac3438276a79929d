-- Yellow cards that a live red card of the same cause has replaced: what the monitor must escalate.
-- grain:   card_id
-- refresh: view
select
    yellow.*,
    min(red.card_id) as red_card_id,
    arg_min(red.issued_at, red.card_id) as replaced_at
from card_rows as yellow
inner join card_rows as red
    on
        red.level = 'red'
        and red.state <> 'withdrawn'
        and (
            (red.occurrence_source = yellow.issued_source and red.occurrence_id = yellow.issued_event_id)
            or (
                red.rule_id = yellow.rule_id
                and red.subject_id = yellow.subject_id
                and red.occurrence_source = yellow.occurrence_source
                and red.occurrence_id = yellow.occurrence_id
            )
        )
where yellow.level = 'yellow' and yellow.state = 'issued'
group by all
