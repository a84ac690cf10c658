"""A plan kept beside its facts: the text of each clause, and what document and facts do not agree on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dafeng.district import District

LIXIA = Path(__file__).resolve().parents[2] / "districts" / "lixia"

TEXT = """试验区碳达峰工作方案
一、总体要求
坚持节能优先。
三、重点行动
（一）能源行动
1.发展太阳能。推进屋顶光伏。到2030年，光伏发电装机规模达到2万千瓦，储能规模达到5万千瓦。（区发改局负责）
六、附则
本方案自印发之日起施行。
"""


@pytest.fixture(scope="module")
def with_document(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("district") / "lixia"
    shutil.copytree(LIXIA, folder)
    (folder / "plan" / "document.txt").write_text(TEXT, encoding="utf-8")
    return District.open(folder)


def test_the_text_of_a_clause_with_its_targets_marked(with_document: District):
    clause = with_document.plan.clauses["三-（一）-2"]
    assert clause.text == ()  # this document has no second measure
    first = with_document.plan.clauses["三-（一）-1"].text
    assert "".join(p.text for p in first).startswith("推进屋顶光伏。到2030年")
    assert [p.text for p in first if p.target] == [
        "到2030年，光伏发电装机规模达到2万千瓦",
        "储能规模达到5万千瓦",
    ]
    assert "".join(p.text for p in with_document.plan.clauses["一"].text) == "坚持节能优先。"


def test_what_only_the_document_has_is_a_finding(with_document: District):
    found = {(f.rule, f.place) for f in with_document.findings if f.rule in ("plan.unbound", "plan.clause")}
    assert ("plan.clause", "plan/document · 六") in found
    unbound = [f for f in with_document.findings if f.rule == "plan.unbound"]
    assert [f.value for f in unbound] == [
        "2 万千瓦",
        "5 万千瓦",
    ]  # stated under 三-（一）-1, bound under 三-（一）-2


def test_the_lixia_plan_and_its_facts_agree(tmp_path: Path):
    official = LIXIA.parents[1].parent / "shared" / "plan" / "lixia-carbon-peak-plan-draft.txt"
    if not official.is_file():
        pytest.skip("the official text is not kept in the repository")
    shutil.copytree(LIXIA, tmp_path / "lixia")
    shutil.copy(official, tmp_path / "lixia" / "plan" / "document.txt")
    district = District.open(tmp_path / "lixia")
    assert [f for f in district.findings if f.rule.startswith("plan.") and f.severity != "note"] == []
    assert (
        sum(bool(c.text) for c in district.plan.clauses.values()) == 43
    )  # all but 三, 四, 五, which have none of their own


def test_without_the_document_there_is_nothing_to_compare():
    district = District.open(LIXIA)
    assert not district.plan.has_document and all(not c.text for c in district.plan.clauses.values())
