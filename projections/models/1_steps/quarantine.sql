-- What could not be understood and waits to be mended, with its place and the reason.
-- grain:   event_id
-- refresh: view
select
    recorded_at as received_at,
    data ->> 'source' as source,
    data ->> 'place' as place,
    data ->> 'code' as code,
    coalesce(data ->> '$.sentence.zh', data ->> 'sentence') as sentence,
    data ->> 'sealed' as body,
    data ->> '$.sentence.en' as sentence_en
from facts
where type = 'esup.intake.quarantined'
