-- Charges whose paid amount is off the standard of the fee by more than a twentieth, or at all where it is fixed. A
-- reason for relief excuses less, never more.
with

charged as (
    select
        facts.key,
        facts.case_no,
        facts.occurred_at,
        facts.officer,
        facts.source,
        facts.event_id,
        facts.data ->> '$.fee' as fee,
        try_cast(facts.data ->> '$.paid' as decimal(28, 8)) as paid,
        facts.data ->> '$.relief_reason' as relief_reason
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
    json_object(
        'charged', charged.event_id, 'fee', charged.fee, 'paid', cast(charged.paid as text),
        'standard', cast(item_fees.standard as text)
    ) as evidence
from charged
inner join case_rows on charged.key = case_rows.key
inner join item_fees
    on
        case_rows.item_id = item_fees.item_id
        and charged.fee = item_fees.fee
where
    case
        when charged.paid < item_fees.standard and not is_missing(charged.relief_reason) then false
        when item_fees.is_fixed then charged.paid <> item_fees.standard
        else abs(charged.paid - item_fees.standard) > 0.05 * item_fees.standard
    end
