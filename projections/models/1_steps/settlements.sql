-- The payment by which a case's payments reach the amount first charged: from then on nothing is owed.
-- grain:   case_no
-- refresh: key
with

charged as (
    select
        case_no,
        arg_min(amount, ord) as amount
    from facts
    where
        amount is not null
        and type in ('esup.case.other', 'esup.case.decided')
    group by case_no
),

paid as (
    select
        key,
        case_no,
        position,
        occurred_at,
        is_day,
        source,
        event_id,
        ord,
        sum(amount) over (partition by case_no order by ord rows unbounded preceding) as amount
    from facts
    where type = 'esup.case.paid'
)

select
    paid.key,
    paid.case_no,
    arg_min(
        struct_pack(
            position := paid.position,
            occurred_at := paid.occurred_at,
            is_day := paid.is_day,
            source := paid.source,
            event_id := paid.event_id,
            ord := paid.ord
        ),
        paid.ord
    ) as payment
from paid
inner join charged on paid.case_no = charged.case_no
where paid.amount >= charged.amount
group by paid.key, paid.case_no
