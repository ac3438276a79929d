-- Suspensions of the kinds that some limit names as the only one to pause it, under a key of their own.
-- grain:   key, started_at, ref
-- refresh: view
select suspensions.* replace (xor(suspensions.key, hash(suspensions.kind)) as key)
from suspensions
where suspensions.kind in (select rule_limits.paused_by from rule_limits)
