-- Every duty of a case, card or task: what opens it, and what first discharges or voids it.
-- grain:   rule_no, position
-- refresh: scratch
select * from match_duties('duty_facts', 'rule_triggers')
