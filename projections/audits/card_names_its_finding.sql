-- A card of the monitor whose id is no hash, or whose finding is not that of its rule, level, subject and occurrence.
-- grain:   card_id
-- refresh: view
select
    card_id,
    finding_id,
    rule_id,
    level,
    subject_id
from card_rows
where
    issued_source = '/esup/monitor'
    and (
        not regexp_full_match(card_id, '[0-9a-f]{32}')
        or finding_id is distinct from md5(
            concat_ws(chr(10), rule_id, level, subject_id, occurrence_source, occurrence_id)
        )
    )
