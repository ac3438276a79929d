-- Every limit that a duty of a case, card or task runs under, before any extension.
-- grain:   limit_id
-- refresh: scratch
with

duties as (
    select * from match_duties('duty_facts', 'duty_triggers')
),

-- What answers an application after it was deemed accepted opens no further duty to answer.
answers as (
    select answer_limits.* exclude (breaches_at, provisional)
    from answer_limits
    left join acceptances on answer_limits.key = acceptances.key
    where
        acceptances.deemed_at is null
        or answer_limits.opened_at < acceptances.deemed_at
)

select * from limit_duties('duties', 'case_rows')
union all by name
select * from answers
