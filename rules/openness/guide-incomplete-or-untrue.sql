-- Guides that lack what the public needs, or that tell it otherwise than the item version they name. What is missing is
-- found at the guide; what differs, at the later of the two publications. A later guide of the same channel that is
-- complete and true mends it.
with

guides as (
    select
        facts.subject,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.ord,
        item_guides.item,
        item_guides.item_version,
        item_guides.channel,
        item_guides.missing,
        item_guides.promised_n,
        item_guides.promised_unit,
        item_guides.statutory_n,
        item_guides.statutory_unit,
        item_guides.fees,
        item_guides.materials
    from facts
    inner join item_guides on facts.source = item_guides.source and facts.event_id = item_guides.event_id
    where facts.type = 'esup.item.guide_published'
),

named as (
    select
        guides.source,
        guides.event_id,
        items.event_id as version_id,
        items.department,
        items.published_at,
        items.promised,
        items.statutory,
        items.fees,
        items.materials,
        row_number() over (
            partition by guides.source, guides.event_id order by items.ord desc, items.source desc, items.event_id desc
        ) as nth
    from guides
    inner join items on guides.item = items.item and guides.item_version = items.item_version
),

-- Of a version that was published again the last publication holds.
judged as (
    select
        guides.subject,
        guides.source,
        guides.event_id,
        guides.occurred_at,
        guides.ord,
        guides.channel,
        guides.missing,
        named.version_id,
        named.department,
        named.published_at,
        guides.missing is not null as is_incomplete,
        named.version_id is not null
        and (
            guides.promised_n is distinct from named.promised.n
            or guides.promised_unit is distinct from named.promised.unit
            or guides.statutory_n is distinct from named.statutory.n
            or guides.statutory_unit is distinct from named.statutory.unit
            or guides.fees is distinct from named.fees
            or guides.materials is distinct from named.materials
        ) as is_untrue
    from guides
    left outer join named
        on
            guides.source = named.source
            and guides.event_id = named.event_id
            and named.nth = 1
),

mended as (
    select
        judged.source,
        judged.event_id,
        min(later.occurred_at) as mended_at
    from judged
    inner join judged as later
        on
            judged.subject = later.subject
            and judged.channel = later.channel
            and judged.ord < later.ord
    where not (later.is_incomplete or later.is_untrue)
    group by judged.source, judged.event_id
)

select
    judged.subject as subject_id,
    cast(null as varchar) as case_no,
    judged.department,
    cast(null as varchar) as officer,
    judged.source as occurrence_source,
    judged.event_id as occurrence_id,
    case
        when judged.is_incomplete then judged.occurred_at
        else greatest(judged.occurred_at, judged.published_at)
    end as triggers_at,
    mended.mended_at as rectified_at,
    json_object(
        'guide', judged.event_id,
        'version', judged.version_id,
        'missing', judged.missing,
        'untrue', judged.is_untrue
    ) as evidence
from judged
left outer join mended on judged.source = mended.source and judged.event_id = mended.event_id
where
    judged.is_incomplete
    or judged.is_untrue
