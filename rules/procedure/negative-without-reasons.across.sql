-- Of the acts of one officer for one reason, the runs of thirty times 24 hours that hold five cases, each run beginning
-- behind the one before it. An act known to the day opens a run at the beginning of its day and joins one at its end.
with

acts as (
    select
        group_id,
        case_no,
        department,
        officer,
        occurrence_source,
        occurrence_id,
        occurred_at,
        epoch_us(occurred_at) as opens_at,
        number as joins_at,
        row_number() over (
            partition by group_id
            order by occurred_at, words, occurrence_source, occurrence_id
        ) as nth
    from gathered_rows
),

-- Where an act opens, and where it joins a run: one place, or the two ends of its day.
places as (
    select
        group_id,
        case_no,
        nth,
        opens_at as place,
        true as opens,
        opens_at = joins_at as joins
    from acts
    union all
    select
        group_id,
        case_no,
        nth,
        joins_at as place,
        false as opens,
        true as joins
    from acts
    where opens_at <> joins_at
),

counted as (
    select
        group_id,
        nth,
        place,
        opens,
        count(distinct case_no) filter (where joins) over (
            partition by group_id
            order by place
            range between current row and 2592000000000 following
        ) as cases
    from places
),

-- Of acts at one instant the first opens the run.
openings as (
    select
        group_id,
        place as begins,
        place + 2592000000000 as ends,
        min(nth) as nth
    from counted
    where
        opens
        and cases >= 5
    group by group_id, place
),

taken as (
    select
        group_id,
        unnest(greedy_runs(list(begins order by begins), list(ends order by begins))) as begins
    from openings
    group by group_id
),

-- The first act of each case in a run.
members as (
    select
        openings.group_id,
        openings.nth as opening_nth,
        acts.case_no,
        min(acts.nth) as nth,
        arg_min(acts.occurred_at, acts.nth) as occurred_at,
        arg_min(acts.occurrence_id, acts.nth) as occurrence_id
    from taken
    inner join openings
        on
            taken.group_id = openings.group_id
            and taken.begins = openings.begins
    inner join acts
        on
            openings.group_id = acts.group_id
            and openings.begins <= acts.joins_at
            and openings.ends >= acts.joins_at
    group by openings.group_id, openings.nth, acts.case_no
),

numbered as (
    select
        group_id,
        opening_nth,
        nth,
        occurred_at,
        occurrence_id,
        row_number() over (partition by group_id, opening_nth order by nth) as case_nth
    from members
),

completed as (
    select
        group_id,
        opening_nth,
        max(occurred_at) as occurred_at,
        to_json(list(occurrence_id order by nth)) as evidence
    from numbered
    where case_nth <= 5
    group by group_id, opening_nth
)

select
    'officer' as subject_kind,
    acts.officer as subject_id,
    cast(null as text) as case_no,
    acts.department,
    acts.officer,
    acts.occurrence_source,
    acts.occurrence_id,
    completed.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    completed.evidence,
    completed.group_id
from completed
inner join acts
    on
        completed.group_id = acts.group_id
        and completed.opening_nth = acts.nth
