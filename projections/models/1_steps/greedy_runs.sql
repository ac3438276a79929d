-- Of runs that begin and end at these whole numbers, in the order of their beginnings, those that do not overlap: each
-- the first that begins after the end of the one taken before it. Gives the beginnings of the runs taken.
-- grain:   none
-- refresh: scalar
-- inputs:  begins, ends
select
    list_reduce(
        list_zip(begins, ends),
        lambda taken, run: case
            when taken.until is null or run[1] > taken.until
                then struct_pack(until := run[2], begins := list_append(taken.begins, run[1]))
            else taken
        end,
        struct_pack(until := null::bigint, begins := []::bigint[])
    ).begins
