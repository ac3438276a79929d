-- The log: one row an event, one head. Statements are divided by empty lines.

CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY CHECK (position > 0),
    stream TEXT NOT NULL,
    version INTEGER CHECK (version >= 0),
    type TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    appended_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    dataversion INTEGER NOT NULL CHECK (dataversion > 0),
    body TEXT NOT NULL,
    leaf_hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS events_by_identity ON events (event_id, source, dataversion);

-- Facts have no version, so they cost this index nothing.
CREATE UNIQUE INDEX IF NOT EXISTS events_by_version ON events (stream, version) WHERE version IS NOT NULL;

CREATE TABLE IF NOT EXISTS head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    appended_at INTEGER NOT NULL,
    hash_name TEXT NOT NULL,
    frontier BLOB NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER IF NOT EXISTS events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER IF NOT EXISTS head_is_not_removed BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER IF NOT EXISTS head_moves_forward BEFORE UPDATE ON head
WHEN new.size < old.size OR new.appended_at < old.appended_at OR new.hash_name <> old.hash_name
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- What the eventsourcing library reads: the events of aggregates, under the names it knows.
CREATE VIEW IF NOT EXISTS stored_events (rowid, originator_id, originator_version, topic, state) AS
SELECT position, stream, version, type, CAST(body AS BLOB) FROM events WHERE version IS NOT NULL;
