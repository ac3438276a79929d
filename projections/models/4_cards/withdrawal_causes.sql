-- Why the finding of a lapsed card no longer stands: the newest fact, come in or become known after the card, that can
-- have undone it: of its case or of the calendar, the rules, the catalogue or the organisation.
-- grain:   card_id
-- refresh: view
with

candidates as (
    select
        cards_lapsed.card_id,
        facts.type,
        facts.source,
        facts.event_id,
        facts.dataversion,
        struct_pack(recorded_at := facts.recorded_at, position := facts.position) as newness,
        coalesce(facts.data ->> 'notice', facts.event_id) as name,
        facts.case_no is not null as is_own
    from cards_lapsed
    inner join facts
        on
            (facts.position > cards_lapsed.issued_position or facts.recorded_at > cards_lapsed.issued_at)
            and (
                facts.case_no = cards_lapsed.case_no
                or facts.type in (
                    'esup.calendar.noticed',
                    'esup.rule.published',
                    'esup.item.published',
                    'esup.org.region_registered',
                    'esup.org.department_registered'
                )
            )
    where
        facts.type like 'esup.case.%'
        or facts.case_no is null
        or facts.type = 'esup.card.withdrawn'
)

select
    card_id,
    arg_max(
        json_object('type', type, 'source', source, 'id', event_id, 'dataversion', dataversion, 'name', name),
        newness
    ) as cause,
    arg_max(type || ' ' || name, newness) as reason
from candidates
group by card_id
