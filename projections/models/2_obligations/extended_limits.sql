-- The limits that a valid extension moves, with what it adds.
-- grain:   limit_id
-- refresh: view
select
    limits.* replace (
        limits.n + extensions.n as n,
        limits.prompt + extensions.n as prompt
    ),
    extensions.position as extension_position
from extensions
inner join limits on extensions.key = limits.key
inner join counted_limits on limits.limit_id = counted_limits.limit_id
where
    extensions.is_valid
    and (
        (
            extensions.limit_id = limits.limit_id
            and (limits.limit_source <> 'item.promised' or extensions.moves <> 'statutory')
        )
        or (
            extensions.of_what = 'case'
            and limits.limit_source = 'item.promised'
            and extensions.moves <> 'statutory'
            and (counted_limits.breaches_at is null or extensions.occurred_at < counted_limits.breaches_at)
        )
    )
