-- Cards that stand again: what ended them is undone. The red card in a yellow one's place was withdrawn, or what had
-- rectified a card is known not to have happened. Its window to rectify begins anew, unless it had run out (S05).
-- grain:   card_id, after
-- refresh: view
select
    yellow.*,
    'escalated' as after,
    yellow.replaced_by as undone,
    red.withdrawn_at as undone_at,
    red.card_code <> 'S05' as begins_anew
from card_rows as yellow
inner join card_rows as red on yellow.replaced_by = red.card_id
where
    yellow.is_escalated
    and yellow.state not in ('withdrawn', 'exempted')
    and red.withdrawn_at is not null
union all by name
select
    card_rows.*,
    'rectified' as after,
    card_rows.rectified_times::varchar as undone,
    card_rows.issued_at as undone_at,
    true as begins_anew
from card_rows
semi join findings_standing
    on
        card_rows.card_code = findings_standing.card_code
        and card_rows.level = findings_standing.level
        and card_rows.subject_id = findings_standing.subject
        and card_rows.occurrence_source = findings_standing.source
        and card_rows.occurrence_id = findings_standing.event_id
        and findings_standing.ended_at is null
where card_rows.is_rectified and card_rows.state not in ('withdrawn', 'exempted')
