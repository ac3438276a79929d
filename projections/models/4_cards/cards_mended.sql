-- Issued cards whose obligation has been discharged or whose condition has ended: what the monitor must rectify, from
-- the instant at which that happened. One that was rectified from another instant than is known now is said again.
-- grain:   card_id
-- refresh: view
with

ended as (
    select
        card_rows.card_id,
        max(findings_standing.ended_at) as ended_at
    from card_rows
    inner join findings_standing
        on
            card_rows.card_code = findings_standing.card_code
            and card_rows.level = findings_standing.level
            and card_rows.subject_id = findings_standing.subject
            and card_rows.occurrence_source = findings_standing.source
            and card_rows.occurrence_id = findings_standing.event_id
            and card_rows.said_at >= findings_standing.stands_from
    group by card_rows.card_id
    having count(*) = count(findings_standing.ended_at)
)

select
    card_rows.*,
    greatest(ended.ended_at, card_rows.said_at) as ended_at,
    case when card_rows.is_rectified then card_rows.rectified_times else card_rows.rectified_times + 1 end as times,
    case when card_rows.is_rectified then card_rows.rectified_version + 1 else 1 end as dataversion
from card_rows
inner join ended on card_rows.card_id = ended.card_id
where
    card_rows.state in ('issued', 'appealed', 'escalated', 'rectified')
    and (not card_rows.is_rectified or card_rows.rectified_at <> greatest(ended.ended_at, card_rows.said_at))
