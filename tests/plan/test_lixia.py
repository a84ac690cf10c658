"""The whole reading of one real plan against its facts. The repository holds the facts, not the prose."""

from __future__ import annotations

import time
import tomllib

import pytest

from dafeng.plan import read_plan
from tests.plan.notation import HERE, LIXIA, duty_note, target_note

pytestmark = pytest.mark.skipif(
    not LIXIA.is_file(), reason="the plan's text is kept outside the repository, at ../shared/plan"
)


@pytest.fixture(scope="module")
def plan():
    return read_plan(LIXIA)


@pytest.fixture(scope="module")
def facts():
    with (HERE / "lixia.toml").open("rb") as file:
        return tomllib.load(file)


def test_the_document(plan, facts):
    assert plan.title == facts["title"]
    assert plan.status == "draft"
    assert plan.sha256 == facts["sha256"]
    assert len(plan.text) == facts["characters"]


def test_the_outline(plan, facts):
    assert [f"{h.ref} {h.title}" for h in plan.outline] == facts["outline"]
    levels = [h.level for h in plan.outline]
    assert [levels.count(n) for n in (1, 2, 3)] == [5, 8 + 4 + 3, 26]
    for heading in plan.outline:
        assert plan.text[slice(*heading.span)].endswith(heading.title)
        assert heading.parent is None or heading.ref.startswith(heading.parent + "-")


def test_the_targets(plan, facts):
    assert [f"{t.ref} | {target_note(t)}" for t in plan.targets] == facts["targets"]
    assert [list(t.span) for t in plan.targets] == facts["target_spans"]
    assert len(plan.targets) == 17
    for target in plan.targets:
        assert plan.text[slice(*target.span)] == target.quote


def test_the_duties(plan, facts):
    told = [f"{d.ref} | {duty_note(d)}" for d in plan.duties]
    assert told == facts["duties"]
    assert len(plan.duties) == 33
    named = [b for d in plan.duties if d.lead for b in d.bodies]
    assert (len(named), len(set(named))) == (124, 27)
    for duty in plan.duties:
        assert plan.text[slice(*duty.span)] == duty.raw


def test_the_streets_carry_out_every_later_measure(plan):
    first, *later = plan.duties
    assert [(e.name, e.explicit, e.origin) for e in first.executors] == [("各街道", True, None)]
    assert first.default_rule is not None and first.default_rule.names == ("各街道",)
    for duty in later:
        assert [(e.name, e.explicit, e.origin) for e in duty.executors] == [("各街道", False, first.ref)]


def test_bans_without_a_date_are_commitments(plan):
    kinds = [c.kind for c in plan.commitments if c.ref == "三-（一）-1"]
    assert kinds == ["prohibition", "prohibition"]


def test_entities(plan, facts):
    assert [f"{e.ref} | {e.kind} | {e.name}" for e in plan.entities] == facts["entities"]


def test_irregular_numbering_leaves_a_note_and_nothing_blocks(plan):
    rules = [f.rule for f in plan.findings]
    assert rules.count("plan.numbering") == 1
    assert rules.count("plan.bookmark") == 4
    assert {f.severity for f in plan.findings} == {"note"}


def test_it_is_read_fast():
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        read_plan(LIXIA)
        best = min(best, time.process_time() - start)
    assert best < 0.3
