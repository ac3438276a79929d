"""The SQL models as files: what each is, how it refreshes, and the order in which they follow from one another."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path

from projections.errors import ModelUnreadable

MODELS_FOLDER = Path(__file__).parent / "models"
AUDITS_FOLDER = Path(__file__).parent / "audits"

_HEADER = re.compile(
    r"\A(?P<sentence>(?:-- .*\n)+?)-- grain: +(?P<grain>.+)\n-- refresh: +(?P<refresh>\w+)\n"
    r"(?:-- inputs: +(?P<inputs>.+)\n)?"
    r"(?:-- needs: +(?P<needs>.+)\n)?(?P<reads>(?:-- reads: +.+\n)*)"
)
_REFRESHES = {"view", "whole", "key", "group", "scratch", "macro", "scalar", "load"}
_NAMED = re.compile(r"\b(?:from|join)\s+([a-z_]+)\b|\b([a-z_]+)\(")
_CALLED_OVER = re.compile(r"\b[a-z_]+\(('[a-z_]+'(?:, '[a-z_]+')*)\)")
_TYPES = re.compile(r"'(esup\.[a-z_.]+)'")
_OWN_TABLES = re.compile(r"^(?:with recursive\s+)?([a-z_]+) as (?:materialized )?\($", re.MULTILINE)


@dataclass(frozen=True)
class Model:
    """One SQL file: the relation (or macro) of its name."""

    name: str
    folder: str
    sentence: str
    grain: str
    refresh: str
    """`view`; `whole`: recomputed whole; `key`: its rows refresh by touched key; `group`: by the groups of
    gathered rows that an update changed; `scratch`: kept only while others are
    derived from it; `macro` and `scalar`: shared text."""
    inputs: tuple[str, ...]
    needs: tuple[str, ...]
    """Event types or models without which it has no row."""
    also_reads: tuple[str, ...]
    """What a generated text reads besides what is written in the file."""
    text: str

    @cached_property
    def types(self) -> frozenset[str]:
        """The types of facts that its text names."""
        return frozenset(_TYPES.findall(_without_comments(self.text)))

    def reads(self, names: Iterable[str]) -> set[str]:
        """The models among `names` that this one reads: after from or join, as a macro, or as a macro's relation."""
        text = _without_comments(self.text)
        said = {*self.also_reads, *self.needs}
        said |= {relation or macro for relation, macro in _NAMED.findall(text)}
        said.update(name for names in _CALLED_OVER.findall(text) for name in re.findall(r"[a-z_]+", names))
        return (said - set(_OWN_TABLES.findall(self.text)) - {self.name}) & set(names)


def read_model(path: Path) -> Model:
    """One model file; its header must say the sentence, the grain and the refresh."""
    text = path.read_text(encoding="utf-8")
    header = _HEADER.match(text)
    if not header or header["refresh"] not in _REFRESHES:
        raise ModelUnreadable(file=path.name)
    return Model(
        name=path.stem,
        folder=path.parent.name,
        sentence=re.sub(r"^-- ", "", header["sentence"], flags=re.MULTILINE).replace("\n", " ").strip(),
        grain=header["grain"],
        refresh=header["refresh"],
        inputs=_names(header["inputs"]),
        needs=_names(header["needs"]),
        also_reads=_names(re.sub(r"-- reads:|\n", ",", header["reads"])),
        text=text[header.end() :],
    )


def read_models(folder: Path = MODELS_FOLDER) -> list[Model]:
    """All models, each after those it reads: lower folders first, then the order of dependence within a folder."""
    models = {path.stem: read_model(path) for path in sorted(folder.glob("*/*.sql"))}
    graph = {name: sorted(model.reads(models)) for name, model in models.items()}
    return [models[name] for name in TopologicalSorter(graph).static_order()]


@cache
def models_digest() -> str:
    """The hash over the text of every model: projections made by other models are made anew."""
    texts = [path.read_bytes() for path in sorted(MODELS_FOLDER.parent.rglob("*.sql"))]
    return hashlib.sha256(b"\x00".join(texts)).hexdigest()


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (listed or "").split(",") if name.strip())


def _without_comments(text: str) -> str:
    return re.sub(r"--.*", "", text)
