-- Until when each issued card may be appealed against: five working days of its department's calendar, our own number,
-- since no text gives one (handbook D2.6). A right, not a duty: nobody owes an appeal.
-- grain:   card_id
-- refresh: view
with

appealable as (
    select
        card_rows.card_id,
        card_rows.key as limit_id,
        card_rows.issued_at as opened_at,
        coalesce(departments.zone, 'Asia/Shanghai') as zone,
        coalesce(own.calendar_no, country.calendar_no) as calendar_no,
        5 as n,
        'work_day' as unit,
        true as rolls,
        null::bigint as prompt,
        null::date as stated_on,
        null::ubigint as pause_key
    from card_rows
    left join departments on card_rows.department = departments.department
    left join work_calendars as own on departments.work_calendar = own.work_calendar
    left join work_calendars as country on country.work_calendar = 'cn'
    where card_rows.issued_at is not null
),

no_pauses as (
    select * from pauses
    where false
)

select
    appealable.card_id,
    counted.due_on as appeal_until
from count_limits('appealable', 'no_pauses') as counted
inner join appealable on counted.limit_id = appealable.limit_id
