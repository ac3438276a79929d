"""What `explain` tells of a supervised case: cards, tasks, complaints with their life, proposed exemptions."""

from __future__ import annotations

import pytest

from console.case_report import CaseReport, report_from
from console.case_view import print_report
from console.output import plain
from tests.monitors.city import SUPERVISION, ZONE, City, accepted, at, fact


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[CaseReport, int]:
    """A yellow card of 21 September, appealed against in vain, its task returned, an outage on its due day."""
    city = City(tmp_path_factory.mktemp("story"), codes=SUPERVISION)
    city.tell(accepted("C", "2026-09-07 10:00"))
    city.watch("2026-09-21 00:00")
    ((card,),) = city.rows("select card_id from cards")
    about = {"department": "D", "case_no": "C"}
    outage = {"from": "2026-09-20T08:00:00+08:00", "to": "2026-09-20T14:00:00+08:00", "ground": "平台故障"}
    city.tell(
        fact("card.appealed", card, at("2026-09-22 09:00"), {"ground": "系统故障"}),
        fact("card.appeal_decided", card, at("2026-09-22 10:00"), {"accepted": False, "reason": "系统正常"}),
        fact("task.replied", card, at("2026-09-22 11:00"), {"text": "在办", "rectified": False}),
        fact("task.returned", card, at("2026-09-22 12:00"), {"reason": "说明不足", "due_on": "2026-09-28"}),
        fact("complaint.filed", "TS", at("2026-09-22 13:00"), {"about": about, "kind": "slow", "real_name": True}),
        fact("outage.declared", "OUT", at("2026-09-22 14:00"), outage, name="OUT"),
    )
    city.watch("2026-09-23 00:00")
    told = report_from(city.projector, "C"), city.projector.as_of
    city.close()
    return told


def test_each_thing_has_its_life_and_no_others(story: tuple[CaseReport, int]) -> None:
    """A task that a card opened has the card's id."""
    report, _ = story
    lives = {name: [act["act"] for row in getattr(report, name) for act in row["life"]] for name in ("cards", "tasks")}
    assert lives == {"cards": ["issued", "appealed", "appeal_decided"], "tasks": ["issued", "replied", "returned"]}
    assert [act["reason"] for act in report.cards[0]["life"]] == [None, "系统故障", "系统正常"]
    assert [row["complaint_id"] for row in report.complaints] == ["TS"]
    assert [row["outages"] for row in report.exemption_proposals] == [["OUT"]]


def test_programs_get_all_of_it(story: tuple[CaseReport, int]) -> None:
    document = plain(story[0].as_document(), ZONE)
    assert {"cards", "tasks", "complaints", "exemption_proposals"} <= document.keys()
    assert document["cards"][0]["appeal_until"] == "2026-09-29"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Appealed against", "Returned", "Waiting for a decision", "Exemptions proposed", "Reply again by"]),
        ("zh", ["提出申诉", "退办", "待决定是否受理", "建议免责", "说明不足 → 2026-09-28", "第二十五条第（3）项"]),
    ],
)
def test_people_read_it_in_their_language(
    story: tuple[CaseReport, int],
    language: str,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ESUP_LANG", language)
    print_report(story[0], story[1], ZONE)
    printed = capsys.readouterr().out
    assert not [one for one in words if one not in printed]
