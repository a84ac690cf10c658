"""A published inventory that nobody here made, recomputed from what its own figures give away."""

import importlib.util
from pathlib import Path

import pytest

from dafeng.inventory.ceads import FUELS, find_steps, read_inventories

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "ceads_provinces"
BOOK = FOLDER / "Emission_Inventories_for_30_Provinces_{}.xlsx"

pytestmark = pytest.mark.skipif(
    not Path(str(BOOK).format(2015)).exists(), reason="the CEADs workbooks of shared/data are not at hand"
)


@pytest.fixture(scope="module")
def report():
    spec = importlib.util.spec_from_file_location("prove_ceads", ROOT / "benchmarks" / "prove_ceads.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.recompute(FOLDER)


@pytest.mark.parametrize(("year", "shandong"), [(2010, 795.49), (2015, 854.46)])
def test_both_years_are_read_and_add_up(year, shandong):
    inventories = read_inventories(Path(str(BOOK).format(year)))
    assert len(inventories) == 30
    for inventory in inventories.values():
        for column in (*FUELS, "Process", "Scope 1 Total"):
            assert abs(inventory.column_gap(column)) < 1e-9, (inventory.province, column)
        for sector in inventory.emissions:
            assert abs(inventory.row_gap(sector)) < 1e-9
    assert round(inventories["Shandong"].totals["Scope 1 Total"], 2) == shandong


def test_one_factor_a_fuel_lies_behind_all_provinces(report):
    proven = {
        fuel for (fuel, construction), step in report["steps"].items() if step.proven and not construction
    }
    assert proven == {
        "Raw Coal", "Briquettes", "Coke", "Coke Oven Gas", "Other Gas", "Gasoline", "Kerosene",
        "Diesel Oil", "Fuel Oil", "LPG", "Natural Gas",
    }  # fmt: skip
    assert sum(s.whole for (_, c), s in report["steps"].items() if not c and s.proven) == 993
    assert all(s.worst < 1e-9 for s in report["steps"].values() if s.proven)


def test_the_same_factors_lie_behind_2010(report):
    earlier = find_steps(read_inventories(Path(str(BOOK).format(2010))))
    for fuel in ("Coke", "Coke Oven Gas", "Diesel Oil", "Fuel Oil", "LPG", "Gasoline", "Natural Gas"):
        now, then = report["steps"][fuel, False], earlier[fuel, False]
        assert abs(now.factor / then.factor - 1) < 1e-6, fuel


def test_the_account_gives_the_published_emissions_again(report):
    mine = report["inventories"]["Shandong"]
    rows = {row["id"]: row for row in report["own"]["rows"]}
    assert len(report["rows"]) == len(rows) > 40
    for sector, fuel, _ in report["rows"]:
        published = mine.emissions[sector][fuel] * 1e6
        assert abs(float(rows[f"{sector}/{fuel}"]["emissions"]["CO2"]) - published) < 1e-3, (sector, fuel)


def test_the_default_set_agrees_where_the_documents_do(report):
    """PGI-2025 was not made from CEADs: oil products and natural gas agree to a thousandth."""
    mine = report["inventories"]["Shandong"]
    rows = {row["id"]: row for row in report["sets"]["PGI-2025"]["rows"]}
    for sector, fuel, _ in report["rows"]:
        if fuel in ("Gasoline", "Diesel Oil", "Fuel Oil", "Natural Gas"):
            published = mine.emissions[sector][fuel] * 1e6
            ours = float(rows[f"{sector}/{fuel}"]["emissions"]["CO2"])
            assert abs(ours / published - 1) < 1e-3, (sector, fuel)


def test_the_printed_report_is_the_one_kept(report):
    kept = (ROOT / "docs" / "proofs" / "ceads.md").read_text(encoding="utf-8")
    assert "| 交通仓储邮政 | Diesel Oil | 843.85 |" in kept
    found = {(sector, fuel): n for sector, fuel, n in report["rows"]}
    assert found["Transportation, Storage, Post and Telecommunication Services", "Diesel Oil"] == 84385
