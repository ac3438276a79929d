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

flow_posts as (
    select
        item_id,
        step,
        post
    from item_steps
    where not is_missing(post)
),

acts as (
    select
        facts.position,
        facts.officer,
        facts.post,
        facts.occurred_at,
        facts.is_day,
        case_rows.department,
        case
            when facts.type <> 'esup.case.accepted' then coalesce(case_rows.exists_from, case_rows.pinned_at)
        end as pinned_from,
        case
            when facts.type = 'esup.case.accepted' and not is_missing(facts.post) then facts.post
            when facts.type in ('esup.case.step_started', 'esup.case.step_finished') then flow_posts.post
        end as post_needed
    from facts
    left outer join case_rows on facts.key = case_rows.key
    left outer join flow_posts
        on
            case_rows.item_id = flow_posts.item_id
            and facts.step = flow_posts.step
    where
        facts.officer is not null
        and facts.type like 'esup.case.%'
),

unlawful as (
    select
        acts.position,
        acts.officer,
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
        unlawful.position,
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
    group by unlawful.position, unlawful.department, unlawful.post_needed, unlawful.pinned_from
)

select
    facts.case_no as subject_id,
    facts.case_no,
    weighed.department,
    facts.officer,
    facts.source as occurrence_source,
    facts.event_id as occurrence_id,
    case
        when weighed.is_in_office then greatest(facts.occurred_at, weighed.pinned_from)
        else facts.occurred_at
    end as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object(
        'act', facts.event_id,
        'officer', facts.officer,
        'in_office', weighed.is_in_office,
        'post', facts.post,
        'post_needed', weighed.post_needed
    ) as evidence
from weighed
inner join facts on weighed.position = facts.position
