-- Every data version of each fact that is known at the clock, the replaced ones too: what rules about corrections read.
-- grain:   position
-- refresh: view
select *
from visible_events
