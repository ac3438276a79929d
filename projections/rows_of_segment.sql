-- The log's rows as a segment of its archive holds them.
-- grain:   position
-- refresh: load
-- inputs:  rows_path
select
    position,
    stream as subject,
    type,
    occurred_at,
    recorded_at,
    source,
    event_id,
    dataversion,
    body
from read_parquet(getvariable('rows_path'))
