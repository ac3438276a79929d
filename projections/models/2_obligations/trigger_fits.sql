-- Whether the one field that a trigger compares, if any, has its value in a fact.
-- grain:   none
-- refresh: scalar
-- inputs:  field, value, recorded
select
    field is null
    or value = case field
        when 'what' then recorded.what
        when 'outcome' then recorded.outcome
        when 'action' then recorded.action
        when 'kind' then recorded.kind
        when 'channel' then recorded.channel
        when 'step' then recorded.step
        when 'measure' then recorded.measure
        when 'level' then recorded.level
        when 'result' then recorded.result
        when 'written' then recorded.written
        when 'approved' then recorded.approved
        when 'states_day' then recorded.states_day
        when 'awaits_task' then recorded.awaits_task
        when 'with_materials' then recorded.with_materials::varchar
    end
