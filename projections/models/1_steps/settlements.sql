-- The fact by which a case's payments reach the amount first charged: from then on nothing is owed. Where nothing was
-- charged, nothing was ever owed.
-- grain:   case_no
-- refresh: key
-- needs:   esup.case.other, esup.case.decided
with

charged as (
    select
        key,
        min(ord) as ord,
        arg_min(amount, ord) as amount
    from facts
    where
        amount is not null
        and type in ('esup.case.other', 'esup.case.decided')
    group by key
),

paid as (
    select
        key,
        ord,
        sum(amount) over (partition by key order by ord rows unbounded preceding) as amount
    from facts
    where type = 'esup.case.paid'
),

reached as (
    select
        charged.key,
        case when charged.amount <= 0 then charged.ord else min(paid.ord) end as ord
    from charged
    left join paid on charged.key = paid.key and paid.amount >= charged.amount
    group by charged.key, charged.amount, charged.ord
    having charged.amount <= 0 or min(paid.ord) is not null
)

select
    reached.key,
    facts.case_no,
    facts.position,
    facts.occurred_at,
    facts.is_day,
    facts.source,
    facts.event_id,
    facts.ord
from reached
inner join facts on reached.key = facts.key and reached.ord = facts.ord
where facts.amount is not null
