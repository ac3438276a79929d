-- The duties of licences, set-based, for any engine that speaks SQL: how many limits, their due days, what was breached,
-- and the daily counts. It reads the flat tables of parquet.py; `{as_of}` is local. Sections run one after the other;
-- those that name `{limits}` run for each round of limits: an answer not given in time makes a case accepted, and an
-- extension is judged by the due day without it.

-- section: revised
create temp table revised as
select
    stream,
    source,
    event_id,
    max(dataversion) as newest
from events
where dataversion > 1
group by stream, source, event_id;

-- section: facts
create temp view current_facts as
select events.*
from events
where
    not exists (
        select 1
        from revised
        where
            revised.stream = events.stream
            and revised.source = events.source
            and revised.event_id = events.event_id
            and revised.newest > events.dataversion
    );

-- section: cases
create temp table licences as
select
    stream,
    min(item) filter (where type = 'applied') as item,
    min(department) filter (where type = 'applied') as department,
    bool_or(with_materials) filter (where type = 'applied') as with_materials,
    min(occurred_at) filter (where type = 'applied') as applied_at,
    min(occurred_at) filter (where type = 'accepted') as accepted_at,
    min(occurred_at) filter (where type in ('accepted', 'acceptance_refused', 'correction_noticed')) as answered_at,
    min(occurred_at) filter (where type = 'decided') as decided_at,
    min(occurred_at) filter (where type = 'withdrawn') as withdrawn_at
from current_facts
where type in ('applied', 'accepted', 'acceptance_refused', 'correction_noticed', 'decided', 'withdrawn')
group by stream
having bool_or(type = 'applied');

-- section: pauses
create temp table pauses as
select
    begun.stream,
    begun.event_id,
    cast(begun.occurred_at as date) as after_day,
    least(cast(min(ended.occurred_at) as date), begun.planned_end) as upto_day
from current_facts as begun
inner join licences on begun.stream = licences.stream
inner join item_pauses on licences.item = item_pauses.item and begun.kind = item_pauses.kind
left join current_facts as ended
    on
        begun.stream = ended.stream
        and ended.type = 'suspension_ended'
        and (ended.occurred_at, ended.sequence, ended.source, ended.event_id)
        > (begun.occurred_at, begun.sequence, begun.source, begun.event_id)
where begun.type = 'suspension_started' and begun.is_told
group by begun.stream, begun.event_id, begun.occurred_at, begun.planned_end;

-- section: due_days
create temp table due_days as
with spans as (
    select
        n,
        false as in_calendar_days
    from generate_series(1, 90) as counted (n)
    union all
    select
        n,
        true
    from generate_series(1, 90) as counted (n)
)

select
    days.day as opened_on,
    cast(spans.n as integer) as n,
    spans.in_calendar_days,
    case when spans.in_calendar_days then target.rolled else working.day end as due_on
from days
cross join spans
left join days as target on spans.in_calendar_days and target.day = days.day + cast(spans.n as integer)
left join days as working
    on not spans.in_calendar_days and working.is_working and working.number = days.number + spans.n;

-- section: answers
create temp table answers as
select
    stream,
    department,
    'licensing.accept-or-refuse' as rule_id,
    cast(applied_at as date) as opened_on,
    5 as n,
    false as in_calendar_days,
    case when answered_at >= applied_at then answered_at end as discharged_at,
    case when withdrawn_at >= applied_at then withdrawn_at end as voided_at
from licences
where with_materials;

-- section: plain
create temp table {limits}_plain as
select
    {limits}.*,
    due_days.due_on,
    row_number() over () as limit_no
from {limits}
inner join due_days
    on
        {limits}.opened_on = due_days.opened_on
        and {limits}.n = due_days.n
        and {limits}.in_calendar_days = due_days.in_calendar_days;

-- section: paused
create temp table {limits}_paused as
select
    plain.limit_no,
    plain.stream,
    plain.opened_on,
    plain.n,
    plain.in_calendar_days,
    -- Twice the pauses and a month are more than the days that can be lost to them, weekends and holidays included.
    plain.due_on + 31 + 2 * coalesce(cast(sum(pauses.upto_day - pauses.after_day) as integer), 0) as surely_by
from {limits}_plain as plain
inner join pauses on plain.stream = pauses.stream
group by plain.limit_no, plain.stream, plain.opened_on, plain.n, plain.in_calendar_days, plain.due_on
having bool_or(pauses.after_day < plain.due_on and (pauses.upto_day is null or pauses.upto_day > plain.opened_on));

-- section: counted
create temp table {limits}_counted as
with numbered as (
    select
        paused.limit_no,
        paused.n,
        days.rolled,
        row_number() over (partition by paused.limit_no order by days.day) as nth
    from {limits}_paused as paused
    inner join days on paused.opened_on < days.day and days.day <= paused.surely_by
    where
        (paused.in_calendar_days or days.is_working)
        and not exists (
            select 1
            from pauses
            where
                pauses.stream = paused.stream
                and pauses.after_day < days.day
                and (pauses.upto_day is null or days.day <= pauses.upto_day)
        )
),

recounted as (
    select
        paused.limit_no,
        numbered.rolled as due_on
    from {limits}_paused as paused
    left join numbered on paused.limit_no = numbered.limit_no and paused.n = numbered.nth
),

due as (
    select
        plain.stream,
        plain.department,
        plain.rule_id,
        plain.opened_on,
        plain.n,
        plain.in_calendar_days,
        plain.discharged_at,
        plain.voided_at,
        case when recounted.limit_no is null then plain.due_on else recounted.due_on end as due_on
    from {limits}_plain as plain
    left join recounted on plain.limit_no = recounted.limit_no
)

