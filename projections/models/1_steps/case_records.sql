-- What the facts of each case say about it at first sight: who handles it, and its first milestones.
-- grain:   case_no
-- refresh: scratch
select
    key,
    case_no,
    arg_max(department, ord) filter (where department is not null) as department,
    arg_max(item, ord) filter (where item is not null) as item,
    min(occurred_at) as first_at,
    min(occurred_at) filter (where type = 'esup.case.applied') as applied_at,
    arg_min(
        struct_pack(
            position := position,
            occurred_at := occurred_at,
            item := item,
            source := source,
            event_id := event_id,
            is_day := is_day,
            ord := ord
        ),
        ord
    ) filter (where type = 'esup.case.accepted') as accepted,
    -- What is neither accepted nor filed runs from its measure or from the request for information.
    coalesce(
        min(occurred_at) filter (where type = 'esup.case.filed'),
        min(occurred_at) filter (where type in ('esup.case.measure_taken', 'esup.case.disclosure_requested'))
    ) as filed_at,
    arg_min(struct_pack(occurred_at := occurred_at, outcome := outcome), ord)
    filter (where type = 'esup.case.decided') as decided,
    min(occurred_at) filter (where type = 'esup.case.closed') as closed_at,
    min(occurred_at) filter (where type = 'esup.case.withdrawn') as withdrawn_at,
    min(occurred_at) filter (where type = 'esup.case.acceptance_refused') as refused_at
from facts
where type like 'esup.case.%'
group by key, case_no
