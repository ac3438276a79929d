-- Every limit that a duty of a case, card or task runs under, before any extension; but for the duty to answer where it
-- was looked at before.
-- grain:   limit_id
-- refresh: scratch
with

limited as (
    select * from limit_duties('duties', 'case_rows')
)

select *
from limited
where
    key not in (select answer_candidates.key from answer_candidates)
    or rule_no not in (select answer_triggers.rule_no from answer_triggers)
