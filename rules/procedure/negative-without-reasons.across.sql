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
        number as placed,
        epoch_us(occurred_at) + 2592000000000 as ends,
        flag as is_day,
        row_number() over (
            partition by group_id
            order by number, words, occurrence_source, occurrence_id
        ) as nth
    from gathered_rows
),

counted as (
    select
        group_id,
        officer,
        department,
        occurrence_source,
        occurrence_id,
        placed,
        ends,
        nth,
        case
            when is_day
                then count(distinct case_no) over (
                    partition by group_id
                    order by placed
                    range between current row and 2505600000001 following
                )
            else count(distinct case_no) over (
                partition by group_id
                order by placed
                range between current row and 2592000000000 following
            )
        end as cases
    from acts
),

-- Of acts at one instant the first opens the run.
openings as (
    select
        group_id,
        officer,
        department,
        occurrence_source,
        occurrence_id,
        placed,
        ends,
        nth,
        row_number() over (partition by group_id, placed order by nth) as among_equals
    from counted
    where cases >= 5
),

taken as (
    select
        group_id,
        unnest(greedy_runs(list(placed order by placed), list(ends order by placed))) as begins
    from openings
    where among_equals = 1
    group by group_id
),

-- The first act of each case in a run; the fifth of these completes it.
members as (
    select
        openings.group_id,
        openings.officer,
        openings.department,
        openings.occurrence_source,
        openings.occurrence_id,
        openings.nth as run,
        acts.case_no,
        min(acts.nth) as first_nth,
        arg_min(acts.occurred_at, acts.nth) as occurred_at,
        arg_min(acts.occurrence_id, acts.nth) as act
    from openings
    inner join taken
        on
            openings.group_id = taken.group_id
            and openings.placed = taken.begins
            and openings.among_equals = 1
    inner join acts
        on
            openings.group_id = acts.group_id
            and openings.nth <= acts.nth
            and openings.ends >= acts.placed
    group by
        openings.group_id,
        openings.officer,
        openings.department,
        openings.occurrence_source,
        openings.occurrence_id,
        openings.nth,
        acts.case_no
),

numbered as (
    select
        group_id,
        officer,
        department,
        occurrence_source,
        occurrence_id,
        run,
        first_nth,
        occurred_at,
        act,
        row_number() over (partition by group_id, run order by first_nth) as case_nth
    from members
)

select
    'officer' as subject_kind,
    officer as subject_id,
    cast(null as text) as case_no,
    department,
    officer,
    occurrence_source,
    occurrence_id,
    max(occurred_at) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    to_json(list(act order by first_nth)) as evidence,
    group_id
from numbered
where case_nth <= 5
group by group_id, officer, department, occurrence_source, occurrence_id, run
