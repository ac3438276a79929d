-- Who owes a duty that concerns a department, and by whose zone and calendar: the department itself, or the supervisor
-- of its region.
-- grain:   office, is_owed_by_supervisor
-- refresh: whole
select
    departments.department as office,
    duty.is_owed_by_supervisor,
    departments.region,
    departments.calendar,
    case when duty.is_owed_by_supervisor then departments.supervisor else departments.department end as owing,
    coalesce(owing.zone, departments.zone) as zone,
    work_calendars.calendar_no
from departments
cross join (select unnest([false, true]) as is_owed_by_supervisor) as duty
left join departments as owing
    on
        case when duty.is_owed_by_supervisor then departments.supervisor else departments.department end
        = owing.department
left join work_calendars on coalesce(owing.work_calendar, departments.work_calendar) = work_calendars.work_calendar
