-- Of the late cases of one department, the batches of five or more of which all step facts came within sixty minutes of
-- the first. A case is in one batch; the first of each batch is the earliest that can be. A batch stands from when five
-- of its cases had begun to come; more of them moves its trigger on.
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

taken as (
    select
        group_id,
        unnest(greedy_batches(
            list(begins order by nth),
            list(complete_at order by nth),
            list(coalesce(completions[5] <= ends, false) order by nth),
            3600000000,
            5
        )) as batch
    from counted
    group by group_id
),

openings as (
    select
        cases.group_id,
        cases.department,
        cases.occurrence_source,
        cases.occurrence_id,
        cases.begins,
        cases.ends,
        taken.batch.after as behind
    from taken
    inner join cases
        on
            taken.group_id = cases.group_id
            and taken.batch.nth = cases.nth
)

select
    'department' as subject_kind,
    make_timestamptz(min(cases.begins, 5)[5]) as stands_from,
    openings.department as subject_id,
    cast(null as text) as case_no,
    openings.department,
    cast(null as text) as officer,
    openings.occurrence_source,
    openings.occurrence_id,
    make_timestamptz(min(cases.complete_at, 5)[5]) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'cases', count(*),
        'first_recorded_at', make_timestamptz(openings.begins),
        'last_recorded_at', make_timestamptz(max(cases.complete_at))
    ) as evidence,
    openings.group_id
from openings
inner join cases
    on
        openings.group_id = cases.group_id
        and openings.begins <= cases.begins
        and openings.ends >= cases.complete_at
        and (openings.behind is null or openings.behind < cases.complete_at)
group by
    openings.group_id,
    openings.department,
    openings.occurrence_source,
    openings.occurrence_id,
    openings.begins
