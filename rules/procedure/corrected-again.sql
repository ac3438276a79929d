-- Second and later notices to correct that name a paper which the first did not name, though it could have: it lay in
-- the first submission, or the item version requires it. Before an acceptance pins a version, the one in force at the
-- notice holds.
with

notices as (
    select
        facts.key,
        facts.case_no,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        from_json(json_extract(facts.data, '$.items'), '["VARCHAR"]') as papers,
        row_number() over (partition by facts.key order by facts.ord) as nth
    from facts
    where facts.type = 'esup.case.correction_noticed'
),

later as (
    select
        notices.key,
        notices.source,
        notices.event_id,
        notices.occurred_at,
        notices.officer,
        case_rows.case_no,
        case_rows.department,
        coalesce(
            case_rows.item_id,
            arg_max(items.item_id, struct_pack(effective_from := items.effective_from, ord := items.ord))
        ) as item_id
    from notices
    inner join case_rows on notices.key = case_rows.key
    left outer join items
        on
            case_rows.pinned_at is null
            and case_rows.item = items.item
            and notices.occurred_at >= items.published_at
            and cast(timezone(case_rows.zone, notices.occurred_at) as date) >= items.effective_from
    where notices.nth > 1
    group by
        notices.key,
        notices.source,
        notices.event_id,
        notices.occurred_at,
        notices.officer,
        case_rows.case_no,
        case_rows.department,
        case_rows.item_id
),

-- The materials of the application; where it had none, those first received.
submitted as (
    select
        facts.key,
        arg_min(
            from_json(json_extract(facts.data, '$.materials'), '["VARCHAR"]'),
            struct_pack(is_later := facts.type = 'esup.case.materials_received', ord := facts.ord)
        ) as papers
    from facts
    where
        facts.type in ('esup.case.applied', 'esup.case.materials_received')
        and (facts.type = 'esup.case.materials_received' or facts.with_materials)
        and facts.key in (select later.key from later)
    group by facts.key
),

added as (
    select
        repeated.key,
        repeated.source,
        repeated.event_id,
        first_notice.event_id as first_event_id,
        first_notice.papers as papers_before,
        unnest(repeated.papers) as paper
    from notices as repeated
    inner join notices as first_notice on repeated.key = first_notice.key
    where
        first_notice.nth = 1
        and repeated.nth > 1
)

select
    later.case_no as subject_id,
    later.case_no,
    later.department,
    later.officer,
    later.source as occurrence_source,
    later.event_id as occurrence_id,
    later.occurred_at as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('first_notice', min(added.first_event_id), 'could_have_named', min(added.paper)) as evidence
from later
inner join added
    on
        later.key = added.key
        and later.source = added.source
        and later.event_id = added.event_id
left outer join submitted on later.key = submitted.key
left outer join item_materials
    on
        later.item_id = item_materials.item_id
        and added.paper = item_materials.code
        and item_materials.is_required
where
    not list_contains(added.papers_before, added.paper)
    and (coalesce(list_contains(submitted.papers, added.paper), false) or item_materials.code is not null)
group by
    later.case_no,
    later.department,
    later.officer,
    later.source,
    later.event_id,
    later.occurred_at
