-- The due day of each limit, and its prompt and breach, as they stand without any extension.
-- grain:   limit_id
-- refresh: scratch
select * from count_limits('limits', 'pauses')
