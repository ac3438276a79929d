-- Nothing pauses the limits that run before acceptance: an empty relation in the shape of `pauses`.
-- grain:   none
-- refresh: view
select
    null::ubigint as pause_key,
    null::varchar as measure,
    null::integer as span_no,
    null::date as started_on,
    null::date as ended_on,
    null::timestamptz as started_at,
    null::timestamptz as ended_at
where false
