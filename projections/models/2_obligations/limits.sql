-- Every limit that a duty of a case, card or task runs under, before any extension; the duty to answer apart.
-- grain:   limit_id
-- refresh: scratch
with

duties as (
    select * from match_duties('duty_facts', 'duty_triggers')
)

select * from limit_duties('duties', 'case_rows')
