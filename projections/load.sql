-- How rows of the log become rows of `events`: the fields that models use taken out of the body.
-- grain:   position
-- refresh: load
-- inputs:  log_rows
with

parsed_rows as (
    select
        *,
        json_transform(
            body,
            '{"sequence":"VARCHAR","precision":"VARCHAR","origin":"VARCHAR","data":{'
            || '"case_no":"VARCHAR","subject_id":"VARCHAR","item":"VARCHAR","department":"VARCHAR","officer":"VARCHAR",'
            || '"post":"VARCHAR","step":"VARCHAR","ref":"VARCHAR","of":"VARCHAR","action":"VARCHAR","what":"VARCHAR",'
            || '"kind":"VARCHAR","measure":"VARCHAR","outcome":"VARCHAR","reason":"VARCHAR","document":"VARCHAR",'
            || '"channel":"VARCHAR","level":"VARCHAR","amount":"VARCHAR","n":"INTEGER","unit":"VARCHAR",'
            || '"deadline":"VARCHAR","planned_end":"VARCHAR","told_applicant_at":"VARCHAR","approver_role":"VARCHAR",'
            || '"materials":"JSON","about":{"case_no":"VARCHAR","department":"VARCHAR"}}}'
        ) as parsed
    from log_rows
)

select
    position,
    hash(subject) as key,
    subject,
    case when type like 'esup.case.%' then subject else coalesce(parsed.data.case_no, parsed.data.about.case_no) end
        as case_no,
    type,
    not (
        starts_with(type, 'esup.case.')
        or starts_with(type, 'esup.card.')
        or starts_with(type, 'esup.task.')
        or starts_with(type, 'esup.complaint.')
        or type = 'esup.deadline.prompted'
    ) as is_public,
    make_timestamptz(occurred_at) as occurred_at,
    coalesce(parsed.sequence, '') as sequence,
    make_timestamptz(recorded_at) as recorded_at,
    source,
    event_id,
    hash(source, event_id) as identity,
    dataversion::integer as dataversion,
    coalesce(parsed.precision = 'day', false) as is_day,
    coalesce(parsed.origin = 'attribute', false) as is_attribute,
    parsed.data.subject_id as subject_id,
    parsed.data.item as item,
    coalesce(parsed.data.department, parsed.data.about.department) as department,
    parsed.data.officer as officer,
    parsed.data.post as post,
    parsed.data.step as step,
    parsed.data.ref as ref,
    parsed.data."of" as extends,
    parsed.data.action as action,
    parsed.data.what as what,
    parsed.data.kind as kind,
    parsed.data.measure as measure,
    parsed.data.outcome as outcome,
    parsed.data.reason as reason,
    parsed.data.document as document,
    parsed.data.channel as channel,
    parsed.data.level as level,
    try_cast(parsed.data.amount as decimal(18, 2)) as amount,
    parsed.data.n as n,
    parsed.data.unit as unit,
    try_cast(parsed.data.deadline as date) as deadline_on,
    parsed.data.planned_end as planned_end,
    try_cast(parsed.data.told_applicant_at as timestamptz) as told_applicant_at,
    parsed.data.approver_role as approver_role,
    case when type = 'esup.case.applied' then coalesce(json_array_length(parsed.data.materials) > 0, false) end
        as with_materials,
    (body -> '$.data') as data
from parsed_rows
