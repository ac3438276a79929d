-- What each case, or each stream of its own, gives to the rules across cases: one row a fact that a rule weighs, with
-- the group in which it is weighed. What concerns no case is kept under the stream of its fact.
-- grain:   rule_no, group_id, occurrence_source, occurrence_id
-- refresh: key
with

of_no_case as (
    select distinct
        found_gathered.occurrence_source,
        found_gathered.occurrence_id
    from found_gathered
    where found_gathered.case_no is null
),

streams as (
    select
        facts.source as occurrence_source,
        facts.event_id as occurrence_id,
        facts.key
    from facts
    inner join of_no_case
        on facts.source = of_no_case.occurrence_source and facts.event_id = of_no_case.occurrence_id
)

select
    case when found_gathered.case_no is null then streams.key else hash(found_gathered.case_no) end as key,
    found_gathered.rule_no,
    hash(found_gathered.rule_no, found_gathered.group_id) as group_key,
    found_gathered.group_id,
    found_gathered.case_no,
    found_gathered.department,
    found_gathered.officer,
    found_gathered.post,
    found_gathered.occurred_at,
    found_gathered.recorded_at,
    found_gathered.occurrence_source,
    found_gathered.occurrence_id,
    found_gathered.words,
    found_gathered.number,
    found_gathered.flag
from found_gathered
inner join rule_definitions on found_gathered.rule_no = rule_definitions.rule_no
left join case_rows on hash(found_gathered.case_no) = case_rows.key
left join streams
    on
        found_gathered.case_no is null
        and found_gathered.occurrence_source = streams.occurrence_source
        and found_gathered.occurrence_id = streams.occurrence_id
where
    found_gathered.group_id is not null
    and rule_covers(
        rule_definitions,
        case_rows.class,
        case_rows.item_kind,
        case_rows.item,
        coalesce(case_rows.calendar, 'cn'),
        case_rows.region
    )
