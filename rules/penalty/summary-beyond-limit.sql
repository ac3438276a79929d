-- Fines decided in the summary procedure above what the law of the day allowed for the party. The party is that of the
-- offence or the filing, the first of the two that names one; where neither does, the applicant.
with

decisions as (
    select
        facts.key,
        facts.case_no,
        facts.occurred_at,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.amount
    from facts
    where
        facts.type = 'esup.case.decided'
        and facts.outcome = 'penalised'
        and facts.amount > 50
        and facts.data ->> '$.procedure' = 'summary'
),

named as (
    select
        facts.key,
        facts.ord,
        facts.occurred_at,
        facts.type = 'esup.case.applied' as is_applicant,
        case
            when facts.type = 'esup.case.applied' then facts.data ->> '$.applicant.kind'
            else facts.data ->> '$.party.kind'
        end as kind
    from facts
    where
        facts.type in ('esup.case.offence_known', 'esup.case.filed', 'esup.case.applied')
        and facts.key in (select decisions.key from decisions)
),

parties as (
    select
        named.key,
        arg_min(
            struct_pack(kind := named.kind, occurred_at := named.occurred_at),
            struct_pack(is_applicant := named.is_applicant, ord := named.ord)
        ) as party
    from named
    where named.kind is not null
    group by named.key
),

limited as (
    select
        decisions.case_no,
        decisions.occurred_at,
        decisions.officer,
        decisions.source,
        decisions.event_id,
        decisions.amount,
        parties.party.kind as kind,
        parties.party.occurred_at as known_at,
        case
            when cast(timezone(case_rows.zone, decisions.occurred_at) as date) < date '2021-07-15'
                then case parties.party.kind when 'citizen' then 50 when 'organisation' then 1000 end
            else case parties.party.kind when 'citizen' then 200 when 'organisation' then 3000 end
        end as most
    from decisions
    inner join parties on decisions.key = parties.key
    inner join case_rows on decisions.key = case_rows.key
)

select
    limited.case_no as subject_id,
    limited.case_no,
    cast(null as text) as department,
    limited.officer,
    limited.source as occurrence_source,
    limited.event_id as occurrence_id,
    greatest(limited.occurred_at, limited.known_at) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'decided', limited.event_id, 'amount', cast(limited.amount as text), 'party', limited.kind, 'most', limited.most
    ) as evidence
from limited
where limited.amount > limited.most
