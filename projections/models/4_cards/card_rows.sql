-- Every card ever issued and what became of it. A card is an issued fact: it is withdrawn, never removed.
-- grain:   card_id
-- refresh: key
-- needs:   esup.card.issued
with

told as (
    select *
    from facts
    where type like 'esup.card.%'
),

issued as (
    select
        key,
        subject as card_id,
        data,
        recorded_at,
        position,
        source,
        event_id,
        case_no,
        department,
        officer,
        level,
        n,
        ord
    from told
    where type = 'esup.card.issued'
),

lives as (
    select
        subject as card_id,
        max(recorded_at) filter (where type = 'esup.card.withdrawn') as withdrawn_at,
        max(recorded_at) filter (where type = 'esup.card.rectified') as rectified_at,
        max(recorded_at) filter (where type = 'esup.card.escalated') as escalated_at,
        max(recorded_at) filter (where type = 'esup.card.exempted') as exempted_at,
        arg_max(data ->> 'replaced_by', ord) filter (where type = 'esup.card.escalated') as replaced_by,
        arg_max(coalesce(data ->> 'reason', data ->> 'cause'), ord) filter (where type <> 'esup.card.issued') as reason
    from told
    group by subject
)

select
    issued.key,
    issued.card_id,
    (issued.data ->> 'issue_no')::integer as issue_no,
    issued.data ->> 'finding' as finding_id,
    issued.data ->> 'rule' as rule_id,
    (issued.data ->> 'rule_version')::integer as rule_version,
    issued.level,
    issued.data ->> 'subject_kind' as subject_kind,
    issued.data ->> 'subject_id' as subject_id,
    issued.case_no,
    issued.department,
    issued.officer,
    (issued.data ->> 'triggers_at')::timestamptz as triggers_at,
    issued.recorded_at as issued_at,
    issued.position as issued_position,
    case
        when lives.withdrawn_at is not null then 'withdrawn'
        when lives.exempted_at is not null then 'exempted'
        when lives.escalated_at is not null then 'escalated'
        when lives.rectified_at is not null then 'rectified'
        else 'issued'
    end as state,
    lives.rectified_at,
    lives.replaced_by,
    lives.reason,
    issued.data ->> '$.occurrence.source' as occurrence_source,
    issued.data ->> '$.occurrence.id' as occurrence_id,
    issued.source as issued_source,
    issued.event_id as issued_event_id
from issued
inner join lives on issued.card_id = lives.card_id
