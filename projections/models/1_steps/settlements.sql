-- The payment by which a case's payments reach the amount first charged: from then on nothing is owed.
-- grain:   case_no
-- refresh: key
with

charged as (
    select
        key,
        case_no,
        arg_min(amount, ord) as amount,
        arg_min(
            struct_pack(
                position := position,
                occurred_at := occurred_at,
                is_day := is_day,
                source := source,
                event_id := event_id,
                ord := ord
            ),
            ord
        ) as charge
    from facts
    where
        amount is not null
        and type in ('esup.case.other', 'esup.case.decided')
    group by key, case_no
),

paid as (
    select
        key,
        case_no,
        struct_pack(
            position := position,
            occurred_at := occurred_at,
            is_day := is_day,
            source := source,
            event_id := event_id,
            ord := ord
        ) as payment,
        sum(amount) over (partition by case_no order by ord rows unbounded preceding) as amount
    from facts
    where type = 'esup.case.paid'
),

reached as (
    select
        paid.key,
        paid.case_no,
        arg_min(paid.payment, paid.payment.ord) as payment
    from paid
    inner join charged on paid.case_no = charged.case_no
    where paid.amount >= charged.amount
    group by paid.key, paid.case_no
)

-- Where nothing was charged, nothing was ever owed.
select
    charged.key,
    charged.case_no,
    case when charged.amount <= 0 then charged.charge else reached.payment end as payment
from charged
left join reached on charged.case_no = reached.case_no
where charged.amount <= 0 or reached.payment is not null
