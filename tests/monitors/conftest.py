"""A city of its own for each scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.monitors.city import City

MakeCity = Callable[..., City]


@pytest.fixture
def make_city(tmp_path: Path) -> Iterator[MakeCity]:
    """Makes cities, and closes them."""
    made: list[City] = []

    def make(*arguments: Any, **choices: Any) -> City:
        made.append(City(tmp_path / str(len(made)), *arguments, **choices))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def city(make_city: MakeCity) -> City:
    """A city on a virtual clock."""
    return make_city()
