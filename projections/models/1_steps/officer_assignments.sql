-- What each officer was from one assignment or disabling to the next: an assignment replaces department and posts and
-- enables the account again, a disabling leaves neither.
-- grain:   source, event_id
-- refresh: whole
with

told as (
    select
        coalesce(officer, data ->> 'officer') as officer,
        type = 'esup.org.officer_assigned' as is_enabled,
        department,
        coalesce(from_json(data -> 'posts', '["VARCHAR"]'), []) as posts,
        occurred_at,
        is_day,
        ord,
        source,
        event_id
    from facts
    where type in ('esup.org.officer_assigned', 'esup.org.officer_disabled')
)

select
    officer,
    is_enabled,
    department,
    posts,
    is_day,
    occurred_at as from_at,
    lead(occurred_at) over following as until_at,
    ord as from_ord,
    lead(ord) over following as until_ord,
    source,
    event_id
from told
window following as (partition by officer order by ord, source, event_id)
