-- Yellow cards that a live red card has replaced: one of the same rule, subject and occurrence, or one for not having
-- rectified it (S05). The monitor must escalate them.
-- grain:   card_id
-- refresh: view
with

yellow as (
    select *
    from card_rows
    where level = 'yellow' and not is_escalated and state in ('issued', 'appealed', 'rectified')
),

red as (
    select *
    from card_rows
    where level = 'red' and issued_at is not null and state <> 'withdrawn'
),

replacing as (
    select
        yellow.card_id,
        red.card_id as red_card_id,
        red.card_code as red_code,
        red.issued_at
    from yellow
    inner join red
        on
            yellow.card_code = red.card_code
            and yellow.subject_id = red.subject_id
            and yellow.occurrence_source = red.occurrence_source
            and yellow.occurrence_id = red.occurrence_id
    union all
    -- What opens the duty to rectify is a fact of the yellow card itself, and its id names it.
    select
        yellow.card_id,
        red.card_id as red_card_id,
        red.card_code as red_code,
        red.issued_at
    from yellow
    inner join red
        on
            yellow.card_id = split_part(red.occurrence_id, '/', 2)
            and yellow.issued_source = red.occurrence_source
            and red.card_code = 'S05'
),

first_red as (
    select
        card_id,
        min(red_card_id) as red_card_id,
        arg_min(red_code, red_card_id) as red_code,
        arg_min(issued_at, red_card_id) as replaced_at
    from replacing
    group by card_id
)

select
    yellow.*,
    first_red.red_card_id,
    case when first_red.red_code = 'S05' then 'not_rectified' else 'own_red' end as what,
    first_red.replaced_at
from yellow
inner join first_red on yellow.card_id = first_red.card_id
