"""evaluate, explain, series, check as other programs call them: shapes, exit status, one JSON document."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]
LIXIA = ROOT / "districts" / "lixia"
VERDICTS = {"met", "on_track", "behind", "missed", "cannot_tell"}


def dafeng(*args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dafeng.cli.main", *map(str, args)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def document(*args: str | Path, status: int = 0) -> Any:
    done = dafeng(*args)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def evaluated() -> Any:
    return document("evaluate", LIXIA, "--json")


def test_evaluate_has_the_agreed_shape(evaluated: Any):
    assert evaluated["year"] == 2025 and evaluated["demonstration"] is True
    assert len(evaluated["targets"]) == 17
    for t in evaluated["targets"]:
        assert {
            "id",
            "ref",
            "name",
            "value",
            "unit",
            "required",
            "deadline",
            "path",
            "verdict",
            "missing",
        } <= set(t)
        assert t["verdict"] in VERDICTS
        assert all(set(p) == {"year", "value"} for p in t["path"])
        if t["verdict"] == "cannot_tell":
            assert t["missing"] or t["reasons"]
    for h in evaluated["headline"]:
        assert {"quantity", "name", "value", "unit", "state", "year"} <= set(h)
    assert [f for f in evaluated["findings"] if f["severity"] == "error"] == []


def test_a_monthly_cell_taken_out_names_itself_and_moves_nothing_else(evaluated: Any, tmp_path: Path):
    copy = tmp_path / "lixia"
    shutil.copytree(LIXIA, copy)
    book = copy / "data" / "国网历下供电中心.xlsx"
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["供电量"]
    rows = [r for r in sheet.iter_rows(min_row=4) if r[1].value == 2022 and r[2].value == "居住建筑"]
    assert len(rows) == 1 and rows[0][6].value
    rows[0][6].value = None  # April
    workbook.save(book)
    changed = document("evaluate", copy, "--json")
    label = "供电量（分行业月度） 2022年4月 居住建筑"
    for before, after in zip(evaluated["targets"], changed["targets"], strict=True):
        if before == after:
            continue
        assert after["verdict"] == "cannot_tell"
        assert [m["label"] for m in after["missing"]] == [label]
    moved = {a["id"] for a, b in zip(evaluated["targets"], changed["targets"], strict=True) if a != b}
    assert moved and all(t.startswith("peak") for t in moved)  # 2022 lies under no target but the peak
    assert evaluated["headline"] == changed["headline"]
    total = document("explain", copy, "co2_total", "--year", "2022", "--depth", "0", "--json")
    assert total["state"] == "incomplete" and total["value"] is not None
    for year in (2021, 2023):
        a = document("explain", copy, "co2_total", "--year", str(year), "--depth", "0", "--json")
        b = document("explain", LIXIA, "co2_total", "--year", str(year), "--depth", "0", "--json")
        assert a["value"] == b["value"] and a["state"] == b["state"]


def _leaves(tree: Any) -> list[Any]:
    return [tree] if not tree["inputs"] else [x for i in tree["inputs"] for x in _leaves(i)]


def test_explain_opens_a_total_down_to_filings_and_factors():
    tree = document("explain", LIXIA, "co2_total", "--year", "2024", "--json")
    assert {
        "quantity",
        "name",
        "year",
        "value",
        "unit",
        "state",
        "formula",
        "inputs",
        "factor",
        "filing",
    } <= set(tree)
    leaves = _leaves(tree)
    assert any(x["filing"] and x["filing"]["place"] and x["filing"]["source_title"] for x in leaves)
    assert any(x["factor"] and x["factor"]["source_title"] for x in leaves)
    assert all(x["kind"] in ("evidence", "factor", "driver", "formula") for x in leaves)


def test_series_in_json_and_csv():
    rows = document("series", LIXIA, "co2_by_sector", "--json")
    assert rows["unit"] == "tCO2" and set(rows["values"][0]) >= {"year", "sector", "value", "state"}
    total = {r["year"]: r["value"] for r in document("series", LIXIA, "co2_total", "--json")["values"]}
    assert sum(r["value"] for r in rows["values"] if r["year"] == 2024) == pytest.approx(
        total[2024], rel=1e-12
    )
    done = dafeng("series", LIXIA, "co2_total", "--csv")
    assert (
        done.stdout.splitlines()[0] == "year,value,unit,state,marks" and len(done.stdout.splitlines()) == 22
    )
    assert all("demonstration" in line for line in done.stdout.splitlines()[1:])


def test_check_is_clean():
    done = dafeng("check", LIXIA)
    assert done.returncode == 0 and "错误 0" in done.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("evaluate", "nowhere"),
        ("evaluate", ROOT),
        ("evaluate", LIXIA, "--year", "1900"),
        ("evaluate", LIXIA, "--scenario", "none"),
        ("evaluate", LIXIA, "--choice", "pv_basis=none"),
        ("evaluate", LIXIA, "--choice", "nonsense"),
        ("explain", LIXIA, "nothing"),
        ("explain", LIXIA, "co2_by_sector"),
        ("explain", LIXIA, "co2_by_sector", "--where", "sector=nobody"),
        ("explain", LIXIA, "co2_total", "--year", "1900"),
        ("explain", LIXIA, "co2_total", "--depth", "-1"),
        ("series", LIXIA, "co2_totl"),
    ],
)
def test_unknown_names_are_findings_never_a_traceback(args: tuple[str | Path, ...]):
    done = dafeng(*args, "--json")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (first, *_) = json.loads(done.stdout)["findings"]
    assert first["severity"] == "error" and first["message"] and first["fix"]


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("nonsense",),
        ("evaluate",),
        ("evaluate", LIXIA, "--as-of", "yesterday"),
        ("series", LIXIA, "co2_total", "--json", "--csv"),
    ],
)
def test_wrong_usage_is_status_two(args: tuple[str | Path, ...]):
    assert dafeng(*args).returncode == 2


def test_another_day_and_another_definition():
    early = document("evaluate", LIXIA, "--as-of", "2025-06-30", "--json")
    assert early["year"] == 2024 and {t["final"] for t in early["targets"]} == {False}
    changed = document("evaluate", LIXIA, "--choice", "electricity_factor_rule=frozen_2021", "--json")
    assert changed["choices"]["electricity_factor_rule"] == "frozen_2021"
    value = {d["quantity"]: d["value"] for d in changed["headline"]}
    assert (
        value["co2_total"]
        != {d["quantity"]: d["value"] for d in document("evaluate", LIXIA, "--json")["headline"]}["co2_total"]
    )
