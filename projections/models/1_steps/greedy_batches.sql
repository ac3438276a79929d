-- Of things that begin and are complete at these whole numbers, in the order of their beginnings, the batches of at least
-- so many that are complete within the span from the beginning of the first; each thing is in one batch. `possible` says
-- where at least so many are, those of an earlier batch included. Gives the place of each batch's first, and the end of
-- the batch before it, after which its things are complete.
-- grain:   none
-- refresh: scalar
-- inputs:  begins, completes, possible, span, least
select
    list_reduce(
        list_zip(begins, completes, possible, range(1, len(begins) + 1)),
        lambda taken, one: case
            when not one[3] or one[2] > one[1] + span or one[2] <= taken.until then taken
            when
                one[1] <= taken.until
                and len(
                    list_filter(
                        list_zip(begins, completes),
                        lambda other:
                            other[1] >= one[1] and other[2] > taken.until and other[2] <= one[1] + span
                    )
                ) < least
                then taken
            else struct_pack(
                until := one[1] + span,
                batches := list_append(taken.batches, struct_pack(nth := one[4], after := taken.until))
            )
        end,
        struct_pack(until := null::bigint, batches := []::struct(nth bigint, "after" bigint)[])
    ).batches
