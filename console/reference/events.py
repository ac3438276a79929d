"""`docs/reference/events.md`: every event of the log, field by field."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal, get_args, get_origin

import msgspec

from console.reference.words import meaning
from engine.events import EVENTS, OWN, Event

_HEAD = """# 事件 · Events

由 `make docs` 生成，勿手改。Written by `make docs`; do not edit.

信封是 CloudEvents 1.0。标“自”的事件只由引擎自己写入，任何入口都不接收。
The envelope is CloudEvents 1.0. Events marked as the engine's own are taken at no door.
"""
_PLAIN = {str: "text", int: "whole number", bool: "true or false", float: "number", type(None): "null"}


def events_page() -> str:
    """The page of all events, family by family."""
    parts = [_HEAD]
    for family, names in groupby(sorted(EVENTS), key=lambda name: name.rsplit(".", 1)[0]):
        parts.append(f"## `{family}`\n")
        parts += ["\n".join(_event(name, EVENTS[name])) for name in names]
    return "\n".join(parts).rstrip() + "\n"


def _event(name: str, event: type[Event]) -> Iterator[str]:
    own = "（自）· the engine's own" if name in OWN else ""
    yield f"### `{name}` {own}".rstrip() + "\n"
    yield f"{(event.__doc__ or '').splitlines()[0]}\n"
    fields = msgspec.structs.fields(event)
    if not fields:
        return
    yield "| 字段 · field | 类型 · type | 必需 · required | 含义 · meaning |"
    yield "|---|---|---|---|"
    for field in fields:
        required = "是 · yes" if field.required else ""
        yield f"| `{field.encode_name}` | {_spoken(field.type)} | {required} | {meaning(field.encode_name)} |"
    yield ""


def _spoken(kind: Any) -> str:
    """A type as people say it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is list:
        return f"list of {_spoken(inner[0])}"
    if origin is dict:
        return "object"
    if origin is not None and hasattr(kind, "__metadata__"):
        return _spoken(inner[0])
    if inner:
        return " or ".join(_spoken(one) for one in inner if one is not type(None))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "{" + ", ".join(field.encode_name for field in msgspec.structs.fields(kind)) + "}"
    return _PLAIN.get(
        kind,
        {"date": "day", "datetime": "instant", "Any": "anything"}.get(getattr(kind, "__name__", str(kind)), str(kind)),
    )
