-- Each decision to penalise that lacks an act that the law demands before it. An act and a decision of one day, of
-- which either is known to the day only, count as in the right order.
with

penalised as (
    select
        facts.key,
        facts.case_no,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.is_day,
        facts.ord,
        case_rows.department,
        cast(timezone(coalesce(case_rows.zone, 'Asia/Shanghai'), facts.occurred_at) as date) as decided_on,
        coalesce(case_rows.zone, 'Asia/Shanghai') as zone,
        coalesce(json_contains(json_extract(facts.data, '$.grounds'), '"58"'), false) as needs_review,
        coalesce(json_contains(json_extract(facts.data, '$.grounds'), '"57"'), false) as needs_discussion,
        coalesce(trimmed(facts.data ->> '$.procedure'), '') <> 'summary' as needs_notice
    from facts
    left outer join case_rows on facts.key = case_rows.key
    where
        facts.type = 'esup.case.decided'
        and facts.outcome = 'penalised'
),

acts as (
    select
        facts.key,
        facts.type,
        facts.occurred_at,
        facts.is_day,
        facts.ord
    from facts
    where facts.type in ('esup.case.legal_reviewed', 'esup.case.collectively_discussed', 'esup.case.penalty_noticed')
),

preceded as (
    select
        penalised.source,
        penalised.event_id,
        coalesce(bool_or(acts.type = 'esup.case.legal_reviewed'), false) as is_reviewed,
        coalesce(bool_or(acts.type = 'esup.case.collectively_discussed'), false) as is_discussed,
        coalesce(bool_or(acts.type = 'esup.case.penalty_noticed'), false) as is_noticed
    from penalised
    left outer join acts
        on
            penalised.key = acts.key
            and (
                acts.ord < penalised.ord
                or (
                    (acts.is_day or penalised.is_day)
                    and cast(timezone(penalised.zone, acts.occurred_at) as date) <= penalised.decided_on
                )
            )
    group by penalised.source, penalised.event_id
),

lacking as (
    select
        penalised.case_no,
        penalised.department,
        penalised.officer,
        penalised.source,
        penalised.event_id,
        penalised.occurred_at,
        penalised.needs_review and not preceded.is_reviewed as lacks_review,
        penalised.needs_discussion and not preceded.is_discussed as lacks_discussion,
        penalised.needs_notice and not preceded.is_noticed as lacks_notice
    from penalised
    inner join preceded
        on penalised.source = preceded.source and penalised.event_id = preceded.event_id
    where
        (penalised.needs_review and not preceded.is_reviewed)
        or (penalised.needs_discussion and not preceded.is_discussed)
        or (penalised.needs_notice and not preceded.is_noticed)
)

select
    lacking.case_no as subject_id,
    lacking.case_no,
    lacking.department,
    lacking.officer,
    lacking.source as occurrence_source,
    lacking.event_id as occurrence_id,
    lacking.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'decided', lacking.event_id,
        'lacks_legal_review', lacking.lacks_review,
        'lacks_collective_discussion', lacking.lacks_discussion,
        'lacks_notice', lacking.lacks_notice
    ) as evidence
from lacking
