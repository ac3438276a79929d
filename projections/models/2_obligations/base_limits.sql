-- Each limit with its due day as it stands without any extension.
-- grain:   limit_id
-- refresh: scratch
select
    limits.*,
    counted.opened_on,
    counted.last_counted_on,
    counted.due_on,
    counted.breaches_at,
    counted.prompts_at,
    counted.provisional
from limits
inner join count_limits('limits', 'pauses') as counted on limits.limit_id = counted.limit_id
union all by name
-- What answers an application after it was deemed accepted opens no further duty to answer.
select answer_limits.*
from answer_limits
left join acceptances on answer_limits.key = acceptances.key
where
    acceptances.deemed_at is null
    or answer_limits.opened_at < acceptances.deemed_at
