"""The DuckDB file that holds the projections: connection, the tables that models rest on, the log's rows read."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import duckdb

from projections.model import Model, models_digest, read_model

_LOAD, _ROWS_OF_TEXT, _ROWS_OF_SEGMENT = (
    read_model(Path(__file__).parent / name).text for name in ("load.sql", "rows_of_text.sql", "rows_of_segment.sql")
)
_FOUNDATIONS = (Path(__file__).parent / "foundations.sql").read_text("utf-8")
Rows = bytes | Path
"""Rows of the log: text as it writes them for a bulk load, or a segment of its archive."""
Answer = tuple[list[str], list[tuple[Any, ...]]]
"""The column names of a question and the rows that answer it."""

_CHECKPOINT_FILE, _CHECKPOINT_MEMORY = "256MB", "1TB"
# What does not fit waits on disk, and what is derived at once is no more than fits. In a home the indexes cannot wait:
# as updates touch them all over, they come to lie in memory whole, some 30 bytes an event; and what is touched is
# fetched from everywhere.
_MEGABYTES, _EVENTS_A_MEGABYTE_MORE = 3_000, 50_000
_INDEXED = """
select estimated_size
from duckdb_tables()
where
    database_name = current_database()
    and table_name = 'events'
    and exists (select 1 from duckdb_indexes() where index_name = 'events_key')
"""
# In memory the projections of one event take some 1,700 bytes, in a file 200.
EVENTS_IN_MEMORY_MAXIMUM = 1_500_000
# Where memory is short, a join that pushes its filter down loses rows in DuckDB 2.0, in a question as in a derivation.
NEVER_OPTIMISED = "join_filter_pushdown"


class Store:
    """One DuckDB database with the events as loaded; `None` keeps it in memory."""

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        self.path = path
        self._has_one_thread = False
        self.connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        if path is not None and not read_only and self.is_outdated():
            # Nothing is lost: what other models derived follows from the log once more.
            self.connection.close()
            path.unlink()
            self.connection = duckdb.connect(str(path))
        self.catalog = f'"{self.one("select replace(current_database(), chr(34), chr(34) || chr(34))")}"'
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute("set preserve_insertion_order = false")
        self.connection.execute("set enable_progress_bar = false")
        self.connection.execute(f"set disabled_optimizers = '{NEVER_OPTIMISED}'")
        # By the index a row of `events` costs some two hundred times what it costs in a scan.
        self.connection.execute("set index_scan_percentage = 0.005")
        # One value out of a run is found by counting the runs from the first of its segment: an update that fetches and
        # deletes a thousand rows would take several times as long, for a file that is a sixth smaller.
        self.connection.execute("set disabled_compression_methods = 'rle'")
        # A checkpoint in the middle of a derivation costs more than the derivation; a file gets its own at its end.
        self.connection.execute(f"set checkpoint_threshold = '{_CHECKPOINT_FILE if path else _CHECKPOINT_MEMORY}'")
        self.make_room()
        self._aside: tempfile.TemporaryDirectory[str] | None = None
        if not read_only:
            self._lay_foundations()

    @classmethod
    def unkept(cls, events: int) -> "Store":
        """A database that nobody keeps, for so many events: in memory, or in a file that goes when it is closed."""
        folder = tempfile.TemporaryDirectory(prefix="esup-")
        path = Path(folder.name)
        store = cls(path / "projections.duckdb" if events > EVENTS_IN_MEMORY_MAXIMUM else None)
        store.execute(f"set temp_directory = '{path / 'spilled'}'")
        store._aside = folder
        return store

    @classmethod
    def beside(cls, other: "Store") -> "Store":
        """The same database on a connection of its own: what is temporary there lies before what is stored."""
        store = copy(other)
        store.connection, store._aside = other.cursor(), None
        return store

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Run one statement."""
        return self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: object = None) -> Any:
        """The first column of the first row, or None."""
        row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own, which sees what is stored and not what lies before it while that is derived."""
        cursor = self.connection.cursor()
        cursor.execute("set timezone = 'UTC'")
        return cursor

    def query(self, sql: str, parameters: object = None) -> Answer:
        """Column names and rows of one reading statement over what is stored."""
        return answer(self.cursor(), sql, parameters)

    def make_room(self) -> None:
        """Allow the memory in which a slice is derived, or an update beside the indexes of a large home."""
        megabytes = _MEGABYTES + int(self.one(_INDEXED) or 0) // _EVENTS_A_MEGABYTE_MORE
        self.execute(f"set memory_limit = '{megabytes}MB'")

    def use_threads(self, *, one: bool) -> None:
        """From now on one thread, where there is more to plan than to share, or as many as the machine has."""
        if one != self._has_one_thread:
            self.execute("set threads = 1" if one else "reset threads")
        self._has_one_thread = one

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    @contextmanager
    def reading(self, rows: Rows, known_at: int | None = None) -> Iterator[str]:
        """The query that gives these rows of the log as rows of `events`; those recorded after `known_at` stay out."""
        if isinstance(rows, Path):
            yield self._events_from(_ROWS_OF_SEGMENT, rows, known_at)
            return
        with tempfile.NamedTemporaryFile(suffix=".txt", dir=_text_folder()) as file:
            file.write(rows)
            file.flush()
            yield self._events_from(_ROWS_OF_TEXT, Path(file.name), known_at)

    def _events_from(self, log_rows: str, path: Path, known_at: int | None) -> str:
        self.connection.execute("set variable rows_path = ?", [str(path)])
        # On the log's own column: of a segment, the groups of rows that were all recorded later are not even read.
        known = "" if known_at is None else f" where recorded_at <= {known_at:d}"
        return f"with log_rows as (from ({log_rows}){known}) from ({_LOAD})"

    def is_outdated(self) -> bool:
        """Whether the file holds projections that other models made."""
        tables = {row[0] for row in self.rows("select table_name from duckdb_tables()")}
        if "made_by" not in tables:
            return bool(tables)
        return bool(self.one("select digest from made_by") != models_digest())

    def close(self) -> None:
        """Let go of the file; one that nobody keeps is gone."""
        self.connection.close()
        if self._aside is not None:
            self._aside.cleanup()

    def _lay_foundations(self) -> None:
        if self.one("select count(*) from duckdb_tables() where table_name = 'clock'"):
            return
        with self.transaction(), self.reading(b"") as events:
            self.execute(f"create table events as {events} limit 0")
            self.execute(_FOUNDATIONS)
            self.execute("insert into made_by values (?)", [models_digest()])


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> Answer:
    """Column names and rows of one reading statement."""
    result = connection.execute(sql, parameters)
    return [column[0] for column in result.description or []], result.fetchall()


def create(model: Model, *, temporary: bool = False, text: str | None = None) -> str:
    """The statement that makes a model's relation from its text; `text` replaces it for a generated one."""
    body = text or model.text
    scope = "temp " if temporary or model.refresh == "scratch" else ""
    match model.refresh:
        case "view":
            return f"create or replace {scope}view {model.name} as {body}"
        case "macro":
            return f"create or replace macro {model.name}({', '.join(model.inputs)}) as table {body}"
        case "scalar":
            return f"create or replace macro {model.name}({', '.join(model.inputs)}) as {body.removeprefix('select')}"
        case _:
            return f"create or replace {scope}table {model.name} as {body}"


def _text_folder() -> str | None:
    # Memory-backed where the system has it: the text is read once and dropped.
    shared_memory = Path("/dev/shm")
    return str(shared_memory) if shared_memory.is_dir() else None
