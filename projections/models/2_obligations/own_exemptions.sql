-- Exemptions that an officer of the card's own department approved: they stay in the log and exempt nothing, since
-- nobody takes the blame off itself (handbook D2.6).
-- grain:   position
-- refresh: key
-- needs:   esup.card.exempted
with

told as (
    select *
    from facts
    where type like 'esup.card.%'
),

-- The monitor names the department in what it issues; a proposal and its issue name the same one.
holders as (
    select
        key,
        max(department) as department
    from told
    where type in ('esup.card.proposed', 'esup.card.issued')
    group by key
)

select
    told.key,
    told.position
from told
inner join holders on told.key = holders.key
inner join officer_assignments
    on
        told.officer = officer_assignments.officer
        and holders.department = officer_assignments.department
        and told.ord >= officer_assignments.from_ord
        and (officer_assignments.until_ord is null or told.ord < officer_assignments.until_ord)
where told.type = 'esup.card.exempted' and officer_assignments.is_enabled
