-- The streams whose facts can have undone a card in doubt: its case, its subject, its officer, its item, the cases that
-- a card on a department speaks of, and the task or card that it is on.
-- grain:   card_id, key
-- refresh: view
select
    card_id,
    hash(case_no) as key
from cards_in_doubt
where case_no is not null
union
select
    card_id,
    hash(subject_id) as key
from cards_in_doubt
union
select
    card_id,
    hash(officer) as key
from cards_in_doubt
where officer is not null
union
select
    cards_in_doubt.card_id,
    hash(case_rows.item) as key
from cards_in_doubt
inner join case_rows on cards_in_doubt.case_no = case_rows.case_no
where case_rows.item is not null
union
-- The cases that a card on a department speaks of.
select
    cards_in_doubt.card_id,
    case_rows.key
from cards_in_doubt
inner join case_rows on cards_in_doubt.department = case_rows.department
where cards_in_doubt.subject_kind in ('department', 'post', 'officer')
union
-- The task or card that a card is on, and the card that a task is about.
select
    cards_in_doubt.card_id,
    opening.key
from cards_in_doubt
inner join facts as opening
    on
        cards_in_doubt.occurrence_source = opening.source
        and cards_in_doubt.occurrence_id = opening.event_id
union
select
    cards_in_doubt.card_id,
    hash(opening.data ->> 'card') as key
from cards_in_doubt
inner join facts as opening
    on
        cards_in_doubt.occurrence_source = opening.source
        and cards_in_doubt.occurrence_id = opening.event_id
where (opening.data ->> 'card') is not null
