"""The guide's own example: the folder is made from the code blocks of docs/bring-your-district.md and opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dafeng.district import District

from .conftest import ROOT

BLOCK = re.compile(r"^`([\w./-]+\.(?:toml|csv))`\n\n```\w+\n(.*?)^```", re.M | re.S)


@pytest.fixture()
def tiny(tmp_path: Path) -> Path:
    blocks = BLOCK.findall((ROOT / "docs" / "bring-your-district.md").read_text(encoding="utf-8"))
    folder = tmp_path / "tiny"
    for name, text in blocks:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_guide_loads(tiny: Path) -> None:
    district = District.open(tiny)
    assert district.name == "示例区"
    assert not [f.as_dict() for f in district.findings if f.severity == "error"]
    assert district.plan.clauses["二"].targets == ("electricity_per_person_2030",)


def test_one_blank_cell_is_why_the_target_cannot_be_told(tiny: Path) -> None:
    verdict = District.open(tiny).verdict("electricity_per_person_2030")
    assert verdict.verdict == "cannot_tell"
    assert [(m.quantity, m.label) for m in verdict.missing] == [
        ("electricity_delivered", "供电量（分行业月度） 2025年10月 居住建筑")
    ]
    assert verdict.missing[0].supplier == "power_supply"


def test_filled_it_has_a_verdict(tiny: Path) -> None:
    file = tiny / "data" / "electricity.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("300,,250", "300,240,250"), encoding="utf-8")
    district = District.open(tiny)
    verdict = district.verdict("electricity_per_person_2030")
    assert verdict.verdict == "on_track", verdict.reasons
    assert verdict.value == pytest.approx(18_400e4 / 12.4e4, rel=0.2)


def test_without_data_everything_is_missing_and_nothing_is_zero(tmp_path: Path) -> None:
    (tmp_path / "package.toml").write_text(
        'id = "370198"\nname = "空区"\nname_en = "Empty"\nextends = "370100"\nkind = "district"\nas_of = 2026-11-24\n',
        encoding="utf-8",
    )
    district = District.open(tmp_path)
    assert not [f for f in district.findings if f.severity == "error"]
    cell = district.run["co2_total"].at(year=2025)
    assert not cell.complete
