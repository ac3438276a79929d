-- The log's rows as its bulk text gives them.
-- grain:   position
-- refresh: load
-- inputs:  rows_path
select *
from read_csv(
    getvariable('rows_path'),
    delim = chr(31),
    quote = '',
    escape = '',
    header = false,
    auto_detect = false,
    nullstr = '',
    new_line = '\n',
    max_line_size = 33554432,
    columns = {
        'position': 'BIGINT',
        'subject': 'VARCHAR',
        'type': 'VARCHAR',
        'occurred_at': 'BIGINT',
        'recorded_at': 'BIGINT',
        'source': 'VARCHAR',
        'event_id': 'VARCHAR',
        'dataversion': 'BIGINT',
        'body': 'VARCHAR'
    }
)
