-- The fees of a catalogue entry or a guide as ordered texts of code and standard, so that two lists can be compared:
-- 10, 10.0 and 10.00 are one amount. Null where no list is given.
-- grain:   none
-- refresh: scalar
-- inputs:  given
select
    list_sort(list_distinct(list_transform(
        from_json(given, '[{"fee":"VARCHAR","standard":"VARCHAR"}]'),
        lambda entry: concat_ws(
            chr(31),
            coalesce(entry.fee, ''),
            coalesce(try_cast(entry.standard as decimal(38, 12))::varchar, entry.standard, '')
        )
    )))
