-- The public facts that can have undone a card in doubt: a notice of days by the trigger, or what is said of the card's
-- own rule or department, weighs 3, a region 2; of the rest only the newest is named, and weighs 1.
-- grain:   card_id, position, weight
-- refresh: view
with

doubtful as materialized (
    select *
    from cards_in_doubt
),

public as materialized (
    select
        position,
        recorded_at,
        type,
        subject,
        data
    from facts
    where
        type like 'esup.calendar.%'
        or type like 'esup.rule.%'
        or type like 'esup.org.%'
        or type like 'esup.source.%'
        or type like 'esup.register.%'
        or type like 'esup.item.%'
),

-- What concerns many and may well be it: a notice of days by the trigger, the card's own rule or department, a region.
near as (
    select
        doubtful.card_id,
        public.position,
        case
            when public.type like 'esup.org.region%' then 2
            when
                list_min(from_json(public.data -> '$.days[*].date', '["DATE"]')) <= doubtful.triggers_at::date
                then 3
            else 1
        end as weight
    from doubtful
    inner join public
        on
            public.position > doubtful.said_position
            or public.recorded_at > doubtful.said_at
    where public.type = 'esup.calendar.noticed' or public.type like 'esup.org.region%'
    union all
    select
        doubtful.card_id,
        public.position,
        3 as weight
    from doubtful
    inner join public on public.subject in (doubtful.rule_id, doubtful.department)
    where public.position > doubtful.said_position or public.recorded_at > doubtful.said_at
),

-- For want of better the newest: of all that became known after the card, or else of what came in after it.
newest_since as (
    select
        position,
        max(struct_pack(recorded_at := recorded_at, position := position)) over (
            order by position
            rows between current row and unbounded following
        ) as newest
    from public
),

newest as (
    select
        doubtful.card_id,
        newest_since.newest.position as position,
        1 as weight
    from doubtful
    asof inner join newest_since on doubtful.said_position < newest_since.position
    union all
    select
        doubtful.card_id,
        latest.newest.position as position,
        1 as weight
    from doubtful
    inner join (
        select max(struct_pack(recorded_at := recorded_at, position := position)) as newest
        from public
    ) as latest
        on doubtful.said_at < latest.newest.recorded_at
)

select * from near
union all
select * from newest
