-- The limits that a valid extension moved, counted anew.
-- grain:   limit_id
-- refresh: scratch
-- needs:   extended_limits
select
    counted.*,
    extended_limits.n,
    extended_limits.extension_position
from extended_limits
inner join count_limits('extended_limits', 'pauses') as counted
    on extended_limits.limit_id = counted.limit_id
