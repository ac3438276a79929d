-- Acceptances, refusals to accept and notices to correct without a document. A document of that kind supplied later
-- ends the condition; one that is known to the day was supplied after what happened on that day.
with

unpapered as (
    select
        facts.key,
        facts.case_no,
        facts.type,
        facts.occurred_at,
        facts.is_day,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.ord
    from facts
    where
        facts.type in ('esup.case.accepted', 'esup.case.acceptance_refused', 'esup.case.correction_noticed')
        and is_missing(facts.document)
),

supplied as (
    select
        facts.key,
        facts.extends,
        facts.occurred_at,
        facts.is_day,
        facts.ord
    from facts
    where
        facts.type = 'esup.case.document_supplied'
        and not is_missing(facts.document)
),

mended as (
    select
        unpapered.source,
        unpapered.event_id,
        min(greatest(supplied.occurred_at, unpapered.occurred_at)) as mended_at
    from unpapered
    inner join supplied
        on
            unpapered.key = supplied.key
            and unpapered.type = supplied.extends
            and case
                when supplied.is_day then unpapered.occurred_at < supplied.occurred_at + interval 1 day
                when unpapered.is_day then unpapered.occurred_at <= supplied.occurred_at
                else unpapered.ord < supplied.ord
            end
    group by unpapered.source, unpapered.event_id
)

select
    unpapered.case_no as subject_id,
    unpapered.case_no,
    cast(null as text) as department,
    unpapered.officer,
    unpapered.source as occurrence_source,
    unpapered.event_id as occurrence_id,
    unpapered.occurred_at as triggers_at,
    mended.mended_at as rectified_at,
    json_object('fact', unpapered.event_id, 'type', unpapered.type) as evidence
from unpapered
left outer join mended
    on
        unpapered.source = mended.source
        and unpapered.event_id = mended.event_id
