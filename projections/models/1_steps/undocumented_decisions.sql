-- Each decision that was made without its document or its number, and the fact with which both were supplied. A supply
-- known to the day is placed after the decision of that day.
-- grain:   position
-- refresh: key
-- needs:   esup.case.decided
with

lacking as (
    select
        *,
        is_missing(document) as lacks_document,
        is_missing(data ->> 'decision_no') as lacks_number
    from facts
    where
        type = 'esup.case.decided'
        and (is_missing(document) or is_missing(data ->> 'decision_no'))
),

supplied as (
    select
        lacking.position,
        facts.document,
        facts.data ->> 'decision_no' as decision_no,
        greatest(facts.ord, lacking.ord + 1) as ord,
        greatest(facts.occurred_at, lacking.occurred_at) as occurred_at
    from facts
    inner join lacking
        on
            facts.key = lacking.key
            and facts.type = 'esup.case.document_supplied'
            and facts.extends = 'esup.case.decided'
            and case
                when facts.is_day then lacking.occurred_at < facts.occurred_at + interval 1 day
                when lacking.is_day then lacking.occurred_at <= facts.occurred_at
                else lacking.ord < facts.ord
            end
),

completed as (
    select
        position,
        min(ord) filter (where not is_missing(document)) as document_ord,
        min(ord) filter (where not is_missing(decision_no)) as number_ord,
        min(occurred_at) filter (where not is_missing(document)) as document_at,
        min(occurred_at) filter (where not is_missing(decision_no)) as number_at
    from supplied
    group by position
),

judged as (
    select
        lacking.*,
        case when lacking.lacks_document then completed.document_ord else 0 end as document_ord,
        case when lacking.lacks_number then completed.number_ord else 0 end as number_ord,
        case when lacking.lacks_document then completed.document_at else lacking.occurred_at end as document_at,
        case when lacking.lacks_number then completed.number_at else lacking.occurred_at end as number_at
    from lacking
    left join completed on lacking.position = completed.position
)

select
    key,
    case_no,
    position,
    source,
    event_id,
    occurred_at,
    is_day,
    ord,
    department,
    officer,
    lacks_document,
    lacks_number,
    case when document_ord is not null and number_ord is not null then greatest(document_ord, number_ord) end
        as completed_ord,
    case when document_at is not null and number_at is not null then greatest(document_at, number_at) end
        as completed_at
from judged
