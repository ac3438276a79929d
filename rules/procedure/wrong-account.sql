-- Acts of officers who at that instant were nobody, disabled or of another department, or who for a step did not hold,
-- or did not name, the post that the flow gives it. Where only the day is known, of an act or of an assignment, it is
-- enough that the act was lawful at some instant of that day.
with

terms as (
    select
        officer,
        is_enabled,
        department,
        posts,
        from_at,
        lead(case when is_day then from_at + interval 24 hour else from_at end)
            over (partition by officer order by from_ord, source, event_id)
            as until_at
    from officer_assignments
),

acts as (
    select
        facts.case_no,
        facts.officer,
        facts.post,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.is_day,
        case_rows.department,
        case
            when facts.type <> 'esup.case.accepted' then coalesce(case_rows.exists_from, case_rows.pinned_at)
        end as pinned_from,
        case
            when facts.type = 'esup.case.accepted' and not is_missing(facts.post) then facts.post
            when facts.type in ('esup.case.step_started', 'esup.case.step_finished') and not is_missing(item_steps.post)
                then item_steps.post
        end as post_needed
    from facts
    left outer join case_rows on facts.key = case_rows.key
    left outer join item_steps
        on
            case_rows.item_id = item_steps.item_id
            and facts.step = item_steps.step
    where
        facts.officer is not null
        and facts.type like 'esup.case.%'
),

unlawful as (
    select
        acts.case_no,
        acts.officer,
        acts.post,
        acts.source,
        acts.event_id,
        acts.occurred_at,
        acts.is_day,
        acts.department,
        acts.pinned_from,
        acts.post_needed
    from acts
    left outer join terms
        on
            acts.officer = terms.officer
            and terms.is_enabled
            and (acts.department is null or acts.department = terms.department)
            and (
                acts.post_needed is null
                or (acts.post_needed = acts.post and list_contains(terms.posts, acts.post_needed))
            )
            and case
                when acts.is_day then terms.from_at < acts.occurred_at + interval 24 hour
                else terms.from_at <= acts.occurred_at
            end
            and (terms.until_at is null or terms.until_at > acts.occurred_at)
    where
        terms.officer is null
        and not is_missing(acts.officer)
),

-- Where the post alone is wrong, it is so by the flow that the acceptance pins, and not before that.
weighed as (
    select
        unlawful.case_no,
        unlawful.officer,
        unlawful.post,
        unlawful.source,
        unlawful.event_id,
        unlawful.occurred_at,
        unlawful.department,
        unlawful.post_needed,
        unlawful.pinned_from,
        bool_or(terms.officer is not null) as is_in_office
    from unlawful
    left outer join terms
        on
            unlawful.officer = terms.officer
            and terms.is_enabled
            and (unlawful.department is null or unlawful.department = terms.department)
            and case
                when unlawful.is_day then terms.from_at < unlawful.occurred_at + interval 24 hour
                else terms.from_at <= unlawful.occurred_at
            end
            and (terms.until_at is null or terms.until_at > unlawful.occurred_at)
    group by
        unlawful.case_no,
        unlawful.officer,
        unlawful.post,
        unlawful.source,
        unlawful.event_id,
        unlawful.occurred_at,
        unlawful.department,
        unlawful.post_needed,
        unlawful.pinned_from
)

select
    case_no as subject_id,
    case_no,
    department,
    officer,
    source as occurrence_source,
    event_id as occurrence_id,
    case when is_in_office then greatest(occurred_at, pinned_from) else occurred_at end as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'act', event_id, 'officer', officer, 'in_office', is_in_office, 'post', post, 'post_needed', post_needed
    ) as evidence
from weighed
