-- Every day of every work calendar: working or not, known or guessed by the week, and its running numbers.
-- grain:   calendar_no, day
-- refresh: whole
with

layered as (
    select
        work_calendars.calendar_no,
        noticed_days.day,
        arg_max(
            struct_pack(is_working := noticed_days.is_working, notice := noticed_days.notice),
            struct_pack(
                layer := case
                    when noticed_days.office is not null then 1000
                    when noticed_days.region is not null then 900 - region_layers.distance
                    else 0
                end,
                published_on := noticed_days.published_on,
                source := noticed_days.source,
                event_id := noticed_days.event_id
            )
        ) as entry
    from work_calendars
    inner join noticed_days
        on
            (noticed_days.office is not null and noticed_days.office = work_calendars.office)
            or (noticed_days.office is null and noticed_days.region is not null and work_calendars.region is not null)
            or (
                noticed_days.office is null
                and noticed_days.region is null
                and noticed_days.calendar = work_calendars.calendar
            )
    left join region_layers
        on
            work_calendars.region = region_layers.region
            and noticed_days.region = region_layers.layer_region
    where
        noticed_days.office is not null
        or noticed_days.region is null
        or region_layers.distance is not null
    group by work_calendars.calendar_no, noticed_days.day
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
    (count(*) filter (where is_working) over up_to_day)::integer as working_no,
    (count(*) filter (where not is_known) over up_to_day)::integer as unknown_no,
    min(case when is_working then day end) over (
        partition by calendar_no order by day rows between current row and unbounded following
    ) as next_working_on
from judged
window up_to_day as (partition by calendar_no order by day rows between unbounded preceding and current row)
