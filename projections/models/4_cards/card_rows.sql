-- Every card ever proposed or issued and what became of it. A card is an issued fact: it is withdrawn, never removed.
-- The state is the first that fits: withdrawn (wrong, by derivation, by a person, or by an accepted appeal), exempted,
-- proposed (not yet confirmed), appealed (not yet decided), escalated (a red card took its place), rectified, issued.
-- Withdrawn by a person or an appeal it bars the same finding from being issued again, until that finding has fallen.
-- grain:   card_id
-- refresh: key
-- needs:   esup.card.issued, esup.card.proposed
with

told as materialized (
    select * from card_facts
),

begun as (
    select *
    from told
    where act in ('proposed', 'issued')
    qualify row_number() over (partition by card_id order by act) = 1
),

lives as (
    select
        card_id,
        min(recorded_at) filter (where act = 'proposed') as proposed_at,
        min(recorded_at) filter (where act = 'confirmed') as confirmed_at,
        min(recorded_at) filter (where act = 'issued') as issued_at,
        min(position) filter (where act = 'issued') as issued_position,
        count(*) filter (where act = 'rectified') as rectified_times,
        arg_max(occurred_at, (data ->> 'times')::integer) filter (where act = 'rectified') as rectified_at,
        arg_max(dataversion, (data ->> 'times')::integer) filter (where act = 'rectified') as rectified_version,
        count(*) filter (where act = 'reinstated' and (data ->> 'after') = 'rectified') as undone_times,
        count(*) filter (where act = 'escalated') as escalated_times,
        count(*) filter (where act = 'reinstated' and (data ->> 'after') = 'escalated') as restored_times,
        arg_max(data ->> 'replaced_by', newness) filter (where act = 'escalated') as replaced_by,
        max(occurred_at) filter (where act = 'appealed') as appealed_at,
        max(ord) filter (where act = 'appealed') as appealed_ord,
        max(ord) filter (where act = 'appeal_decided') as decided_ord,
        min(occurred_at) filter (where act = 'appeal_decided' and (data ->> 'accepted') = 'true') as accepted_at,
        min(occurred_at) filter (where act = 'exempted' and counts) as exempted_at,
        min(occurred_at) filter (where act = 'withdrawn') as withdrawn_at,
        min(occurred_at) filter (
            where act = 'withdrawn' and source = '/esup/monitor' and (data ->> 'by') is distinct from 'appeal'
        ) as fallen_at,
        arg_min(data ->> 'reason', newness) filter (where act = 'withdrawn') as withdrawn_reason,
        arg_max(data ->> 'reason', newness) filter (
            where act = 'appeal_decided' and (data ->> 'accepted') = 'true'
        ) as accepted_reason,
        arg_max(data ->> 'ground', newness) filter (where act = 'exempted' and counts) as exempted_ground,
        arg_max(data ->> 'ground', newness) filter (where act = 'appealed') as appealed_ground
    from told
    group by card_id
),

judged as (
    select
        *,
        rectified_times > undone_times as is_rectified,
        escalated_times > restored_times as is_escalated,
        case
            when withdrawn_at is not null or accepted_at is not null then 'withdrawn'
            when exempted_at is not null then 'exempted'
            when issued_at is null then 'proposed'
            when appealed_ord > coalesce(decided_ord, 0) then 'appealed'
            when escalated_times > restored_times then 'escalated'
            when rectified_times > undone_times then 'rectified'
            else 'issued'
        end as state
    from lives
)

select
    begun.key,
    begun.card_id,
    (begun.data ->> 'issue_no')::integer as issue_no,
    begun.data ->> 'finding' as finding_id,
    begun.data ->> 'rule' as rule_id,
    (begun.data ->> 'rule_version')::integer as rule_version,
    coalesce(begun.data ->> 'code', begun.data ->> 'rule') as card_code,
    begun.level,
    begun.data ->> 'subject_kind' as subject_kind,
    begun.data ->> 'subject_id' as subject_id,
    begun.data ->> 'on' as on_what,
    begun.case_no,
    begun.department,
    begun.officer,
    (begun.data ->> 'triggers_at')::timestamptz as triggers_at,
    (begun.data ->> 'n')::integer as window_n,
    begun.occurred_at as said_at,
    judged.issued_at,
    judged.issued_position,
    judged.state,
    judged.state in ('issued', 'appealed') and not judged.is_escalated and not judged.is_rectified as is_in_force,
    judged.is_rectified,
    judged.is_escalated,
    judged.proposed_at,
    judged.confirmed_at,
    case when judged.is_rectified then judged.rectified_at end as rectified_at,
    judged.rectified_times,
    judged.rectified_version,
    case when judged.is_escalated then judged.replaced_by end as replaced_by,
    judged.appealed_at,
    judged.accepted_at,
    judged.exempted_at,
    judged.withdrawn_at,
    judged.fallen_at,
    case judged.state
        when 'withdrawn' then coalesce(judged.withdrawn_reason, judged.accepted_reason)
        when 'exempted' then judged.exempted_ground
        when 'appealed' then judged.appealed_ground
    end as reason,
    begun.data ->> '$.occurrence.source' as occurrence_source,
    begun.data ->> '$.occurrence.id' as occurrence_id,
    begun.source as issued_source,
    begun.event_id as issued_event_id
from begun
inner join judged on begun.card_id = judged.card_id
