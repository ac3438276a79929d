"""Runs measures, each in a process of its own, and keeps what each one told: a run may be stopped and goes on later."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.measures import Figures, Measure, Place, Settings, tell
from benchmarks.parts import archive, batches, city, daily, detection, disk, durable, ingest, live, past, rebuild

ROOT = Path(__file__).parent.parent
MEASURES: tuple[Measure, ...] = (
    *city.MEASURES,
    *ingest.MEASURES,
    *durable.MEASURES,
    *rebuild.MEASURES,
    *past.MEASURES,
    *daily.MEASURES,
    *batches.MEASURES,
    *live.MEASURES,
    *disk.MEASURES,
    *archive.MEASURES,
    *detection.MEASURES,
)
BY_NAME = {measure.name: measure for measure in MEASURES}
PARTS = tuple(dict.fromkeys(measure.part for measure in MEASURES))
Kept = dict[str, dict[int, Figures]]


class Run:
    """One run in its folder."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.place = Place(folder.absolute())
        (self.place.folder / "figures").mkdir(parents=True, exist_ok=True)
        (self.place.folder / "settings.json").write_text(json.dumps(asdict(settings)) + "\n", "utf-8")
        self.settings = settings
        self.code = code_digest()
        self.failed: list[str] = []

    def everything(self, only: Sequence[str], *, tidy: bool = False) -> None:
        """All measures of the chosen parts, the small sizes first; what is there is not measured again."""
        for size, wanted in sorted(self._wanted(only).items()):
            for measure in wanted:
                self.measure(measure, size)
            if tidy:
                self._tidy(size)

    def measure(self, measure: Measure, size: int) -> None:
        """One measure with what it needs, unless its figures are there."""
        if self.place.figures(measure.name, size).exists() or not self._prepared(measure, size):
            return
        self._in_a_process(measure, size)

    def kept(self) -> Kept:
        """All figures of the folder, by measure and size."""
        found: Kept = {}
        for measure in MEASURES:
            for size in measure.sizes(self.settings):
                path = self.place.figures(measure.name, size)
                if path.exists():
                    found.setdefault(measure.name, {})[size] = json.loads(path.read_text("utf-8"))
        return found

    def _wanted(self, only: Sequence[str]) -> dict[int, list[Measure]]:
        wanted: dict[int, list[Measure]] = {}
        for measure in MEASURES:
            if not only or measure.part in only:
                for size in measure.sizes(self.settings):
                    wanted.setdefault(size, []).append(measure)
        return wanted

    def _prepared(self, measure: Measure, size: int) -> bool:
        for name in measure.needs:
            need = BY_NAME[name]
            product = need.product(self.place, size) if need.product else None
            if not self.place.figures(name, size).exists() or product is not None and not product.exists():
                if not self._prepared(need, size) or not self._in_a_process(need, size):
                    return False
        return True

    def _in_a_process(self, measure: Measure, size: int) -> bool:
        tell(f"{measure.name} at {size:,} …")
        path = self.place.figures(measure.name, size)
        draft, load, began = path.with_suffix(".part"), os.getloadavg()[0], time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.run", measure.name, str(size), str(self.place.folder), str(draft)]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            tell(f"{measure.name} at {size:,} ended with {done.returncode}")
            self.failed.append(f"{measure.name} at {size:,}")
            draft.unlink(missing_ok=True)
            return False
        about = {"took_seconds": time.perf_counter() - began, "load_before": load, "code": self.code}
        draft.write_text(json.dumps(json.loads(draft.read_text("utf-8")) | about, indent=1) + "\n", "utf-8")
        draft.replace(path)
        try:
            check_answers(self.place, size)
        except SystemExit:
            path.rename(path.with_suffix(".differs"))
            raise
        return True

    def _tidy(self, size: int) -> None:
        """Give back the disk that one size took; its figures stay."""
        for measure in MEASURES:
            if measure.product and size in measure.sizes(self.settings):
                product = measure.product(self.place, size)
                for each in (product, *product.parent.glob(f"{product.name}-*")):
                    shutil.rmtree(each) if each.is_dir() else each.unlink(missing_ok=True)


def check_answers(place: Place, size: int) -> None:
    """Stop if two who answered the same question about a city said different things."""
    first: dict[str, tuple[str, object]] = {}
    for name, question, said in _answers(place, size):
        other, known = first.setdefault(question, (name, said))
        if known != said:
            raise SystemExit(f"{other} and {name} differ at {size:,} cases in {question}:\n{known}\n{said}")


def _answers(place: Place, size: int) -> Iterator[tuple[str, str, object]]:
    for measure in MEASURES:
        path = place.figures(measure.name, size)
        if measure.part == "rebuild" and path.exists():
            figures = json.loads(path.read_text("utf-8"))
            if "canonical_hash" in figures:
                yield measure.name, "the canonical hash", figures["canonical_hash"]
            for question, said in figures.get("answer", {}).items():
                yield measure.name, question, said


def code_digest() -> str:
    """What tells one version of the measured code from another."""
    digest = hashlib.sha256()
    for folder in ("engine", "projections", "monitors", "replay", "rules"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".sql", ".yaml"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def main() -> None:
    """One measure, in this process."""
    name, size, folder, out = sys.argv[1:]
    figures = BY_NAME[name].run(Place(Path(folder)), int(size))
    Path(out).write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    main()
