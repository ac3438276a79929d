-- The codes of the materials of a catalogue entry or a guide in their order, so that two lists can be compared.
-- Null where no list is given.
-- grain:   none
-- refresh: scalar
-- inputs:  given
select
    list_sort(list_distinct(list_transform(
        from_json(given, '[{"code":"VARCHAR"}]'),
        lambda entry: coalesce(entry.code, '')
    )))
