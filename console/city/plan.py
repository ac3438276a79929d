"""Which stories are told in a city, when and where: so many violations and near misses of each rule, over the year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from console.city.calendar import Calendar
from console.city.cascade import Supervision, repeat_offenders
from console.city.catalogue import Catalogue
from console.city.places import Department
from console.city.scene import Fact, Finding, Scene, Setting
from console.city.stories.registry import STORIES, Story
from console.city.truth import Row, found, missed_narrowly

ROOM = timedelta(days=21)
"""In how many days, at least, stories of a kind may begin, however long they take."""


class Plan:
    """The stories of a city, told: their facts, and all that must be found."""

    def __init__(self, preset: Mapping[str, Any], cases: int, seed: int, setting: Setting) -> None:
        self.preset, self.seed, self.setting = preset, seed, setting
        self.share = min(1.0, cases / preset["cases_for_plants"])
        self.last = (setting.end - timedelta(days=1)).date()
        self.scenes: list[tuple[Story, Supervision]] = []
        for story, nth in self.dealt():
            scene = self.scene(story, nth)
            story.tell(scene)
            supervision = Supervision(scene)
            supervision.follow()
            self.scenes.append((story, supervision))

    def dealt(self) -> Iterator[tuple[Story, int]]:
        """Each story as often as its turn comes."""
        kinds: dict[tuple[str, bool], list[Story]] = defaultdict(list)
        for story in STORIES:
            kinds[story.code, story.is_near].append(story)
        for (_, is_near), turns in sorted(kinds.items(), key=lambda kind: kind[0]):
            times = self.preset["near_misses" if is_near else "plants"]
            for nth in range(round(times * self.share) or min(times, 1)):
                yield turns[nth % len(turns)], nth

    def scene(self, story: Story, nth: int) -> Scene:
        """A day and an office for the n-th story of its kind, by a random stream of its own."""
        chance = Random(f"{self.seed}/{story.code}/{story.is_near}/{nth}")
        latest = self.last - timedelta(days=story.days)
        earliest = min(date.fromisoformat(self.preset["first_day"]), latest - ROOM)
        days = self.setting.calendar.between(max(earliest, date.fromisoformat(self.preset["stories_from"])), latest)
        office = chance.choice(self.setting.departments)
        return Scene(self.setting, story.code, len(self.scenes) + 1, chance, chance.choice(days), office)

    @property
    def cases(self) -> int:
        """How many cases the stories tell of."""
        return sum(len(supervision.scene.items) for _, supervision in self.scenes)

    def facts(self) -> Iterator[Fact]:
        """All that the stories tell, and what was registered for them."""
        yield from self.setting.facts
        for _, supervision in self.scenes:
            yield from supervision.scene.facts

    def truth(self) -> Iterator[Row]:
        """All that must be found in time, and all that must not."""
        offenders: dict[int, list[Finding]] = defaultdict(list)
        for scene, finding in repeat_offenders(supervision for _, supervision in self.scenes):
            offenders[scene.serial].append(finding)
        for story, supervision in self.scenes:
            scene = supervision.scene
            follows = (*supervision.findings, *offenders[scene.serial])
            for why, findings in (("beside", scene.findings), ("follows", follows)):
                yield from (self.row(finding, story, why) for finding in findings if self.is_in_time(finding))
            yield from (missed_narrowly(near, story.code) for near in scene.nears)

    def is_in_time(self, finding: Finding) -> bool:
        """Whether it is found before the city's time is over."""
        return finding.issued_at < self.setting.end

    @staticmethod
    def row(finding: Finding, story: Story, why: str) -> Row:
        """A row of the truth: planted, if the story was told for its sake."""
        return found(finding, story.code, "planted" if finding.code == story.code and not story.is_near else why)


def setting_of(recipe: Mapping[str, Any], calendar: Calendar, catalogue: Catalogue, **when: Any) -> Setting:
    """The offices and the times of a city, as stories see them."""
    special = (recipe["region_without_red_tasks"], recipe["region_of_suqian"])
    return Setting(
        calendar, ordinary_offices(catalogue.departments, special),
        {office.code: office.region for office in catalogue.departments}, catalogue.supervisor.code,
        recipe["region_of_city"], *special, **when,
    )  # fmt: skip


def ordinary_offices(departments: Sequence[Department], special: Sequence[str]) -> list[Department]:
    """The offices whose systems may upload late, in regions without measures of their own."""
    return [
        office for office in departments if office.system in ("platform", "window") and office.region not in special
    ]  # fmt: skip
