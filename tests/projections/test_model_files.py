"""The models as files: each can be read once everything is derived, and the flow runs one way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.calendar import calendar_facts
from engine.rulebook import load_rulebook
from projections.canonical import PUBLIC_TABLES
from projections.model import Model, read_models
from projections.projector import Projector

MODELS = read_models()
NAMES = [model.name for model in MODELS]
# What is read only while others are derived, because it rests on relations that are dropped at the end.
WHILE_DERIVING = {"derived_facts", "duty_facts", "extended_limits"}


@pytest.fixture(scope="module")
def derived() -> Iterator[Projector]:
    projector = Projector.in_memory()
    projector.load_facts([*calendar_facts(), *load_rulebook().facts()])
    projector.rebuild(1_800_000_000_000_000)
    yield projector
    projector.close()


def readable(model: Model) -> bool:
    return model.refresh in ("view", "whole", "key") and model.name not in WHILE_DERIVING


@pytest.mark.parametrize("name", [model.name for model in MODELS if readable(model)])
def test_every_relation_can_be_read_after_a_derivation(derived: Projector, name: str) -> None:
    columns, _ = derived.query(f"select * from {name} limit 1")
    assert columns


def test_what_is_public_is_there() -> None:
    assert set(PUBLIC_TABLES) <= set(NAMES)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_model_reads_lower_folders_or_earlier_models_of_its_own(model: Model) -> None:
    folders = {other.name: other.folder for other in MODELS}
    assert all(folders[name] <= model.folder for name in model.reads(NAMES))
    assert all(NAMES.index(name) < NAMES.index(model.name) for name in model.reads(NAMES))


def test_nothing_temporary_is_left(derived: Projector) -> None:
    _, left = derived.query("select table_name from duckdb_tables() where temporary")
    assert left == []
