"""Input that could not be understood, kept as an event: sealed, with its code, its place and the way out."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from engine.facts import Fact
from engine.intake.envelope import Persons
from engine.intake.refusals import Refusal

QUARANTINED = "esup.intake.quarantined"
STREAM = "quarantine"
SOURCE = "/esup/intake"


def quarantined(refusal: Refusal, raw: bytes, size: int, source: str, line: int, now: int, persons: Persons) -> Fact:
    """The fact that this input was put aside.

    Its id follows from file, place, code and input, so that reading the same file again puts nothing aside twice.
    """
    sealed = persons.seal_input(raw)
    place = f"{source}:{line}" + (f" {refusal.field}" if refusal.field else "")
    data: dict[str, Any] = {
        "source": source,
        "place": place,
        "line": line,
        "field": refusal.field or None,
        "code": refusal.refused_as,
        "sentence": refusal.sentence._asdict(),
        "size": size,
        **sealed,
    }
    identity = "\n".join((source, place, refusal.refused_as, str(sealed["digest"])))
    body = orjson.dumps({"data": data}, option=orjson.OPT_SORT_KEYS)
    return Fact(STREAM, QUARANTINED, now, None, SOURCE, hashlib.sha256(identity.encode()).hexdigest(), 1, body)


def code_of(fact: Fact) -> str:
    """The code under which a quarantine entry was put aside."""
    return str(orjson.loads(fact.body)["data"]["code"])
