-- What follows from obligations: a breach once its limit has passed, a prompt while it still runs.
-- Future ones are rows too; they carry the instant at which they become true.
-- grain:   rule_id, level, source, event_id
-- refresh: key
with

breached as (
    select
        obligation_rows.*,
        greatest(obligation_rows.breaches_at, obligation_rows.exists_from) as triggers_at,
        least(obligation_rows.discharged_at, obligation_rows.voided_at) as ended_at
    from obligation_rows
    where
        obligation_rows.level is not null
        and obligation_rows.breaches_at is not null
        and not obligation_rows.provisional
        and (
            obligation_rows.discharged_at is null
            or obligation_rows.discharged_at >= obligation_rows.breaches_at
        )
        and (
            obligation_rows.voided_at is null
            or obligation_rows.voided_at >= obligation_rows.breaches_at
        )
),

-- While a due date is provisional nothing is prompted but the missing calendar notice itself. A rule prompts for
-- itself, or another rule prompts for it.
prompted as (
    select
        obligation_rows.* replace (
            prompting.rule_no as rule_no,
            prompting.rule_id as rule_id,
            prompting.rule_version as rule_version,
            prompting.prompt_level as level
        ),
        greatest(obligation_rows.prompts_at, obligation_rows.exists_from) as triggers_at,
        null::timestamptz as ended_at
    from obligation_rows
    inner join rule_definitions as prompting
        on
            prompting.prompt_level is not null
            and case
                when prompting.kind = 'obligation'
                    then prompting.rule_no = obligation_rows.rule_no and not obligation_rows.provisional
                else
                    case when obligation_rows.provisional then 'provisional' else obligation_rows.rule_id end
                    = prompting.of_rule_id
            end
    where
        obligation_rows.prompts_at is not null
        and obligation_rows.discharged_at is null
        and obligation_rows.voided_at is null
),

found as (
    select * from breached
    union all by name
    select * from prompted
)

select
    key,
    rule_no,
    rule_id,
    rule_version,
    level,
    subject_kind,
    subject,
    case_no,
    department,
    officer,
    source,
    event_id,
    limit_id,
    exists_from,
    triggers_at,
    ended_at
from found
