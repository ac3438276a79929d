-- Each case with its place, its milestones and the item version that was in force when it was accepted or filed.
-- grain:   case_no
-- refresh: key
with

pinned as (
    select
        case_settings.* exclude (accepted, item_id, exists_from, item),
        coalesce(acceptances.accepted.item, case_settings.item) as item,
        acceptances.accepted.occurred_at as accepted_at,
        acceptances.accepted.source as accepted_source,
        acceptances.accepted.event_id as accepted_event_id,
        acceptances.accepted.ord as accepted_ord,
        acceptances.accepted.is_day as accepted_is_day,
        coalesce(acceptances.is_deemed, false) as accepted_deemed,
        acceptances.deemed_at,
        coalesce(acceptances.accepted.occurred_at, case_settings.filed_at) as pinned_at
    from case_settings
    left join acceptances on case_settings.key = acceptances.key
),

versions as (
    select
        pinned.key,
        arg_max(
            struct_pack(
                item_id := items.item_id,
                item_version := items.item_version,
                class := items.class,
                kind := items.kind,
                suspensions_allowed := items.suspensions_allowed
            ),
            struct_pack(effective_from := items.effective_from, ord := items.ord)
        ) as version
    from pinned
    inner join items
        on
            pinned.item = items.item
            and items.published_at <= pinned.pinned_at
            and items.effective_from <= timezone(pinned.zone, pinned.pinned_at)::date
    group by pinned.key
)

select
    pinned.key,
    pinned.case_no,
    pinned.item,
    versions.version.item_id as item_id,
    versions.version.item_version as item_version,
    coalesce(versions.version.class, pinned.class) as class,
    pinned.first_class,
    coalesce(versions.version.kind, pinned.item_kind) as item_kind,
    coalesce(versions.version.suspensions_allowed, pinned.suspensions_allowed) as suspensions_allowed,
    pinned.department,
    pinned.region,
    pinned.zone,
    pinned.calendar,
    pinned.calendar_no,
    pinned.first_at,
    pinned.applied_at,
    pinned.accepted_at,
    pinned.accepted_source,
    pinned.accepted_event_id,
    pinned.accepted_ord,
    pinned.accepted_is_day,
    pinned.accepted_deemed,
    case when pinned.accepted_deemed then pinned.deemed_at end as exists_from,
    pinned.filed_at,
    pinned.pinned_at,
    pinned.decided.occurred_at as decided_at,
    pinned.decided.outcome as outcome,
    pinned.closed_at,
    pinned.withdrawn_at,
    pinned.refused_at
from pinned
left join versions on pinned.key = versions.key
