"""Rule files: what is taken, how it is normalised, and what is refused with its place and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.clock import parse_instant
from engine.lawfiles import LawFileError
from engine.rulebook import Rulebook, load_rulebook

PACK = """
pack: own
title: {zh: 自有, en: Own}
zone: Asia/Shanghai
applies_to: {calendar: [cn], region: [a, b]}
"""
OBLIGATION = """
id: own.answer
version: 2
title: {zh: 答复, en: Answer}
kind: obligation
published_on: 2010-07-22
applies_to: {region: [b, c], class: [licence]}
opens: [esup.case.accepted]
discharged_by: [{type: esup.case.decided, where: {outcome: [granted, refused]}}]
voided_by: [esup.case.withdrawn, settled]
limit:
  2010-08-01: {n: 5, unit: work_day}
  2015-01-01: {from: item.promised}
  2020-01-01: null
levels: {breach: yellow}
window: {n: 2, unit: work_day}
legal_basis:
  2010-08-01: [{title: 办法, en: Measures}]
verified_on: 2026-11-20
examples:
  - {name: good, given: [{accepted: 2026-09-07}], as_of: 2026-09-08, expect: []}
  - name: bad
    given: [{accepted: 2026-09-07}]
    as_of: 2026-09-30
    expect: [{level: yellow, triggers_at: "2026-09-15T00:00:00+08:00"}]
"""
PROMPT = """
id: own.near
version: 1
title: {zh: 临近, en: Near}
kind: prompt
of: own.answer
published_on: 2010-07-22
levels: {prompt: prompt}
legal_basis:
  2010-08-01: [{title: 办法, en: Measures}]
verified_on: 2026-11-20
examples:
  - {name: good, given: [{accepted: 2026-09-07}], as_of: 2026-09-08, expect: []}
  - name: bad
    given: [{accepted: 2026-09-07}]
    as_of: 2026-09-30
    expect: [{level: prompt, triggers_at: "2026-09-10T00:00:00+08:00"}]
