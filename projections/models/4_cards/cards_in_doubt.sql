-- Cards of which a cause is to be named: why the finding of a lapsed one no longer stands, or why what had rectified
-- one is known not to have happened.
-- grain:   card_id
-- refresh: view
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
