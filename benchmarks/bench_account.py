"""`dafeng account` over millions of rows beside the same sums in pandas.

Both read one csv of activity rows and one factor file, write each row's CO2, CH4, standard coal and CO2e as JSON, and sum
them. pandas multiplies floats after two merges and checks nothing; the account is exact and checks every cell, the ids
for repeats, and the units. Each runs in its own process; time and peak memory are of that process.

    python benchmarks/bench_account.py [rows]
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ENERGIES = [
    ("diesel", "t", "3.0959", "tCO2/t", "0.00017", "tCH4/t", "1.4571"),
    ("gasoline", "t", "2.9251", "tCO2/t", "0.0014", "tCH4/t", "1.4714"),
    ("natural gas", "m3", "2.1622", "kgCO2/m3", "0.00019", "kgCH4/m3", "0.00133"),
    ("electricity", "kWh", "0.6191", "kgCO2/kWh", "", "", "0.0001229"),
    ("heat", "GJ", "0.11", "tCO2/GJ", "", "", "0.03412"),
]
REGIONS = [f"3701{i:02d}" for i in (2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 24, 26)]
SECTORS = ["工业", "建筑", "交通", "农业"]
YEARS = [2020, 2021, 2022]


def write_inputs(folder: Path, rows: int) -> None:
    rng = np.random.default_rng(2026)
    energy = rng.integers(0, len(ENERGIES), rows)
    region = rng.integers(0, len(REGIONS), rows)
    sector = rng.integers(0, len(SECTORS), rows)
    year = rng.integers(0, len(YEARS), rows)
    quantity = rng.gamma(0.7, 5000, rows)
    with (folder / "activity.csv").open("w", encoding="utf-8") as stream:
        stream.write("id,year,region,sector,energy,quantity,unit\n")
        for i in range(rows):
            e = ENERGIES[energy[i]]
            stream.write(
                f"r{i},{YEARS[year[i]]},{REGIONS[region[i]]},{SECTORS[sector[i]]},{e[0]},{quantity[i]:.3f},{e[1]}\n"
            )
    with (folder / "factors.csv").open("w", encoding="utf-8") as stream:
        stream.write("factor_id,energy,value,unit,gas,region,year,source\n")
        for name, _, co2, co2_unit, ch4, ch4_unit, _ in ENERGIES:
            for r in REGIONS:
                for y in YEARS:
                    stream.write(f"{name}-CO2-{r}-{y},{name},{co2},{co2_unit},CO2,{r},{y},benchmark\n")
                    if ch4:
                        stream.write(f"{name}-CH4-{r}-{y},{name},{ch4},{ch4_unit},CH4,{r},{y},benchmark\n")


def with_dafeng(folder: Path) -> dict[str, float]:
    from dafeng.inventory.account import Account
    from dafeng.inventory.account_output import write_json

    account = Account(folder / "activity.csv", factor_file=folder / "factors.csv", gwp="AR5")
    with (folder / "dafeng.json").open("w", encoding="utf-8") as out:
        write_json(account, out.write)
    return {"CO2": account.totals.all.gases["CO2"] / 10**12, "tce": account.totals.all.coal / 10**12}


def with_pandas(folder: Path) -> dict[str, float]:
    import pandas as pd

    rows = pd.read_csv(folder / "activity.csv", dtype={"region": "string"})
    factors = pd.read_csv(folder / "factors.csv", dtype={"region": "string"})
    tonnes = factors["unit"].str.startswith("kg").map({True: 0.001, False: 1.0})
    factors["t"] = factors["value"] * tonnes
    wide = factors.pivot_table(index=["energy", "region", "year"], columns="gas", values="t").reset_index()
    rows = rows.merge(wide, on=["energy", "region", "year"], how="left")
    coal = pd.DataFrame({"energy": [e[0] for e in ENERGIES], "coal": [float(e[6]) for e in ENERGIES]})
    rows = rows.merge(coal, on="energy", how="left")
    for gas in ("CO2", "CH4"):
        rows[gas] = rows["quantity"] * rows[gas]
    rows["tce_calorific"] = rows["quantity"] * rows["coal"]
    rows["co2e"] = rows["CO2"] + 28 * rows["CH4"].fillna(0)
    groups = rows.groupby(["year", "region", "sector", "energy"])[["CO2", "CH4"]].sum()
    rows[["id", "tce_calorific", "CO2", "CH4", "co2e"]].to_json(folder / "pandas.json", orient="records")
    assert len(groups)
    return {"CO2": float(rows["CO2"].sum()), "tce": float(rows["tce_calorific"].sum())}


def measure(kind: str, folder: Path) -> dict[str, float]:
    out = subprocess.run(
        [sys.executable, __file__, "--run", kind, str(folder)], capture_output=True, text=True, check=True
    )
    result: dict[str, float] = json.loads(out.stdout)
    return result


def main() -> None:
    if sys.argv[1:2] == ["--run"]:
        folder = Path(sys.argv[3])
        start = time.perf_counter()
        result = (with_dafeng if sys.argv[2] == "dafeng" else with_pandas)(folder)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        result["seconds"] = time.perf_counter() - start
        result["cpu"] = usage.ru_utime + usage.ru_stime
        result["megabytes"] = usage.ru_maxrss / 1024
        print(json.dumps(result))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, rows)
        print(f"{rows:,} rows, {(folder / 'activity.csv').stat().st_size / 1e6:.0f} MB of csv")
        ours, theirs = measure("dafeng", folder), measure("pandas", folder)
        for name, r in (("dafeng account", ours), ("pandas", theirs)):
            speed = rows / r["seconds"] / 1e6
            print(
                f"{name:15} {r['seconds']:6.2f} s  {speed:5.2f} M rows/s  "
                f"{r['cpu']:6.2f} CPU s  {r['megabytes']:6.0f} MB"
            )
        print(f"time ratio pandas / dafeng   {theirs['seconds'] / ours['seconds']:.2f}")
        print(f"CPU ratio pandas / dafeng    {theirs['cpu'] / ours['cpu']:.2f}")
        print(f"memory ratio pandas / dafeng {theirs['megabytes'] / ours['megabytes']:.2f}")
        for key in ("CO2", "tce"):
            off = abs(ours[key] / theirs[key] - 1)
            print(
                f"{key}: dafeng {ours[key]:.6f} t, pandas {theirs[key]:.6f} t, relative difference {off:.1e}"
            )
            assert off < 1e-9


if __name__ == "__main__":
    main()
