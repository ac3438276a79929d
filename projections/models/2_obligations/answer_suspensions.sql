-- Suspensions as they are judged before any acceptance: by the item version in force when the case began.
-- grain:   case_no, started_at, ref, kind
-- refresh: key
-- needs:   esup.case.suspension_started
select * from judge_suspensions('case_settings')
