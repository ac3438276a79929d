-- Of the cards of one rule, post and level, the runs of ninety times 24 hours that hold three yellow or two red ones,
-- each run beginning behind the one before it.
with

cards as (
    select
        group_id,
        department,
        post,
        occurrence_source,
        occurrence_id,
        number as begins,
        number + 7776000000000 as ends,
        case
            when flag then lead(number, 1) over issuing
            else lead(number, 2) over issuing
        end as enough_at,
        row_number() over issuing as nth
    from gathered_rows
    window issuing as (partition by group_id order by number, words, occurrence_source, occurrence_id)
),

openings as (
    select
        group_id,
        department,
        post,
        occurrence_source,
        occurrence_id,
        begins,
        ends,
        enough_at,
        nth,
        row_number() over (partition by group_id, begins order by nth) as among_equals
    from cards
    where enough_at <= ends
),

taken as (
    select
        group_id,
        unnest(greedy_runs(list(begins order by begins), list(ends order by begins))) as begins
    from openings
    where among_equals = 1
    group by group_id
)

select
    'post' as subject_kind,
    openings.department || '/' || openings.post as subject_id,
    cast(null as text) as case_no,
    openings.department,
    cast(null as text) as officer,
    openings.occurrence_source,
    openings.occurrence_id,
    make_timestamptz(openings.enough_at) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('cards', count(*), 'rule_post_level', openings.group_id) as evidence,
    openings.group_id
from openings
inner join taken
    on
        openings.group_id = taken.group_id
        and openings.begins = taken.begins
        and openings.among_equals = 1
inner join cards
    on
        openings.group_id = cards.group_id
        and openings.nth <= cards.nth
        and openings.ends >= cards.begins
group by
    openings.group_id,
    openings.department,
    openings.post,
    openings.occurrence_source,
    openings.occurrence_id,
    openings.begins,
    openings.enough_at
