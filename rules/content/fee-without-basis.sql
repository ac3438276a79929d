-- Charges of a fee that the case's version of the item does not list.
with

charged as (
    select
        facts.key,
        facts.case_no,
        facts.occurred_at,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.data ->> '$.fee' as fee
    from facts
    where facts.type = 'esup.case.fee_charged'
)

select
    charged.case_no as subject_id,
    charged.case_no,
    cast(null as text) as department,
    charged.officer,
    charged.source as occurrence_source,
    charged.event_id as occurrence_id,
    greatest(charged.occurred_at, case_rows.pinned_at, case_rows.exists_from) as triggers_at,
    cast(null as timestamptz) as rectified_at,
    json_object('charged', charged.event_id, 'fee', charged.fee) as evidence
from charged
inner join case_rows on charged.key = case_rows.key
left outer join item_fees
    on
        case_rows.item_id = item_fees.item_id
        and charged.fee = item_fees.fee
where
    case_rows.item_id is not null
    and item_fees.item_id is null
