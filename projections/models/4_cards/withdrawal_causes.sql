-- Why a lapsed card's finding no longer stands, or a rectified one's stands again: the newest fact, come in or become
-- known after the card, that can have undone it. That is a fact of its own stream (case, task, complaint, change, item,
-- officer, or the card it is on) that occurred by the trigger or corrects one, or a notice, a rule, the catalogue or
-- the organisation. If there is none such, the newest fact of its own streams, then the newest fact of all.
-- grain:   card_id
-- refresh: view
with

doubtful as (
    select
        card_id,
        rule_id,
        coalesce(issued_at, proposed_at) as said_at,
        coalesce(issued_position, 0) as said_position,
        triggers_at,
        case_no,
        subject_id,
        subject_kind,
        department,
        officer,
        occurrence_source,
        occurrence_id
    from cards_lapsed
    union all
    select
        card_id,
        rule_id,
        issued_at as said_at,
        issued_position as said_position,
        rectified_at as triggers_at,
        case_no,
        subject_id,
        subject_kind,
        department,
        officer,
        occurrence_source,
        occurrence_id
    from cards_reinstated
    where after = 'rectified'
),

streams as (
    select
        card_id,
        hash(case_no) as key
    from doubtful
    where case_no is not null
    union
    select
        card_id,
        hash(subject_id) as key
    from doubtful
    union
    select
        card_id,
        hash(officer) as key
    from doubtful
    where officer is not null
    union
    select
        doubtful.card_id,
        hash(case_rows.item) as key
    from doubtful
    inner join case_rows on doubtful.case_no = case_rows.case_no
    where case_rows.item is not null
    union
    -- The cases that a card on a department speaks of.
    select
        doubtful.card_id,
        case_rows.key
    from doubtful
    inner join case_rows on doubtful.department = case_rows.department
    where doubtful.subject_kind in ('department', 'post', 'officer')
    union
    -- The task or card that a card is on, and the card that a task is about.
    select
        doubtful.card_id,
        opening.key
    from doubtful
    inner join facts as opening
        on
            doubtful.occurrence_source = opening.source
            and doubtful.occurrence_id = opening.event_id
    union
    select
        doubtful.card_id,
        hash(opening.data ->> 'card') as key
    from doubtful
    inner join facts as opening
        on
            doubtful.occurrence_source = opening.source
            and doubtful.occurrence_id = opening.event_id
    where (opening.data ->> 'card') is not null
),

own as (
    select
        doubtful.card_id,
        facts.position,
        case when facts.occurred_at <= doubtful.triggers_at or facts.dataversion > 1 then 3 else 2 end as weight
    from doubtful
    inner join streams on doubtful.card_id = streams.card_id
    inner join facts on streams.key = facts.key
    where
        (facts.position > doubtful.said_position or facts.recorded_at > doubtful.said_at)
        and facts.subject <> doubtful.card_id
        and facts.type not in (
            'esup.card.proposed',
            'esup.card.issued',
            'esup.card.escalated',
            'esup.card.reinstated',
            'esup.task.issued',
            'esup.deadline.prompted'
        )
),

-- What concerns many: a notice of days by the trigger, the card's own rule or department; the rest for want of better.
public as (
    select
        doubtful.card_id,
        facts.position,
        case
            when facts.type = 'esup.calendar.noticed'
                then
                    case
                        when
                            list_min(from_json(facts.data -> '$.days[*].date', '["DATE"]'))
                            <= doubtful.triggers_at::date
                            then 3
                        else 1
                    end
            when facts.subject in (doubtful.rule_id, doubtful.department) then 3
            when facts.type like 'esup.org.region%' then 2
            else 1
        end as weight
    from doubtful
    inner join facts
        on
            facts.position > doubtful.said_position
            or facts.recorded_at > doubtful.said_at
    where
        facts.type like 'esup.calendar.%'
        or facts.type like 'esup.rule.%'
        or facts.type like 'esup.org.%'
        or facts.type like 'esup.source.%'
        or facts.type like 'esup.register.%'
        or facts.type like 'esup.item.%'
),

chosen as (
    select
        candidates.card_id,
        arg_max(
            candidates.position,
            struct_pack(
                weight := candidates.weight,
                recorded_at := facts.recorded_at,
                position := facts.position
            )
        ) as position
    from (
        select * from own
        union all
        select * from public
    ) as candidates
    inner join facts on candidates.position = facts.position
    group by candidates.card_id
)

select
    chosen.card_id,
    json_object(
        'type', facts.type, 'source', facts.source, 'id', facts.event_id, 'dataversion', facts.dataversion,
        'name', coalesce(facts.data ->> 'notice', facts.event_id)
    ) as cause,
    facts.type || ' ' || coalesce(facts.data ->> 'notice', facts.event_id) as reason
from chosen
inner join facts on chosen.position = facts.position
