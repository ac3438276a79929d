-- Every limit that a duty of a case, card or task runs under, before any extension.
-- grain:   limit_id
-- refresh: scratch
with

limited as (
    select * from limit_duties('duties', 'case_rows')
),

-- What answers an application after it was deemed accepted opens no further duty to answer.
answers as (
    select answer_limits.* exclude (breaches_at, provisional)
    from answer_limits
    left join acceptances on answer_limits.key = acceptances.key
    where acceptances.deemed_at is null or answer_limits.opened_at < acceptances.deemed_at
)

select *
from limited
where
    key not in (select answer_candidates.key from answer_candidates)
    or rule_no not in (select answer_triggers.rule_no from answer_triggers)
union all by name
select *
from answers
