-- Of the late cases of one department, the runs of sixty minutes in which all step facts of five or more came, each run
-- beginning behind the one before it.
with

cases as (
    select
        group_id,
        case_no,
        department,
        occurrence_source,
        occurrence_id,
        number as begins,
        number + 3600000000 as ends,
        epoch_us(recorded_at) as complete_at,
        row_number() over (
            partition by group_id
            order by number, occurred_at, words, occurrence_source, occurrence_id
        ) as nth
    from gathered_rows
),

-- The instants at which the first, the second ... of the cases that began within the sixty minutes were complete.
counted as (
    select
        group_id,
        department,
        occurrence_source,
        occurrence_id,
        begins,
        ends,
        complete_at,
        nth,
        min(complete_at, 5) over (
            partition by group_id
            order by begins
            range between current row and 3600000000 following
        ) as completions
    from cases
),

-- Of cases that began at one instant the first opens the run.
openings as (
    select
        group_id,
        department,
        occurrence_source,
        occurrence_id,
        begins,
        ends,
        nth,
        completions[5] as fifth_at,
        row_number() over (partition by group_id, begins order by nth) as among_equals
    from counted
    where
        complete_at <= ends
        and completions[5] <= ends
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
    'department' as subject_kind,
    openings.department as subject_id,
    cast(null as text) as case_no,
    openings.department,
    cast(null as text) as officer,
    openings.occurrence_source,
    openings.occurrence_id,
    make_timestamptz(openings.fifth_at) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'cases', count(*),
        'first_recorded_at', make_timestamptz(openings.begins),
        'last_recorded_at', make_timestamptz(max(cases.complete_at))
    ) as evidence,
    openings.group_id
from openings
inner join taken
    on
        openings.group_id = taken.group_id
        and openings.begins = taken.begins
        and openings.among_equals = 1
inner join cases
    on
        openings.group_id = cases.group_id
        and openings.nth <= cases.nth
        and openings.ends >= cases.complete_at
group by
    openings.group_id,
    openings.department,
    openings.occurrence_source,
    openings.occurrence_id,
    openings.begins,
    openings.fifth_at
