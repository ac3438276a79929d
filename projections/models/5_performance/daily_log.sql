-- The sealed daily log: what each day's volumes were when the day ended, and the log they rest on.
-- grain:   day, department
-- refresh: view
with

sealed as (
    select
        (data ->> 'day')::date as day,
        (data ->> 'position')::bigint as log_position,
        data ->> 'root' as root_hash,
        unnest(
            from_json(
                data -> 'volumes',
                '[{"region":"VARCHAR","department":"VARCHAR","handled":"BIGINT","closed":"BIGINT",'
                || '"closed_early":"BIGINT","near_limit":"BIGINT","overdue_or_abnormal":"BIGINT",'
                || '"tasks_issued":"BIGINT","tasks_replied":"BIGINT"}]'
            )
        ) as entry
    from facts
    where type = 'esup.day.sealed'
)

select
    day,
    entry.region as region,
    entry.department as department,
    entry.handled as handled,
    entry.closed as closed,
    entry.closed_early as closed_early,
    entry.near_limit as near_limit,
    entry.overdue_or_abnormal as overdue_or_abnormal,
    entry.tasks_issued as tasks_issued,
    entry.tasks_replied as tasks_replied,
    share_of(entry.closed, entry.handled) as closed_ratio,
    share_of(entry.closed_early, entry.handled) as closed_early_ratio,
    share_of(entry.near_limit, entry.handled) as near_limit_ratio,
    share_of(entry.overdue_or_abnormal, entry.handled) as overdue_or_abnormal_ratio,
    share_of(entry.tasks_issued, entry.handled) as tasks_issued_ratio,
    share_of(entry.tasks_replied, entry.handled) as tasks_replied_ratio,
    log_position,
    root_hash
from sealed
