"""Every error says what happened in two languages, has a code, and means something to a program."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from engine import errors
from engine.errors import OUTCOMES, SupervisionError, outcome_of


def concrete() -> list[type[SupervisionError]]:
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, SupervisionError)]
    return [one for one in found if is_dataclass(one)]


@pytest.mark.parametrize("kind", concrete())
def test_an_error_speaks_two_languages_and_names_its_values(kind: type[SupervisionError]) -> None:
    values = {field.name: f"<{field.name}>" for field in fields(kind)}  # type: ignore[arg-type]
    error = kind(**values)

    assert error.sentence.zh and error.sentence.en
    assert error.sentence.zh in str(error) and error.sentence.en in str(error)
    assert error.way_out.zh in str(error)
    assert bool(kind.way_out_zh) == bool(kind.way_out_en)
    assert kind.code != SupervisionError.code
    assert all(getattr(error, name) == value for name, value in values.items())


@pytest.mark.parametrize("kind", concrete())
def test_an_error_means_something_to_a_program(kind: type[SupervisionError]) -> None:
    outcome = outcome_of(kind(**{field.name: "" for field in fields(kind)}))  # type: ignore[arg-type]
    assert 400 <= outcome.http_status < 600
    assert outcome.exit_code in (1, 2, 3)


def test_the_nearest_family_decides() -> None:
    assert outcome_of(errors.IdentityConflict(indexes=(1,))) is OUTCOMES[errors.IdentityConflict]
    assert outcome_of(errors.NaiveTime(text="")) is OUTCOMES[errors.BadInput]
    assert outcome_of(SupervisionError()) is OUTCOMES[SupervisionError]
