-- Every suspension of a case, judged by the item version that was in force when it was accepted.
-- grain:   case_no, started_at, ref, kind
-- refresh: key
-- needs:   esup.case.suspension_started
select * from judge_suspensions('case_rows')
