"""Persons' envelopes: what names an applicant or a complainant never stands in clear in the log.

A reference takes the person's place, and the values lie beside it, sealed under a key of that person alone. The keys
are in a store of their own: erasing one erases the person from every event and every copy of the log, and its hashes
still verify.
"""

import base64
import hmac
import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import EnvelopeDamaged, KeyStoreFailed, PersonErased

QUARANTINE = "quarantine"
"""The reference under which the home seals input that could not be understood."""

_PERSONS = ("applicant", "party", "complainant")
"""The members of an event's data that are a person."""
_CLEAR = ("kind",)
"""What of a person may be read by all. Everything else is sealed, also a field that this version does not know."""
_SEALED_TEXTS = {"esup.complaint.filed": "content"}
"""The texts that people wrote of themselves, by type of event."""
_KEY_BYTES = 32
_NONCE_BYTES = 12
_REFERENCE_DIGITS = 32
_CACHED_KEYS = 50_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS keys (ref TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""


class Persons:
    """The key store of one home. New keys are durable after `flush`, which must come before the log's commit."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._ciphers: OrderedDict[str, AESGCM] = OrderedDict()
        self._unflushed: dict[str, bytes] = {}
        self._reference_secret = self._secret("reference")
        self._digest_secret = self._secret("digest")

    @classmethod
    def open(cls, path: Path) -> "Persons":
        """Open the key store, or make it, readable by its owner only."""
        with _store_errors(path):
            path.touch(mode=0o600)
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                # An erased key must not survive in a free page.
                connection.execute("PRAGMA secure_delete = ON")
                connection.executescript(_SCHEMA)
                return cls(path, connection)
            except Exception:
                connection.close()
                raise

    def envelope(self, type: str, data: dict[str, Any]) -> dict[str, Any]:
        """The data of an event with its persons enveloped; the data itself where it names none."""
        text = _SEALED_TEXTS.get(type)
        named = [name for name in (*_PERSONS, text) if name in data and data[name] is not None]
        if not named:
            return data
        enveloped = dict(data)
        author = None
        for name in named:
            if name == text:
                enveloped[name] = self._seal(author or _random_reference(), data[name])
            else:
                enveloped[name], author = self._envelope_person(data[name])
        return enveloped

    def _envelope_person(self, person: Any) -> tuple[Any, str | None]:
        """A person as an event may carry it, and the reference; a list of persons is each of them."""
        if isinstance(person, list):
            return [self._envelope_person(one)[0] for one in person], None
        if not isinstance(person, dict):
            ref = _random_reference()
            return {"person": self._seal(ref, person)}, ref
        clear = {name: person[name] for name in _CLEAR if name in person}
        hidden = {name: value for name, value in person.items() if name not in _CLEAR}
        if not hidden:
            return clear, None
        ref = self.reference(hidden.get("id_no"))
        return {**clear, "person": self._seal(ref, hidden)}, ref

    def reference(self, id_no: Any) -> str:
        """What stands for a person: the same for the same id number within one home, random without one."""
        if not isinstance(id_no, str) or not id_no.strip():
            return _random_reference()
        # The last sign of a Chinese id number is an X in either case.
        return self._hmac(self._reference_secret, id_no.strip().upper().encode())[:_REFERENCE_DIGITS]

    def seal_input(self, raw: bytes) -> dict[str, str]:
        """Input that could not be understood, sealed under the home's key for it."""
        return {"digest": self._hmac(self._digest_secret, raw), "sealed": self._encrypt(QUARANTINE, raw)}

    def open_input(self, sealed: str) -> bytes:
        """The input that `seal_input` sealed."""
        return self._decrypt(QUARANTINE, sealed)

    def open_person(self, ref: str, sealed: str) -> Any:
        """The values in an envelope; `PersonErased` when the key is gone."""
        return orjson.loads(self._decrypt(ref, sealed))

    def flush(self) -> None:
        """Make the new keys durable. Must have returned before anything they sealed is committed to the log."""
        if not self._unflushed:
            return
        try:
            with _store_errors(self._path), self._transaction():
                self._connection.executemany("INSERT INTO keys VALUES (?, ?)", self._unflushed.items())
        except KeyStoreFailed:
            # Nothing sealed under these keys may be stored; sealing again makes or finds other keys.
            self._ciphers.clear()
            raise
        finally:
            self._unflushed.clear()

    def erase(self, ref: str) -> None:
        """Remove the person's key for ever: what is sealed under it can never be read again."""
        self._ciphers.pop(ref, None)
        self._unflushed.pop(ref, None)
        with _store_errors(self._path):
            with self._transaction():
                self._connection.execute("DELETE FROM keys WHERE ref = ?", [ref])
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file; keys that were not flushed are lost, as nothing in the log needs them."""
        self._connection.close()

    def __enter__(self) -> "Persons":
        """The key store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self.close()

    def _seal(self, ref: str, value: Any) -> dict[str, str]:
        plain = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return {"ref": ref, "digest": self._hmac(self._digest_secret, plain), "sealed": self._encrypt(ref, plain)}

    def _encrypt(self, ref: str, plain: bytes) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher(ref, make=True).encrypt(nonce, plain, ref.encode())
        return base64.b64encode(nonce + sealed).decode()

    def _decrypt(self, ref: str, sealed: str) -> bytes:
        cipher = self._cipher(ref, make=False)
        try:
            raw = base64.b64decode(sealed, validate=True)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], ref.encode())
        except (InvalidTag, ValueError):
            raise EnvelopeDamaged(ref=ref) from None

    def _cipher(self, ref: str, *, make: bool) -> AESGCM:
        cipher = self._ciphers.get(ref)
        if cipher is None:
            cipher = self._ciphers[ref] = AESGCM(self._key(ref, make=make))
            if len(self._ciphers) > _CACHED_KEYS:
                self._ciphers.popitem(last=False)
        else:
            self._ciphers.move_to_end(ref)
        return cipher

    def _key(self, ref: str, *, make: bool) -> bytes:
        key = self._unflushed.get(ref) or self._stored_key(ref)
        if key is None:
            if not make:
                raise PersonErased(ref=ref)
            key = self._unflushed[ref] = os.urandom(_KEY_BYTES)
        return key

    def _stored_key(self, ref: str) -> bytes | None:
        with _store_errors(self._path):
            found = self._connection.execute("SELECT key FROM keys WHERE ref = ?", [ref]).fetchone()
        return found[0] if found else None

    def _secret(self, name: str) -> bytes:
        with self._transaction():
            self._connection.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", [name, os.urandom(_KEY_BYTES)])
            (secret,) = self._connection.execute("SELECT secret FROM secrets WHERE name = ?", [name]).fetchone()
        return bytes(secret)

    @staticmethod
    def _hmac(secret: bytes, value: bytes) -> str:
        return hmac.digest(secret, value, "sha256").hex()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _random_reference() -> str:
    return os.urandom(_REFERENCE_DIGITS // 2).hex()


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as reason:
        raise KeyStoreFailed(path=str(path), reason=str(reason)) from reason
