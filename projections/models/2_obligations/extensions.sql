-- Every extension of a case's, a step's or a measure's limit, and whether it is valid: allowed by the item, approved by
-- the right role, reasoned, told, in the limit's unit, within the maximum, in time, and the first such.
-- grain:   position
-- refresh: key
-- needs:   esup.case.extended
with

made as (
    select
        facts.key,
        facts.case_no,
        facts.position,
        facts.source,
        facts.event_id,
        facts.occurred_at,
        facts.ord,
        facts.is_day,
        coalesce(facts.extends, 'case') as of_what,
        facts.n,
        facts.unit,
        facts.approver_role,
        facts.reason,
        facts.told_applicant_at,
        items.extension
    from facts
    inner join case_rows on facts.key = case_rows.key
    left join items on case_rows.item_id = items.item_id
    where facts.type = 'esup.case.extended'
),

judging as (
    select
        made.position,
        arg_max(
            struct_pack(
                limit_id := limits.limit_id,
                unit := limits.unit,
                extension_max := limits.extension_max,
                breaches_at := counted_limits.breaches_at
            ),
            struct_pack(
                is_statutory := limits.limit_source = 'item.statutory',
                is_extendable := limits.is_extendable,
                ord := limits.ord
            )
        ) as judged_by
    from made
    inner join limits
        on
            made.key = limits.key
            -- One known to the day lies in its day as favours the department.
            and (
                limits.ord <= made.ord
                or (made.is_day and not limits.is_day and made.occurred_at + interval 24 hour > limits.opened_at)
            )
            and case
                when made.of_what = 'case'
                    then
                        limits.limit_source in ('item.statutory', 'item.promised')
                        or (limits.is_extendable and limits.ref is null)
                when limits.limit_source = 'step' then limits.step = made.of_what
                else limits.is_extendable and limits.ref = made.of_what
            end
    inner join counted_limits on limits.limit_id = counted_limits.limit_id
    group by made.position
),

judged as (
    select
        made.*,
        judging.judged_by.limit_id as limit_id,
        case
            when made.extension is null then 'the item allows no extension'
            when coalesce(made.approver_role, '') <> coalesce(made.extension.approver_role, '')
                then 'approved by another role'
            when is_missing(made.reason) then 'no reason'
            when made.told_applicant_at is null then 'applicant not told'
            when judging.judged_by is null then 'no limit runs'
            when made.unit <> judging.judged_by.unit then 'not the unit of the limit'
            when
                made.extension.max.n is not null
                and (made.extension.max.unit <> made.unit or made.n > made.extension.max.n)
                then 'beyond the maximum'
            when made.n > judging.judged_by.extension_max then 'beyond the maximum of the law'
            when made.occurred_at >= judging.judged_by.breaches_at then 'made too late'
        end as defect
    from made
    left join judging on made.position = judging.position
),

numbered as (
    select
        *,
        row_number() over (partition by key, of_what, limit_id, defect is null order by ord) as extension_no
    from judged
)

select
    key,
    case_no,
    position,
    source,
    event_id,
    of_what,
    limit_id,
    occurred_at,
    ord,
    n,
    unit,
    coalesce(extension.moves, '') as moves,
    defect is null and extension_no = 1 as is_valid,
    coalesce(defect, case when extension_no > 1 then 'a valid one exists already' end) as reason
from numbered
