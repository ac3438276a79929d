-- A share to four decimal places, null over zero.
-- grain:   none
-- refresh: scalar
-- inputs:  part, whole
select
    case when whole = 0 then null else round(part::decimal(18, 4) / whole, 4)::decimal(18, 4) end
