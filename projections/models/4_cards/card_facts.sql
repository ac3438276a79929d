-- What was said of cards, each fact with the word for it. An exemption that an officer of the card's own department
-- approved is none (handbook D2.6): it stays in the log and in the card's life, and changes nothing.
-- grain:   position
-- refresh: view
with

told as (
    select
        key,
        subject as card_id,
        replace(type, 'esup.card.', '') as act,
        data,
        level,
        case_no,
        department,
        officer,
        occurred_at,
        recorded_at,
        position,
        source,
        event_id,
        dataversion,
        ord,
        struct_pack(recorded_at := recorded_at, position := position) as newness
    from facts
    where type like 'esup.card.%'
),

-- The monitor names the department in what it issues; a proposal and its issue name the same one.
holders as (
    select
        card_id,
        max(department) as department
    from told
    where act in ('proposed', 'issued')
    group by card_id
),

own_approvals as (
    select told.position
    from told
    inner join holders on told.card_id = holders.card_id
    inner join officer_assignments
        on
            told.officer = officer_assignments.officer
            and holders.department = officer_assignments.department
            and told.ord >= officer_assignments.from_ord
            and (officer_assignments.until_ord is null or told.ord < officer_assignments.until_ord)
    where told.act = 'exempted' and officer_assignments.is_enabled
)

select
    told.*,
    told.position not in (select own_approvals.position from own_approvals) as counts
from told
