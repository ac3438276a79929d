-- Every day of every work calendar: working or not, known or guessed by the week, and its running numbers.
-- grain:   calendar_no, day
-- refresh: whole
with

applying as (
    select
        work_calendars.calendar_no,
        0 as layer,
        noticed_days.*
    from work_calendars
    inner join noticed_days on work_calendars.calendar = noticed_days.calendar
    where noticed_days.region is null and noticed_days.office is null
    union all by name
    select
        work_calendars.calendar_no,
        900 - region_layers.distance as layer,
        noticed_days.*
    from work_calendars
    inner join region_layers on work_calendars.region = region_layers.region
    inner join noticed_days on region_layers.layer_region = noticed_days.region
    where noticed_days.office is null
    union all by name
    select
        work_calendars.calendar_no,
        1000 as layer,
        noticed_days.*
    from work_calendars
    inner join noticed_days on work_calendars.office = noticed_days.office
),

layered as (
    select
        calendar_no,
        day,
        arg_max(
            struct_pack(is_working := is_working, notice := notice),
            struct_pack(layer := layer, published_on := published_on, source := source, event_id := event_id)
        ) as entry
    from applying
    group by calendar_no, day
),

days as (
    select unnest(generate_series(date '1900-01-01', date '2149-12-31', interval 1 day))::date as day
),

judged as (
    select
        work_calendars.calendar_no,
        days.day,
        coalesce(layered.entry.is_working, isodow(days.day) <= 5) as is_working,
        layered.entry is not null as is_known,
        layered.entry.notice as notice
    from work_calendars
    cross join days
    left join layered
        on work_calendars.calendar_no = layered.calendar_no and days.day = layered.day
)

select
    calendar_no,
    day,
    is_working,
    is_known,
    notice,
    (sum(is_working::integer) over up_to_day)::integer as working_no,
    (sum((not is_known)::integer) over up_to_day)::integer as unknown_no,
    min(case when is_working then day end) over (
        partition by calendar_no order by day desc rows unbounded preceding
    ) as next_working_on
from judged
window up_to_day as (partition by calendar_no order by day rows unbounded preceding)