select
    due.*,
    timestamp '{as_of}' >= due.due_on + 1 and coalesce(due.discharged_at >= due.due_on + 1, true) as is_unmet,
    coalesce(due.voided_at >= due.due_on + 1, true) as is_not_void
from due;

-- section: openings
create temp table openings as
select
    licences.*,
    items.promised,
    items.statutory,
    items.unit,
    items.is_immediate,
    items.extension_n,
    items.extension_unit,
    items.extension_role,
    case when answers_counted.is_unmet then licences.applied_at else licences.accepted_at end as opened_at
from licences
inner join items on licences.item = items.item
left join answers_counted on licences.stream = answers_counted.stream
where licences.accepted_at is not null or answers_counted.is_unmet;

-- section: bases
create temp table bases as
select
    stream,
    department,
    'licensing.statutory-limit-passed' as rule_id,
    cast(opened_at as date) as opened_on,
    cast(statutory as integer) as n,
    unit = 'calendar_day' as in_calendar_days,
    case when decided_at >= opened_at then decided_at end as discharged_at,
    case when withdrawn_at >= opened_at then withdrawn_at end as voided_at
from openings
union all
select
    stream,
    department,
    'licensing.promise-passed' as rule_id,
    cast(opened_at as date) as opened_on,
    cast(promised as integer) as n,
    false as in_calendar_days,
    case when decided_at >= opened_at then decided_at end as discharged_at,
    case when withdrawn_at >= opened_at then withdrawn_at end as voided_at
from openings
where not is_immediate;

-- section: extensions
create temp table extensions as
select
    candidates.stream,
    candidates.n,
    candidates.occurred_at
from (
    select
        asked.stream,
        asked.n,
        asked.occurred_at,
        row_number() over (
            partition by asked.stream order by asked.occurred_at, asked.sequence, asked.source, asked.event_id
        ) as nth
    from current_facts as asked
    inner join openings on asked.stream = openings.stream
    inner join bases_counted
        on asked.stream = bases_counted.stream and bases_counted.rule_id = 'licensing.statutory-limit-passed'
    where
        asked.type = 'extended'
        and asked.occurred_at >= openings.opened_at
        and asked.approver_role = openings.extension_role
        and asked.with_reason
        and asked.is_told
        and asked.unit = openings.unit
        and asked.unit = openings.extension_unit
        and asked.n <= openings.extension_n
        and (bases_counted.due_on is null or asked.occurred_at < bases_counted.due_on + 1)
) as candidates
where candidates.nth = 1;

-- section: extended
create temp table extended as
select
    bases.stream,
    bases.department,
    bases.rule_id,
    bases.opened_on,
    cast(bases.n + extensions.n as integer) as n,
    bases.in_calendar_days,
    bases.discharged_at,
    bases.voided_at
from bases_counted as bases
inner join extensions on bases.stream = extensions.stream
where
    bases.rule_id = 'licensing.statutory-limit-passed'
    or bases.due_on is null
    or extensions.occurred_at < bases.due_on + 1;

-- section: steps
create temp table steps as
select
    begun.stream,
    openings.department,
    'licensing.step-overtime' as rule_id,
    cast(begun.occurred_at as date) as opened_on,
    cast(item_steps.n as integer) as n,
    false as in_calendar_days,
    min(ended.occurred_at) as discharged_at,
    coalesce(
        case when openings.decided_at >= begun.occurred_at then openings.decided_at end,
        case when openings.withdrawn_at >= begun.occurred_at then openings.withdrawn_at end
    ) as voided_at
from current_facts as begun
inner join openings on begun.stream = openings.stream
inner join item_steps on openings.item = item_steps.item and begun.step = item_steps.step
left join current_facts as ended
    on
        begun.stream = ended.stream
        and ended.type = 'step_finished'
        and begun.step = ended.step
        and (ended.occurred_at, ended.sequence, ended.source, ended.event_id)
        > (begun.occurred_at, begun.sequence, begun.source, begun.event_id)
where begun.type = 'step_started'
group by
    begun.stream, openings.department, begun.event_id, begun.occurred_at, item_steps.n, openings.decided_at,
    openings.withdrawn_at;

-- section: duties
create temp table duties as
select * from answers_counted
union all
select * from steps_counted
union all
select * from extended_counted
union all
select bases_counted.*
from bases_counted
left join extended on bases_counted.stream = extended.stream and bases_counted.rule_id = extended.rule_id
where extended.stream is null;

-- section: by_rule
select
    rule_id,
    count(*) as limits,
    coalesce(sum(due_on - date '1970-01-01'), 0) as due_days,
    count(*) filter (where is_unmet and is_not_void) as breaches
from duties
group by rule_id;

-- section: daily
with case_days as (
    select
        stream,
        cast(occurred_at as date) as day,
        bool_or(type = 'closed') as was_closed
    from current_facts
    group by stream, cast(occurred_at as date)
),

worked as (
    select
        case_days.day,
        licences.department,
        count(*) as handled,
        count(*) filter (where case_days.was_closed) as closed
    from case_days
    inner join licences on case_days.stream = licences.stream
    group by case_days.day, licences.department
),

breached as (
    select
        due_on + 1 as day,
        department,
        count(*) as breached
    from duties
    where is_unmet and is_not_void
    group by due_on + 1, department
)

select
    coalesce(worked.day, breached.day) - date '1970-01-01' as day,
    coalesce(worked.department, breached.department) as department,
    coalesce(worked.handled, 0) as handled,
    coalesce(worked.closed, 0) as closed,
    coalesce(breached.breached, 0) as breached
from worked
full outer join breached on worked.day = breached.day and worked.department = breached.department;
