-- What lies beside the events and the models; with the text of the models it makes the digest of a file.

-- The moment at which everything stands, and the last position of the log that was loaded.
create table clock (as_of timestamptz, known_at timestamptz, position bigint);
insert into clock values (make_timestamptz(0), make_timestamptz(0), 0);

-- Facts that are loaded and cannot be seen yet.
create table awaited (key ubigint, type varchar, visible_at timestamptz);

-- Streams that are touched together, and the streams in which a fact of an identity was corrected.
create table links (key ubigint, other_key ubigint);
create table corrected (identity ubigint, key ubigint);

-- One row once everything was derived: up to where, and whether for updates, which look up by indexes.
create table derived (position bigint, is_live boolean);

create table made_by (digest varchar);
