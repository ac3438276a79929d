-- A limit that more than one valid extension lengthens: the law allows one.
-- grain:   key, of_what, limit_id
-- refresh: view
select
    key,
    of_what,
    limit_id,
    count(*) as times
from extensions
where is_valid
group by key, of_what, limit_id
having count(*) > 1
