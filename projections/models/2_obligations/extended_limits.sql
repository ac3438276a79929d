-- The limits that a valid extension moves, with what it adds.
-- grain:   limit_id
-- refresh: view
with

moved as (
    select
        base_limits.*,
        extensions.n as added,
        extensions.position as extension_position
    from extensions
    inner join base_limits
        on
            extensions.key = base_limits.key
            and (
                extensions.limit_id = base_limits.limit_id
                or (
                    extensions.of_what = 'case'
                    and base_limits.limit_source = 'item.promised'
                    and extensions.moves <> 'statutory'
                    and (base_limits.breaches_at is null or extensions.occurred_at < base_limits.breaches_at)
                )
            )
    where extensions.is_valid
)

select
    * exclude (opened_on, last_counted_on, due_on, breaches_at, prompts_at, provisional, n, prompt),
    n as base_n,
    n + added as n,
    prompt + added as prompt
from moved
