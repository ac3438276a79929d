"""Records of a foreign log into facts, as a profile says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

from engine.clock import first_moment, format_instant, local_day, parse_day, parse_instant
from engine.errors import BadInstant, NaiveTime
from engine.facts import Fact
from engine.intake.envelope import CloudEvent, FactReader
from engine.intake.profile import FactShape, Profile, Value, nested, value_of
from engine.intake.records import Record
from engine.intake.refusals import Refusal

Getter = Callable[[dict[str, str]], Any]
Attempt = Callable[[], Fact]
PLACE_DIGITS = 6


class Mapper:
    """Turns the records of one file into facts; knows which case it is in and which departments it has met."""

    def __init__(self, profile: Profile, reader: FactReader) -> None:
        self._profile = profile
        self._reader = reader
        self._since = first_moment(profile.since, profile.zone)
        self._case = ""
        self._place = 0
        self._is_registered = False
        self._met: set[str] = set()
        self._department = getter(value_of(profile.department.code), profile.zone)
        self._department_name = getter(value_of(profile.department.name), profile.zone)
        self._case_facts = [_Shaped(shape, profile) for shape in profile.case_facts]
        self._event_facts = [_Shaped(shape, profile) for shape in profile.event_facts]

    def attempts(self, record: Record) -> Iterator[Attempt]:
        """The facts that a record tells, each to be tried alone: one that is refused takes no other with it.

        The event's own fact comes last.
        """
        values = record.values
        case = values.get(self._profile.case, "")
        if not case:
            yield partial(_refuse, Refusal("missing-field", self._profile.case))
            return
        if not self._is_registered:
            self._is_registered = True
            yield partial(self._register, "esup.org.region_registered", "region", dict(self._profile.region))
        yield from self._department_met(values)
        if case != self._case:
            self._case, self._place = case, 0
            for shaped in self._case_facts:
                if shaped.fits(values):
                    yield partial(self._case_fact, shaped, case, values)
        if record.is_event:
            self._place += 1
            yield partial(self._event_fact, case, values, self._place)

    def _department_met(self, values: dict[str, str]) -> Iterator[Attempt]:
        code = self._department(values)
        if code and code not in self._met:
            self._met.add(code)
            data = {"code": code, "name": self._department_name(values) or code, "region": self._profile.region["code"]}
            yield partial(self._register, "esup.org.department_registered", f"department {code}", data)

    def _register(self, kind: str, event_id: str, data: dict[str, Any]) -> Fact:
        return self._fact(kind, data["code"], event_id, self._since, data, {})

    def _case_fact(self, shaped: _Shaped, case: str, values: dict[str, str]) -> Fact:
        body = {"origin": "attribute", "sequence": ("0" if shaped.shape.order == "first" else "9") * PLACE_DIGITS}
        return self._shaped_fact(shaped, case, f"{case}/{shaped.shape.id}", values, body)

    def _event_fact(self, case: str, values: dict[str, str], counted: int) -> Fact:
        place = (values.get(self._profile.place, "") if self._profile.place else str(counted)).zfill(PLACE_DIGITS)
        for shaped in self._event_facts:
            if shaped.fits(values):
                return self._shaped_fact(shaped, case, f"{case}/{place}", values, {"sequence": place})
        raise Refusal("unknown-type", ", ".join(sorted({name for s in self._event_facts for name in s.shape.when})))

    def _shaped_fact(
        self, shaped: _Shaped, case: str, event_id: str, values: dict[str, str], body: dict[str, Any]
    ) -> Fact:
        occurred_at, is_day = shaped.occurred_at(values)
        if is_day:
            body["precision"] = "day"
        return self._fact(shaped.shape.type, case, event_id, occurred_at, shaped.data(values), body)

    def _fact(
        self, kind: str, subject: str, event_id: str, occurred_at: int, data: dict[str, Any], body: dict[str, Any]
    ) -> Fact:
        event = CloudEvent(
            specversion="1.0", id=event_id, source=self._profile.source, type=kind, subject=subject, time=""
        )
        return self._reader.make(event, occurred_at, occurred_at, data, body)


class _Shaped:
    """One entry of a profile, made ready."""

    def __init__(self, shape: FactShape, profile: Profile) -> None:
        self.shape = shape
        self._zone = profile.zone
        self._when = {column: frozenset(words) for column, words in shape.when.items()}
        self._data = {name: getter(value_of(given), profile.zone) for name, given in shape.data.items()}
        self._is_flat = not any("." in name for name in self._data)

    def fits(self, values: dict[str, str]) -> bool:
        """Whether the record tells this fact."""
        for column, words in self._when.items():
            if values.get(column, "") not in words:
                return False
        return all(map(values.get, self.shape.present))

    def data(self, values: dict[str, str]) -> dict[str, Any]:
        """The fact's data; a field whose column is empty is left out."""
        flat = {name: value for name, get in self._data.items() if (value := get(values)) is not None}
        return flat if self._is_flat else nested(flat)

    def occurred_at(self, values: dict[str, str]) -> tuple[int, bool]:
        """When the fact happened, and whether only its day is known (then it is 00:00 of that day)."""
        time = self.shape.time
        text = values.get(time.column, "")
        if not text:
            raise Refusal("missing-field", time.column)
        try:
            if time.format == "day":
                return day_start(text, self._zone), True
            instant = parse_instant(text) if time.format == "instant" else local_instant(text, self._zone)
            if time.precision == "day" or (time.day_at and format_instant(instant, self._zone)[11:19] in time.day_at):
                return first_moment(local_day(instant, self._zone), self._zone), True
        except (BadInstant, NaiveTime) as error:
            raise Refusal(error.code, time.column) from None
        return instant, False


@lru_cache(maxsize=65_536)
def day_start(text: str, zone: str) -> int:
    """00:00 of a day in a zone; logs repeat their days."""
    return first_moment(parse_day(text), zone)


def local_instant(text: str, zone: str) -> int:
    """The instant of a time that is written without offset, in the profile's zone."""
    try:
        return parse_instant(text)
    except NaiveTime:
        midnight = day_start(text[:10], zone)
        return parse_instant(text + format_instant(midnight, zone)[19:])


def getter(value: Value, zone: str) -> Getter:
    """How to take a value from a record; None where there is none."""
    if value.column is None:
        return lambda values: value.text
    column, words, prefix, convert = value.column, value.words, value.prefix, _converter(value.format, zone)

    def get(values: dict[str, str]) -> Any:
        text = values.get(column, "")
        if not text:
            return None
        if text in words:
            return words[text]
        try:
            found = convert(text) if convert else text
        except (ValueError, BadInstant, NaiveTime):
            raise Refusal("wrong-type", column) from None
        return f"{prefix}{found}" if prefix else found

    return get


def _converter(format: str, zone: str) -> Callable[[str], Any] | None:
    if format == "first_word":
        return lambda text: text.split(maxsplit=1)[0]
    if format == "day":
        return lambda text: text if len(text) == 10 else local_day(parse_instant(text), zone).isoformat()
    return int if format == "number" else None


def _refuse(refusal: Refusal) -> Fact:
    raise refusal
