-- Every complaint from its filing to its closing. Its state is the furthest it has come: closed, fed_back, reported,
-- transferred, refused or accepted, else filed.
-- grain:   complaint_id
-- refresh: key
-- needs:   esup.complaint.filed
with

told as materialized (
    select
        *,
        replace(type, 'esup.complaint.', '') as act
    from facts
    where type like 'esup.complaint.%'
),

filed as (
    select
        key,
        subject as complaint_id,
        data ->> '$.about.department' as department,
        data ->> '$.about.case_no' as case_no,
        (data ->> 'real_name')::boolean as is_real_name,
        data ->> 'kind' as kind,
        channel,
        occurred_at as filed_at
    from told
    where act = 'filed'
    qualify row_number() over (partition by subject order by ord) = 1
),

lives as (
    select
        subject as complaint_id,
        min(occurred_at) filter (where act = 'accepted') as accepted_at,
        min(occurred_at) filter (where act = 'refused') as refused_at,
        arg_max(data ->> 'reason', ord) filter (where act = 'refused') as refused_reason,
        min(occurred_at) filter (where act = 'notified' and (data ->> 'written') = 'true') as notified_at,
        arg_max(data ->> 'to', ord) filter (where act = 'transferred') as transferred_to,
        arg_max(data ->> 'due_on', ord) filter (where act = 'transferred') as report_due_on,
        min(occurred_at) filter (where act = 'result_reported') as reported_at,
        min(occurred_at) filter (where act = 'result_fed_back') as fed_back_at,
        min(occurred_at) filter (where act = 'closed') as closed_at,
        arg_max(data ->> 'upheld', ord) filter (where act = 'closed') as upheld
    from told
    group by subject
)

select
    filed.key,
    filed.complaint_id,
    filed.department,
    filed.case_no,
    filed.kind,
    filed.channel,
    filed.is_real_name,
    filed.filed_at,
    lives.accepted_at,
    lives.refused_at,
    lives.refused_reason,
    lives.notified_at,
    lives.transferred_to,
    lives.report_due_on::date as report_due_on,
    lives.reported_at,
    lives.fed_back_at,
    lives.closed_at,
    lives.upheld::boolean as is_upheld,
    case
        when lives.closed_at is not null then 'closed'
        when lives.fed_back_at is not null then 'fed_back'
        when lives.reported_at is not null then 'reported'
        when lives.transferred_to is not null then 'transferred'
        when lives.refused_at is not null then 'refused'
        when lives.accepted_at is not null then 'accepted'
        else 'filed'
    end as state
from filed
inner join lives on filed.complaint_id = lives.complaint_id
