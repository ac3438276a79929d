-- A limit in 120ths of a day, by which limits of different units are compared: hour 1/24, working day 7/5, month 30 and
-- year 365 days.
-- grain:   none
-- refresh: scalar
-- inputs:  n, unit
select
    n::bigint * case unit
        when 'hour' then 5
        when 'calendar_day' then 120
        when 'work_day' then 168
        when 'calendar_month' then 3600
        when 'calendar_year' then 43800
    end
