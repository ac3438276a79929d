-- Where each duty falls: its case and item, the office that owes it, and that office's zone and calendar. A macro over
-- two relations, as limit_duties has them.
-- grain:   rule_no, position
-- refresh: macro
-- inputs:  source_duties, source_cases
with

concerned as (
    select
        duties.*,
        rule_definitions.is_owed_by_supervisor,
        rule_definitions.deems is not null as is_answer,
        rule_definitions.silent_kinds,
        rule_definitions.silent_n,
        cases.item,
        cases.item_id,
        cases.class,
        cases.first_class,
        cases.item_kind,
        cases.region as case_region,
        cases.zone as case_zone,
        cases.calendar as case_calendar,
        cases.calendar_no as case_calendar_no,
        cases.department as case_department,
        cases.exists_from as case_exists_from,
        -- Where a case's own department does not owe the duty itself, the office concerned has to be looked up.
        case
            when duties.department is not null or rule_definitions.is_owed_by_supervisor
                then coalesce(duties.department, cases.department)
        end as office
    from query_table(source_duties) as duties
    inner join rule_definitions on duties.rule_no = rule_definitions.rule_no
    left join query_table(source_cases) as cases on hash(duties.case_no) = cases.key
)

select
    concerned.* replace (case when not concerned.is_owed_by_supervisor then concerned.officer end as officer),
    case
        when concerned.is_owed_by_supervisor then offices.owing else coalesce(concerned.office, case_department)
    end
        as owing_department,
    coalesce(offices.region, concerned.case_region) as region,
    regions.profile,
    coalesce(offices.zone, concerned.case_zone, 'Asia/Shanghai') as zone,
    coalesce(offices.calendar, concerned.case_calendar, 'cn') as calendar,
    coalesce(offices.calendar_no, concerned.case_calendar_no, country.calendar_no) as calendar_no,
    items.promised as item_promised,
    items.statutory as item_statutory,
    item_steps.flow_step."limit" as step_limit
from concerned
left join owing_offices as offices
    on concerned.office = offices.office and concerned.is_owed_by_supervisor = offices.is_owed_by_supervisor
left join regions on offices.region = regions.region
left join work_calendars as country on country.work_calendar = 'cn'
left join items on concerned.item_id = items.item_id
left join item_steps on concerned.item_id = item_steps.item_id and concerned.step = item_steps.step