"""
CONDITION = (
    PROMPT.replace("own.near", "own.eyes")
    .replace("kind: prompt\nof: own.answer", "kind: condition")
    .replace("levels: {prompt: prompt}", "levels: {breach: yellow}")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    own.mkdir()
    for name, text in (("pack", PACK), ("answer", OBLIGATION), ("near", PROMPT), ("eyes", CONDITION)):
        (own / f"{name}.yaml").write_text(text, encoding="utf-8")
    (own / "eyes.sql").write_text("select 1\n\n", encoding="utf-8")
    return tmp_path


def change(folder: Path, name: str, right: str, wrong: str) -> None:
    file = folder / "own" / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook()


def test_the_shipped_packs_hold_the_rules_they_must(shipped: Rulebook) -> None:
    assert {"fines", "licensing", "wabo"} <= {pack.name for pack in shipped.packs}
    licensing = [rule for rule in shipped.rules if rule.pack.name == "licensing"]
    coded = {rule.normalised["code"]: rule.rule_id for rule in licensing}
    assert (
        coded.items()
        >= {
            "T01": "licensing.promise-near",
            "T02": "licensing.promise-passed",
            "T03": "licensing.statutory-limit-passed",
            "T04": "licensing.step-near",
            "T05": "licensing.step-overtime",
            "T06": "licensing.accept-or-refuse",
        }.items()
    )
    assert {rule.rule_id for rule in shipped.rules if rule.kind == "condition"} >= {
        "wabo.t06-after-t05",
        "wabo.four-eyes",
        "wabo.rubber-stamp",
        "fines.penalty-not-before-60-days",
        "fines.no-payment-after-collection",
    }


@pytest.mark.parametrize(
    ("rule_id", "window", "level"),
    [
        ("licensing.promise-passed", 5, "yellow"),
        ("licensing.statutory-limit-passed", None, "red"),
        ("licensing.step-overtime", 2, "yellow"),
        ("licensing.accept-or-refuse", 1, "yellow"),
    ],
)
def test_level_and_window_are_those_of_the_handbook(
    shipped: Rulebook, rule_id: str, window: int | None, level: str
) -> None:
    (clause,) = shipped.rule(rule_id).clauses
    assert (clause["window_n"], clause["levels"]["breach"]) == (window, level)


def test_every_shipped_rule_shows_a_good_and_a_bad_case_and_cites_law(shipped: Rulebook) -> None:
    for rule in shipped.rules:
        assert len(rule.examples) >= 3, rule.rule_id
        assert all(text["en"] for basis in rule.normalised["basis"] for text in basis["texts"])


def test_accept_or_refuse_deems_and_is_barred_by_an_acceptance(shipped: Rulebook) -> None:
    deeming = [rule.rule_id for rule in shipped.rules if rule.clauses[0]["deems"]]
    assert deeming == ["licensing.accept-or-refuse"]
    triggers = shipped.rule("licensing.accept-or-refuse").clauses[0]["triggers"]
    assert [trigger["type"] for trigger in triggers if trigger["role"] == "bars"] == ["esup.case.accepted"]


def test_the_limit_of_fines_changed_with_the_law_of_2010(shipped: Rulebook) -> None:
    limits = shipped.rule("fines.send-in-time").clauses[0]["limits"]
    assert [(limit["from"], limit["n"], limit["rolls"]) for limit in limits] == [
        ("1993-01-01", 150, False),
        ("2010-08-13", 90, False),
    ]


def test_a_rule_is_published_as_a_fact_of_its_own_stream(shipped: Rulebook) -> None:
    facts = {fact.stream: fact for fact in shipped.facts()}
    fact = facts["wabo.four-eyes"]
    assert (fact.type, fact.source, fact.event_id) == ("esup.rule.published", "/esup/rules", "wabo.four-eyes@1")
    assert fact.recorded_at == parse_instant("2010-10-01T00:00:00+02:00")
    assert orjson.loads(fact.body)["data"]["clauses"][0]["sql"].startswith("-- Cases whose first CR")
    assert [fact.recorded_at for fact in shipped.facts()] == sorted(fact.recorded_at or 0 for fact in shipped.facts())


def test_an_unknown_rule_is_named(shipped: Rulebook) -> None:
    with pytest.raises(LawFileError, match=r"no\.such"):
        shipped.rule("no.such")


def normalised(folder: Path, rule_id: str) -> dict[str, Any]:
    return load_rulebook(folder).rule(rule_id).clauses[0]


def test_what_pack_and_rule_apply_to_is_intersected(folder: Path) -> None:
    assert normalised(folder, "own.answer")["applies_to"] == {
        "class": ["licence"],
        "item_kind": None,
        "item": None,
        "region": ["b"],
        "calendar": ["cn"],
    }


def test_triggers_carry_their_role_and_at_most_one_field(folder: Path) -> None:
    assert normalised(folder, "own.answer")["triggers"] == [
        {"role": "opens", "type": "esup.case.accepted", "field": None, "values": None},
        {"role": "discharges", "type": "esup.case.decided", "field": "outcome", "values": ["granted", "refused"]},
        {"role": "voids", "type": "esup.case.withdrawn", "field": None, "values": None},
        {"role": "voids", "type": "settled", "field": None, "values": None},
    ]


def test_a_truth_value_is_compared_as_text(shipped: Rulebook) -> None:
    triggers = shipped.rule("licensing.accept-or-refuse").clauses[0]["triggers"]
    assert [trigger["values"] for trigger in triggers if trigger["field"] == "with_materials"] == [["true"]]


def test_limits_are_dated_and_a_repeal_is_one_of_them(folder: Path) -> None:
    own, item, repealed = normalised(folder, "own.answer")["limits"]
    assert own == {
        "from": "2010-08-01",
        "source": "rule",
        "n": 5,
        "unit": "work_day",
        "rolls": True,
        "pausable": True,
        "prompt": None,
        "after": None,
        "paused_by": None,
        "extendable": False,
        "extension_max": None,
        "profiles": [],
        "repealed": False,
    }
    assert (item["source"], item["n"], item["rolls"], item["repealed"]) == ("item.promised", None, None, False)
    assert (repealed["from"], repealed["repealed"]) == ("2020-01-01", True)


def test_a_stated_day_neither_rolls_nor_pauses(shipped: Rulebook) -> None:
    (limit,) = shipped.rule("wabo.decide-by-deadline").clauses[0]["limits"]
    assert (limit["source"], limit["unit"], limit["rolls"], limit["pausable"]) == (
        "deadline",
        "stated_day",
        False,
        False,
    )


def test_the_sql_ends_with_one_line_end(folder: Path) -> None:
    assert normalised(folder, "own.eyes")["sql"] == "select 1\n"
    assert normalised(folder, "own.answer")["sql"] is None


FAULTS = [
    ("pack", "pack: own", "pack: other", "$.pack"),
    ("pack", "zone: Asia/Shanghai", "zone: Asia/Atlantis", "$.zone"),
    ("answer", "id: own.answer", "id: own.reply", "$.id"),
    ("answer", "id: own.answer", "id: own.answer\nid: own.answer", "line 3"),
    ("answer", "version: 2", "version: 0", "$.version"),
    ("answer", "version: 2", "version: 2\nurgent: true", "$"),
    ("answer", "kind: obligation", "kind: duty", "$.kind"),
    ("answer", "published_on: 2010-07-22", "published_on: 2010-13-22", "$.published_on"),
    ("answer", "2010-08-01: {n", "2010-08-32: {n", "$.limit"),
    ("answer", "2020-01-01: null", "2009-01-01: null", "$.limit"),
    ("answer", "{n: 5, unit: work_day}", "{n: 5}", "$.limit[2010-08-01]"),
    ("answer", "{n: 5, unit: work_day}", "{n: 5, unit: work_day, from: step}", "$.limit[2010-08-01]"),
    ("answer", "{n: 5, unit: work_day}", "{n: 5, unit: fortnight}", "$.limit[...].unit"),
    ("answer", "{n: 5, unit: work_day}", "{n: 5, unit: stated_day}", "$.limit[2010-08-01]"),
    ("answer", "{n: 5, unit: work_day}", "{n: 5, unit: work_day, prompt: 6}", "$.limit[2010-08-01].prompt"),
    ("answer", "{n: 5, unit: work_day}", "&five {n: 5, unit: work_day}\n  2011-01-01: *five", "line"),
    ("answer", "opens: [esup.case.accepted]", "opens: []", "$.opens"),
    ("answer", "opens: [esup.case.accepted]", "opens: [accepted]", "$.opens[0]"),
    ("answer", "opens: [esup.case.accepted]", "opens: [settled]", "$.opens[0]"),
    ("answer", "where: {outcome: [granted, refused]}", "where: {colour: red}", "$.discharged_by[0].where"),
    (
        "answer",
        "where: {outcome: [granted, refused]}",
        "where: {outcome: granted, kind: a}",
        "$.discharged_by[0].where",
    ),
    ("answer", "levels: {breach: yellow}", "levels: {breach: red}", "$.window"),
    ("answer", "levels: {breach: yellow}", "levels: {prompt: prompt}", "$.levels"),
    (
        "answer",
        "  2010-08-01: [{title: 办法, en: Measures}]",
        "  2012-08-01: [{title: 办法, en: Measures}]",
        "$.legal_basis",
    ),
    ("answer", "  2010-08-01: [{title: 办法, en: Measures}]", "  2010-08-01: []", "$.legal_basis"),
    ("answer", "window:", "of: own.near\nwindow:", "$.of"),
    ("answer", "name: good", "name: bad", "$.examples"),
    ("answer", "  - {name: good, given: [{accepted: 2026-09-07}], as_of: 2026-09-08, expect: []}\n", "", "$.examples"),
    ("near", "of: own.answer\n", "", "$.of"),
    ("near", "of: own.answer", "of: own.eyes", "$.of"),
    ("near", "levels: {prompt: prompt}", "levels: {breach: yellow}", "$.levels"),
    ("near", "levels:", "opens: [esup.case.accepted]\nlevels:", "$.opens"),
    ("eyes", "levels: {breach: yellow}", "levels: {breach: yellow, prompt: prompt}", "$.levels"),
    ("eyes", "levels:", "deems: accepted\nlevels:", "$.deems"),
    ("eyes", "title: {zh: 临近, en: Near}", "title: Near", "$.title"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "key"), FAULTS)
def test_a_faulty_file_is_refused_with_its_name_its_key_and_a_way_out(
    folder: Path, name: str, right: str, wrong: str, key: str
) -> None:
    change(folder, name, right, wrong)
    with pytest.raises(LawFileError) as refused:
        load_rulebook(folder)
    assert refused.value.file.endswith(f"{name}.yaml")
    assert refused.value.key.startswith(key)
    assert refused.value.way_out.en
    assert refused.value.problem in str(refused.value)


def test_a_condition_needs_its_select_beside_it(folder: Path) -> None:
    (folder / "own" / "eyes.sql").unlink()
    with pytest.raises(LawFileError, match="without its SELECT"):
        load_rulebook(folder)


def test_a_select_needs_its_rule_beside_it(folder: Path) -> None:
    (folder / "own" / "lonely.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(LawFileError, match="no rule reads it"):
        load_rulebook(folder)


def test_a_rule_is_named_in_lower_case_with_hyphens(folder: Path) -> None:
    (folder / "own" / "Too_Late.yaml").write_text(OBLIGATION.replace("own.answer", "own.Too_Late"), encoding="utf-8")
    with pytest.raises(LawFileError, match="lower case"):
        load_rulebook(folder)


def test_a_file_that_is_not_utf8_or_cannot_be_read_is_refused(folder: Path) -> None:
    (folder / "own" / "answer.yaml").write_bytes(b"id: \xff\xfe")
    with pytest.raises(LawFileError, match="not readable as YAML"):
        load_rulebook(folder)
    (folder / "own" / "answer.yaml").unlink()
    (folder / "own" / "answer.yaml").mkdir()
    with pytest.raises(LawFileError, match="cannot be read"):
        load_rulebook(folder)
