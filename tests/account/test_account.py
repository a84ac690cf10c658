"""The account of a table: arithmetic, M4, states, findings, and the shape that other programs rely on."""

import csv
import io
import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.cli.main import main
from dafeng.factors import shipped_vocabulary
from dafeng.findings import BlockingError
from dafeng.inventory.account_output import account_table

GOLDEN = Path(__file__).parent / "golden"
HEAD = "id,year,region,sector,energy,quantity,unit,factor_id,state"
FACTORS = """factor_id,energy,value,unit,gas,region,year,source
D1,Diesel,2.68,kgCO2/L,CO2,UK,2022,test
D1,Diesel,0.1,g CH4/L,CH4,UK,2022,test
E1,electricity,0.19338,kgCO2e/kWh,,UK,2022,test
E2,electricity,0.2,kgCO2/kWh,CO2,UK,2021,test
G1,natural gas,56100,kgCO2/TJ,CO2,World,2022,test
G2,natural gas,48,GJ/t,,World,2022,test
G3,natural gas,5,kg/TJ,CH4,World,2022,test
K1,coal,94600,kg/TJ,CO2,X,2022,test
K2,coal,25.8,tC/TJ,CO2,Y,2022,test
W1,wood,112000,kg/TJ,CO2,X,2022,test
H1,heat,0.1,tCO2/GJ,CO2,X,2022,test
H2,heat,0.11,tCO2/GJ,CO2,X,2022,test
T1,taxi,0.15,kgCO2/km,CO2,X,2022,test
R1,R410A leak,1,t/t,R410A,X,,test
"""


def run(tmp_path, lines, factors=None, head=HEAD, factors_set=None, **options):
    """The account of some lines (text or tuples); factors is the text of a factor file."""
    if factors_set is not None:
        options["factors"] = factors_set
    path = tmp_path / "a.csv"
    rows = [line if isinstance(line, str) else ",".join(str(c) for c in line) for line in lines]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    if factors is not None:
        options["factor_file"] = tmp_path / "f.csv"
        options["factor_file"].write_text(factors, encoding="utf-8")
    return account_table(path, **options)


def rules(result, severity=None):
    return {f["rule"] for f in result["findings"] if severity in (None, f["severity"])}


def places(result, rule):
    return [f["place"] for f in result["findings"] if f["rule"] == rule]


def add_up(result):
    """Every total is the sum of its rows and of its groups, exactly, in decimal."""
    for gas, total in result["total"].items():
        if gas in ("memo", "verdict", "co2e", "tce_calorific", "tce_equal"):
            continue
        rows = sum((Decimal(str(r["emissions"].get(gas, 0))) for r in result["rows"]), Decimal(0))
        groups = sum((Decimal(str(g["emissions"].get(gas, 0))) for g in result["groups"]), Decimal(0))
        assert rows == groups == Decimal(str(total)), gas
    for column in ("co2e", "tce_calorific", "tce_equal"):
        if result["total"][column] is not None:
            rows = sum((Decimal(str(r[column] or 0)) for r in result["rows"]), Decimal(0))
            assert rows == Decimal(str(result["total"][column])), column


def test_default_sets_and_shape(tmp_path):
    result = run(
        tmp_path,
        [
            "a,2023,历下区,工业,柴油,12.5,吨,,",
            "b,2023,370102,建筑,电力,1200,万千瓦时,,",
            "c,2022,Shandong,建筑,天然气,3.2,万Nm3,,estimated",
        ],
        gwp="AR5",
    )
    first, second, third = result["rows"]
    assert first["emissions"] == {"CO2": Decimal("38.69875")}  # 12.5 t × 3.0959
    assert first["tce_calorific"] == Decimal("18.21375")  # 12.5 t × 1.4571
    assert second["emissions"] == {"CO2": Decimal("7429.2")}  # 12 000 000 kWh × 0.6191 kg
    assert second["tce_calorific"] == Decimal("1474.8") and second["tce_equal"] == 3636
    assert third["emissions"] == {"CO2": Decimal("69.19008")}  # 3.2 × 21.6219
    assert third["state"] == "estimated" and first["state"] == "observed"
    assert first["co2e"] == first["emissions"]["CO2"]
    assert result["gwp"] == "AR5"
    assert result["sources"]["fuel"] == "PGI-2025" and result["sources"]["electricity"] == "MEE-NBS"
    assert set(result["rows"][0]) >= {"id", "tce_calorific", "tce_equal", "emissions", "co2e", "state"}
    assert set(result["groups"][0]) >= {"year", "region", "sector", "energy", "emissions"}
    assert [g["year"] for g in result["groups"]] == [2022, 2023, 2023]
    assert set(result["total"]) >= {"CO2", "co2e", "tce_calorific", "tce_equal"}
    add_up(result)


def test_a_foreign_factor_file(tmp_path):
    lines = [
        "a,2022,UK,t,Diesel,1000,L,,",
        "b,2022,UK,t,柴油,1,m3,D1,",
        "c,2022,World,t,natural gas,1,t,,",
        "d,2022,World,t,Natural Gas,48,GJ,,",
        "e,2022,X,t,taxi,100,公里,,",
        "f,2022,X,t,R410A leak,2,kg,,",
    ]
    result = run(tmp_path, lines, FACTORS, gwp="AR5")
    rows = {r["id"]: r for r in result["rows"]}
    assert (
        rows["a"]["emissions"] == rows["b"]["emissions"] == {"CO2": Decimal("2.68"), "CH4": Decimal("0.0001")}
    )
    assert rows["a"]["co2e"] == Decimal("2.6828")
    assert (
        rows["c"]["emissions"]
        == rows["d"]["emissions"]
        == {"CO2": Decimal("2.6928"), "CH4": Decimal("0.00024")}
    )
    assert rows["e"]["emissions"] == {"CO2": Decimal("0.015")}
    assert rows["f"]["co2e"] == Decimal("3.848")
    assert rules(result, "error") == set()
    add_up(result)


def test_without_a_gwp_set_there_is_no_co2e(tmp_path):
    result = run(tmp_path, ["a,2022,UK,t,Diesel,1000,L,,"], FACTORS)
    assert result["rows"][0]["co2e"] is None and result["total"]["co2e"] is None and result["gwp"] is None


def test_co2e_is_null_for_a_gas_without_a_gwp(tmp_path):
    factors = FACTORS + "Z1,leak,1,kg/kg,XYZ,X,2022,test\n"
    result = run(tmp_path, ["a,2022,X,t,leak,1,kg,,", "b,2022,X,t,taxi,1,km,,"], factors, gwp="AR5")
    assert result["rows"][0]["co2e"] is None and result["rows"][1]["co2e"] == Decimal("0.00015")
    assert result["total"]["co2e"] is None
    assert "account.no_gwp" in rules(result)


def test_M4_missing_conflict_and_the_other_rows(tmp_path):
    lines = [
        "a,2023,UK,t,Diesel,1,L,,",
        "b,2022,FR,t,Diesel,1,L,,",
        "c,2022,X,t,heat,1,GJ,,",
        "d,2022,X,t,heat,1,GJ,H2,",
        "e,2022,X,t,heat,1,GJ,NONE,",
        "f,2023,UK,t,Diesel,1,L,D1,",
        "g,2022,UK,t,Gasoline,1,L,D1,",
    ]
    result = run(tmp_path, lines, FACTORS)
    states = {r["id"]: r["state"] for r in result["rows"]}
    assert states == {"a": "missing", "b": "missing", "c": "missing", "d": "observed", "e": "missing", "f": "observed", "g": "missing"}  # fmt: skip
    assert all(r["emissions"] == {} for r in result["rows"] if r["state"] == "missing")
    assert {"M4.missing", "M4.conflict"} <= rules(result, "error")
    assert {"account.factor_year"} <= rules(result, "warning")  # told to use another year's factor
    assert {"account.factor_energy"} <= rules(result, "error")  # told to use another fuel's factor
    assert result["total"]["verdict"] == "incomplete" and result["missing"] == ["a", "b", "c", "e", "g"]
    missing = next(f for f in result["findings"] if f["rule"] == "M4.missing")
    assert missing["place"] == "a.csv · E2" and "D1" in missing["fix"]
    add_up(result)


def test_TP_16_a_year_without_a_published_factor_is_missing_with_alternatives(tmp_path):
    result = run(tmp_path, ["a,2024,山东,t,电力,100,kWh,,"])
    assert result["rows"][0]["state"] == "missing" and result["rows"][0]["emissions"] == {}
    assert result["rows"][0]["tce_calorific"] == Decimal("0.01229")  # the energy is known
    finding = next(f for f in result["findings"] if f["rule"] == "M4.missing")
    assert "EF-2023-P-Shandong" in finding["fix"]
    told = run(tmp_path, ["a,2024,山东,t,电力,100,kWh,EF-2023-P-Shandong,"])
    assert told["rows"][0]["emissions"]["CO2"] == Decimal("0.06191")
    assert "account.factor_year" in rules(told, "warning")


def test_TP_17_a_district_takes_its_province_and_not_the_nation(tmp_path):
    result = run(
        tmp_path,
        [
            f"{i},2023,{r},t,电力,1000,kWh,,"
            for i, r in enumerate(["370102", "历下区", "山东省", "Jinan", "370102001"])
        ],
    )
    assert {str(r["emissions"]["CO2"]) for r in result["rows"]} == {"0.6191"}
    nation = run(tmp_path, ["a,2023,全国,t,电力,1000,kWh,,"])
    assert nation["rows"][0]["emissions"]["CO2"] == Decimal("0.5306")


def test_TP_23_tibet(tmp_path):
    result = run(
        tmp_path,
        ["a,2022,西藏,t,电力,1000,kWh,,", "b,2022,Atlantis,t,电力,1000,kWh,,", "c,2022,,t,电力,1,kWh,,"],
    )
    assert [r["state"] for r in result["rows"]] == ["missing"] * 3
    assert {"M4.missing", "account.region"} <= rules(result, "error")


def test_TP_25_default_heat_is_flagged(tmp_path):
    result = run(tmp_path, ["a,2022,山东,t,热力,5,百万千焦,,"])
    assert result["rows"][0]["emissions"]["CO2"] == Decimal("0.55")
    assert result["rows"][0]["state"] == "default" and "TP-25.default_heat" in rules(result, "warning")
    assert result["rows"][0]["tce_calorific"] == Decimal("0.1706")  # TP-43: 5 GJ × 34.12 kgce


def test_TP_26_a_set_is_used_whole(tmp_path):
    lines = ["a,2022,山东,t,烟煤,10,t,,", "b,2022,山东,t,煤油,10,t,,"]
    pgi = run(tmp_path, lines)
    assert [r["state"] for r in pgi["rows"]] == ["observed", "missing"]  # PGI-2025 prints no kerosene
    assert "ENT" in next(f for f in pgi["findings"] if f["rule"] == "M4.missing")["fix"]


def test_recalled_factors_keep_their_mark(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}\na,2022,山东,t,汽油,1,t,,\n", encoding="utf-8")
    result = account_table(path, factors="ENT")
    assert result["rows"][0]["marks"] == ["recalled"]
    assert "account.recalled" in rules(result, "note")
    assert result["factors"][0]["id"] == "FF-154" and result["factors"][0]["recalled"] is True


def test_TP_27_raw_coal_is_a_stated_stand_in(tmp_path):
    result = run(tmp_path, ["a,2022,山东,t,原煤,10,t,,"])
    assert result["rows"][0]["state"] == "default" and "account.stand_in" in rules(result, "warning")
    assert result["rows"][0]["emissions"]["CO2"] == Decimal("17.417")
    assert result["rows"][0]["tce_calorific"] == Decimal("7.143")


def test_TP_32_biogenic_co2_is_a_memo(tmp_path):
    result = run(tmp_path, ["a,2022,X,t,wood,1,TJ,,"], FACTORS, gwp="AR5")
    assert result["rows"][0]["emissions"] == {} and result["rows"][0]["memo"] == {"CO2_biogenic": 112}
    assert result["total"]["CO2"] == 0 and result["total"]["co2e"] == 0
    assert result["total"]["memo"] == {"CO2_biogenic": 112}


def test_TP_33_TP_34_calorific_and_equal_value_are_two_columns(tmp_path):
    result = run(
        tmp_path,
        [
            "a,2020,山东,t,电力,10000,kWh,EF-2021-P-Shandong,",
            "b,2010,山东,t,电力,10000,kWh,EF-2021-P-Shandong,",
        ],
    )
    a, b = result["rows"]
    assert a["tce_calorific"] == b["tce_calorific"] == Decimal("1.229")
    assert a["tce_equal"] == Decimal("3.049") and b["tce_equal"] == Decimal("3.33")
    assert "tce" not in a


def test_TP_35_the_coefficient_set_is_named(tmp_path):
    result = run(tmp_path, ["a,2022,山东,t,天然气,1000,Nm3,,"])
    assert result["rows"][0]["tce_calorific"] == Decimal("1.33")
    assert result["sources"]["standard_coal"] == "GB/T2589-2020"


def test_TP_39_the_reference_of_gas_volume(tmp_path):
    plain, normal, warm = run(
        tmp_path,
        [
            "a,2022,山东,t,天然气,1000,m3,,",
            "b,2022,山东,t,天然气,1000,Nm3,,",
            "c,2022,山东,t,天然气,1000,m3(20℃),,",
        ],
    )["rows"]
    assert plain["emissions"] == normal["emissions"]
    assert warm["emissions"]["CO2"] < Decimal("0.94") * normal["emissions"]["CO2"]
    result = run(tmp_path, ["a,2022,山东,t,天然气,1000,m3,,"])
    assert "TP-39.gas_volume" in rules(result, "note")


def test_TP_40_high_and_low_heating_values_do_not_mix(tmp_path):
    factors = (
        FACTORS.splitlines()[0]
        + "\n"
        + "\n".join(
            [
                "N1,gas,0.2,kgCO2/kWh (Net CV),CO2,X,2022,test",
                "N2,gas,0.18,kgCO2/kWh (Gross CV),CO2,X,2022,test",
            ]
        )
    )
    lines = [
        "a,2022,X,t,gas,1000,kWh (Gross CV),,",
        "b,2022,X,t,gas,1000,kWh (Net CV),,",
        "c,2022,X,t,gas,1000,kWh,,",
    ]
    result = run(tmp_path, lines, factors)
    assert [r["emissions"].get("CO2") for r in result["rows"]] == [Decimal("0.18"), Decimal("0.2"), None]
    assert "M4.conflict" in rules(result, "error")


def test_TP_20_a_co2e_factor_never_counts_as_co2(tmp_path):
    result = run(tmp_path, ["a,2022,UK,t,electricity,1000,kWh,,"], FACTORS)
    assert result["rows"][0]["emissions"] == {"CO2e": Decimal("0.19338")}
    assert result["total"]["CO2"] == 0


def test_TP_45_a_carbon_factor_is_converted_and_told(tmp_path):
    result = run(tmp_path, ["a,2022,X,t,coal,1,TJ,,", "b,2022,Y,t,coal,1,TJ,,"], FACTORS)
    assert result["rows"][0]["emissions"] == result["rows"][1]["emissions"] == {"CO2": Decimal("94.6")}
    assert "TP-45.carbon" in rules(result, "warning")


def test_TP_46_a_heat_factor_needs_a_heating_value_of_the_same_set(tmp_path):
    result = run(tmp_path, ["a,2022,X,t,coal,1,t,,", "b,2022,World,t,natural gas,1,m3,,"], FACTORS)
    assert [r["state"] for r in result["rows"]] == ["missing", "missing"]
    assert places(result, "account.heating_value") == ["a.csv · G2", "a.csv · G3"]


def test_TP_50_litres_need_a_density_of_the_same_set(tmp_path):
    factors = FACTORS + "P1,petrol,3,tCO2/t,CO2,X,2022,test\n"
    lines = ["a,2022,X,t,petrol,1000,L,,"]
    assert "account.density" in rules(run(tmp_path, lines, factors), "error")
    result = run(tmp_path, lines, factors + "P2,petrol,0.75,kg/L,,X,2022,test\n")
    assert result["rows"][0]["emissions"]["CO2"] == Decimal("2.25")
    assert "TP-50.density" in rules(result, "note")


@pytest.mark.parametrize(
    ("line", "rule", "place"),
    [
        ("a,2022,山东,t,柴油,-3,t,,", "account.negative", "F2"),
        ("a,2022,山东,t,柴油,abc,t,,", "account.quantity", "F2"),
        ("a,2022,山东,t,柴油,nan,t,,", "account.quantity", "F2"),
        ("a,2022,山东,t,柴油,inf,t,,", "account.quantity", "F2"),
        ("a,2022,山东,t,柴油,1e30,t,,", "account.quantity", "F2"),
        ("a,2022,山东,t,柴油,50%,t,,", "account.quantity", "F2"),
        ("a,2022,山东,t,柴油,=1+1,t,,", "account.quantity", "F2"),
        ("a,2022,山东,t,柴油,,t,,", "account.quantity_missing", "F2"),
        ("a,2022,山东,t,柴油,3,吨吨,,", "account.unit", "G2"),
        ("a,2022,山东,t,柴油,3,ton,,", "account.unit_ambiguous", "G2"),
        ("a,2022,山东,t,柴油,3,,,", "account.unit", "G2"),
        ("a,2022,山东,t,柴油,3,km,,", "account.unit_clash", "G2"),
        ("a,2022,山东,t,煤,3,t,,", "account.energy_ambiguous", "E2"),
        ("a,2022,山东,t,柴油机,3,t,,", "account.energy_unknown", "E2"),
        ("a,2022,山东,t,柴,3,t,,", "account.energy_unknown", "E2"),
        ("a,2099,山东,t,柴油,3,t,,", "account.future_year", "B2"),
        ("a,22,山东,t,柴油,3,t,,", "account.year", "B2"),
        ("a,,山东,t,柴油,3,t,,", "account.year", "B2"),
        ("a,2022,山东,t,柴油,3,t,,maybe", "account.state", "I2"),
        ("a,2022,山东,t,柴油,3,t,,confirmed_zero", "account.state_conflict", "F2"),
        ("a,2022,山东,t,柴油,3,t,,NO", "account.state_conflict", "F2"),
        (",2022,山东,t,柴油,3,t,,", "account.id", "A2"),
    ],
)  # fmt: skip
def test_faults_are_found_at_their_cell(tmp_path, line, rule, place):
    result = run(tmp_path, [line, "ok,2022,山东,t,柴油,1,t,,"])
    assert places(result, rule) == [f"a.csv · {place}"]
    assert result["rows"][1]["emissions"]["CO2"] == Decimal("3.0959")  # the other row is computed
    if rule != "account.id":
        assert result["rows"][0]["state"] in ("missing", "NO")
        assert result["total"]["CO2"] == Decimal("3.0959")


def test_states_are_honoured(tmp_path):
    lines = [f"{s},2022,山东,t,柴油,,t,,{s}" for s in ("NO", "NE", "IE", "C", "missing", "confirmed_zero")]
    result = run(tmp_path, [*lines, "e,2022,山东,t,柴油,2,t,,estimated"])
    assert {r["id"]: r["state"] for r in result["rows"]}["IE"] == "IE"
    assert [r["emissions"] for r in result["rows"]][-2:] == [{"CO2": 0}, {"CO2": Decimal("6.1918")}]
    assert result["missing"] == ["NE", "C", "missing"]  # M1: NO is zero and IE is elsewhere
    assert result["total"]["verdict"] == "incomplete"


def test_M11_the_same_id_twice_is_told_and_counted_once(tmp_path):
    result = run(
        tmp_path, ["a,2022,山东,t,柴油,1,t,,", "b,2022,山东,t,柴油,1,t,,", "a,2022,山东,t,柴油,5,t,,"]
    )
    assert result["total"]["CO2"] == Decimal("6.1918")
    assert places(result, "account.duplicate_id") == ["a.csv · A4"]
    assert "第2行" in next(f for f in result["findings"] if f["rule"] == "account.duplicate_id")["message"]


def test_written_forms_of_numbers(tmp_path):
    lines = [
        'a,2022,山东,t,柴油,"1,234.5",t,,',
        "b,２０２２,山东,t,柴油,１２３４．５,吨,,",
        "c,2022年,山东,t,柴油,0.12345万,t,,",
    ]
    result = run(tmp_path, lines)
    assert {str(r["emissions"]["CO2"]) for r in result["rows"]} == {"3821.88855"}
    assert len(result["groups"]) == 1


def test_TP_41_written_units_give_the_same_tonnes(tmp_path):
    forms = [
        ("3", "万吨"),
        ("30000", "t"),
        ("30000000", "kg"),
        ("30", "kt"),
        ("30000000", "千克"),
        ("3", "10^4 t"),
    ]
    result = run(
        tmp_path, [(f"r{i}", 2022, "山东", "t", "柴油", q, u, "", "") for i, (q, u) in enumerate(forms)]
    )
    assert {str(r["emissions"]["CO2"]) for r in result["rows"]} == {"92877"}
    result = run(tmp_path, [("a", 2022, "山东", "t", "烟煤", 1, "万吨标准煤", "", "")])
    assert result["rows"][0]["tce_calorific"] == 10000


def test_columns_in_chinese_and_gb18030(tmp_path):
    path = tmp_path / "活动.csv"
    text = "编号,年份,地区,部门,能源,用量,单位\n1,2022,山东,工业,柴油,2,吨\n"
    path.write_bytes(text.encode("gb18030"))
    result = account_table(path)
    assert result["total"]["CO2"] == Decimal("6.1918")


rows_strategy = st.lists(
    st.tuples(
        st.sampled_from([2021, 2022, 2023]),
        st.sampled_from(["山东", "北京", "370102"]),
        st.sampled_from(["工业", "建筑"]),
        st.sampled_from([("柴油", "t"), ("天然气", "万m3"), ("电力", "kWh"), ("热力", "GJ"), ("烟煤", "tce"), ("汽油", "L")]),
        st.decimals(min_value=0, max_value=10**9, places=4),
    ),
    min_size=1,
    max_size=30,
)  # fmt: skip


def lines_of(rows):
    out = []
    for i, (year, region, sector, (energy, unit), quantity) in enumerate(rows):
        out.append((f"r{i}", year, region, sector, energy, format(quantity, "f"), unit, "", ""))
    return out


@settings(max_examples=40, deadline=None)
@given(rows_strategy)
def test_rows_and_groups_sum_to_the_total_exactly(tmp_path_factory, rows):
    add_up(run(tmp_path_factory.mktemp("p"), lines_of(rows), gwp="AR6"))


@settings(max_examples=20, deadline=None)
@given(rows_strategy, st.randoms())
def test_the_order_of_rows_changes_nothing(tmp_path_factory, rows, order):
    lines = lines_of(rows)
    shuffled = list(lines)
    order.shuffle(shuffled)
    folder = tmp_path_factory.mktemp("p")
    one, two = run(folder, lines, gwp="AR5"), run(folder, shuffled, gwp="AR5")
    assert one["total"] == two["total"]
    assert sorted(one["rows"], key=lambda r: r["id"]) == sorted(two["rows"], key=lambda r: r["id"])


@settings(max_examples=30, deadline=None)
@given(
    st.decimals(min_value=0, max_value=10**6, places=5),
    st.sampled_from([("t", "kg", 3), ("t", "万t", -4), ("t", "kt", -3)]),
)
def test_scaling_the_unit_changes_nothing(tmp_path_factory, quantity, units):
    frm, to, power = units
    lines = [
        ("a", 2022, "山东", "t", "柴油", format(quantity, "f"), frm, "", ""),
        ("b", 2022, "山东", "t", "柴油", format(quantity.scaleb(power), "f"), to, "", ""),
    ]
    a, b = run(tmp_path_factory.mktemp("p"), lines)["rows"]
    assert a["emissions"] == b["emissions"] and a["tce_calorific"] == b["tce_calorific"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.decimals(min_value=0, max_value=10**12, places=3), min_size=1, max_size=10))
def test_columns_and_single_rows_are_computed_alike(tmp_path_factory, quantities):
    """The Arrow path (plain numbers) and the fraction path (the same number with a 万) agree to the last digit."""
    lines = []
    for i, q in enumerate(quantities):
        lines.append((f"a{i}", 2022, "山东", "t", "烟煤", format(q * 10000, "f"), "kgce", "", ""))
        lines.append((f"b{i}", 2022, "山东", "t", "烟煤", format(q, "f") + "万", "kgce", "", ""))
    rows = run(tmp_path_factory.mktemp("p"), lines)["rows"]
    for one, two in zip(rows[::2], rows[1::2], strict=True):
        assert one["emissions"] == two["emissions"] and one["tce_calorific"] == two["tce_calorific"]


def test_batches_do_not_show(tmp_path):
    rng = random.Random(7)
    lines = []
    for i in range(3000):
        energy, unit = rng.choice(
            [("柴油", "t"), ("电力", "kWh"), ("天然气", "万m3"), ("煤", "t"), ("汽油", "L")]
        )
        quantity = rng.choice([f"{rng.random() * 1000:.3f}", "", "1.5万", "-1", "abc"])
        lines.append(
            f"r{i if i % 500 else 0},{rng.choice([2021, 2022, 2024])},山东,s{i % 3},{energy},{quantity},{unit},,"
        )
    whole, pieces = run(tmp_path, lines), run(tmp_path, lines, block=2048)
    for key in ("rows", "groups", "total", "counts", "missing"):
        assert whole[key] == pieces[key], key
    add_up(whole)


def test_findings_are_bounded(tmp_path):
    result = run(tmp_path, [f"r{i},2022,山东,t,煤,1,t,," for i in range(5000)])
    assert len(result["findings"]) < 30
    assert "5000" in result["findings"][-1]["message"]
    assert result["counts"]["missing"] == 5000 and len(result["missing"]) == 1000


# The command


def command(capsys, *argv):
    code = main(["account", *[str(a) for a in argv]])
    return code, capsys.readouterr()


def test_command_prints_one_json_document_and_findings_apart(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}\na,2022,山东,t,柴油,1,t,,\n", encoding="utf-8")
    code, out = command(capsys, path, "--json", "--gwp", "AR5")
    assert code == 0
    assert json.loads(out.out)["total"]["CO2"] == 3.0959
    assert "柴油" in out.out
    path.write_text(f"{HEAD}\na,2022,山东,t,柴油,x,t,,\n", encoding="utf-8")
    code, out = command(capsys, path, "--json")
    assert code == 1 and json.loads(out.out)["findings"] and "错误" in out.err


def test_command_summary_in_chinese(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}\na,2022,山东,工业,柴油,1,t,,\n", encoding="utf-8")
    code, out = command(capsys, path)
    assert code == 0
    for word in ("合计", "3.0959", "1.4571", "PGI-2025", "GB/T 2589-2020", "完整"):
        assert word in out.out


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "tabular.empty"),
        (b"a,b\n1,2\n", "tabular.header_missing"),
        (HEAD.encode() + b'\n"open,2022\na,2022\nb,2022\n', "tabular.csv"),
        (b"\x00\x01\x02", "tabular.binary"),
        (b"\xff\xfe\xfa\x80\x81", "tabular.encoding"),
        ((HEAD + ",energy").encode() + b"\n", "tabular.header_twice"),
    ],
)
def test_bad_files_give_findings_and_no_traceback(tmp_path, capsys, content, rule):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    code, out = command(capsys, path, "--json")
    document = json.loads(out.out)
    if rule != "tabular.encoding":
        assert rule in {f["rule"] for f in document["findings"]}
    assert code == 1 and document["findings"]


def test_wrong_usage_is_two(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "\n", encoding="utf-8")
    assert command(capsys, path, "--gwp", "AR9")[0] == 2
    assert command(capsys, path, "--factors", "NOPE", "--json")[0] == 2
    assert command(capsys, tmp_path / "none.csv", "--json")[0] == 1
    with pytest.raises(SystemExit) as stop:
        main(["account", str(path), "--factors", "ENT", "--factor-file", str(path)])
    assert stop.value.code == 2


def test_a_factor_file_that_cannot_be_read(tmp_path):
    with pytest.raises(BlockingError):
        run(tmp_path, ["a,2022,X,t,coal,1,t,,"], "energy,amount\ncoal,1\n")
    result = run(
        tmp_path,
        ["a,2022,X,t,coal,1,TJ,,"],
        FACTORS + "B,oil,abc,kgCO2/L,CO2,X,2022,t\nC,oil,1,apples,CO2,X,2022,t\n",
    )
    assert {"account.factor_value", "account.factor_unit"} <= rules(result, "error")
    assert result["rows"][0]["state"] == "observed"


def test_a_table_without_rows(tmp_path):
    result = run(tmp_path, [])
    assert result["rows"] == [] and result["total"]["CO2"] is None and result["groups"] == []


@pytest.mark.parametrize("name", ["district", "foreign"])
def test_golden(name):
    """Whole documents, kept beside the test; ``python tests/account/golden/renew.py`` writes them anew."""
    options = json.loads((GOLDEN / f"{name}.options.json").read_text(encoding="utf-8"))
    if "factor_file" in options:
        options["factor_file"] = GOLDEN / options["factor_file"]
    result = account_table(GOLDEN / f"{name}.csv", **options)
    kept = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    assert result == kept


def test_golden_inputs_are_plain_csv():
    for path in GOLDEN.glob("*.csv"):
        assert list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_union_of_sets_is_named_by_the_caller(tmp_path):
    """PGI-2011 prints no heating values; with those of GB/T 2589-2008, as its users pair them, it counts."""
    lines = ["a,2022,山东,t,柴油,1,t,,", "b,2022,山东,t,天然气,1,万m3,,"]
    alone = run(tmp_path, lines, factors_set="PGI-2011")
    assert [r["state"] for r in alone["rows"]] == ["missing", "missing"]
    assert "account.heating_value" in rules(alone, "error")
    union = run(tmp_path, lines, factors_set="PGI-2011+GB/T2589-2008")
    assert [r["emissions"]["CO2"] for r in union["rows"]] == [
        Decimal("3.095909637333"),
        Decimal("21.62188809"),
    ]
    assert union["sources"]["fuel"] == "PGI-2011+GB/T2589-2008"


def test_gas_written_co2e_with_a_unit_of_co2_is_co2(tmp_path):
    factors = (
        FACTORS.splitlines()[0] + "\nA,bus,0.1,kgCO2/km,CO2e,X,2022,t\nB,van,0.1,kgCO2e/km,CO2,X,2022,t\n"
    )
    result = run(tmp_path, ["a,2022,X,t,bus,10,km,,", "b,2022,X,t,van,10,km,,"], factors)
    assert [r["emissions"] for r in result["rows"]] == [{"CO2": Decimal("0.001")}, {"CO2e": Decimal("0.001")}]
    assert "TP-20.co2e" in rules(result, "warning")


def test_many_sectors_do_not_multiply_the_notes(tmp_path):
    result = run(tmp_path, [f"r{i},2022,山东,s{i},天然气,1,m3,," for i in range(50)])
    assert len(places(result, "TP-39.gas_volume")) == 1
    assert len(result["groups"]) == 50


FOREIGN = """factor_id,energy,value,unit,gas,region,year,source
U1,US grid,823.1,lb CO2/MWh,CO2,US,2024,t
U2,US grid,0.066,lb CH4/MWh,,US,2024,t
U3,US grid,0.009,lb/MWh,N2O,US,2024,t
N1,Natural gas US,53.06,kg CO2/mmBtu,CO2,US,2024,t
N2,Natural gas US,0.1,g N2O per mmBtu,,US,2024,t
C1,Bituminous US,2325,kg CO2/short ton,CO2,US,2024,t
C2,Bituminous US,24.93,mmBtu per short ton,,US,2024,t
D1,Paraffin US,3.15,kg CO2/kg,CO2,US,2024,t
D2,Paraffin US,0.8,kg per L,,US,2024,t
K1,Kerosene US,10.15,kg CO2/US gallon,CO2,US,2024,t
O1,Crude US,432,kg CO2/bbl,CO2,US,2024,t
P1,Propane US,0.15463,lb CO2/ft3,CO2,US,2024,t
G1,Motor gasoline US,8.78,kg CO2/gallon,CO2,US,2024,t
T1,Gas UK,0.18293,kgCO2e/kWh (Gross CV),,UK,2024,t
"""


@pytest.mark.parametrize(
    ("energy", "quantity", "unit", "gas", "expected"),
    [
        ("US grid", "12.5", "MWh", "CO2", "4.666898496838"),  # × 823.1 lb × 0.45359237 kg
        ("US grid", "12.5", "MWh", "CH4", "0.000374213705"),
        ("US grid", "12.5", "MWh", "N2O", "0.000051029142"),
        ("Natural gas US", "7", "MMBtu", "CO2", "0.37142"),
        ("Natural gas US", "70", "therms", "CO2", "0.37142"),
        ("Natural gas US", "7.38539096834", "GJ", "CO2", "0.37142"),  # × 1.05505585262
        ("Natural gas US", "7", "MMBtu", "N2O", "0.0000007"),
        ("Bituminous US", "3", "short tons", "CO2", "6.975"),
        ("Bituminous US", "2.72155422", "t", "CO2", "6.975"),  # 3 × 2000 lb
        ("Bituminous US", "24.93", "MMBtu", "CO2", "2.325"),
        ("Kerosene US", "42", "US gal", "CO2", "0.4263"),
        ("Kerosene US", "158.987294928", "L", "CO2", "0.4263"),
        ("Kerosene US", "1", "barrel", "CO2", "0.4263"),
        ("Paraffin US", "1000", "L", "CO2", "2.52"),  # × 0.8 kg per L × 3.15
        ("Crude US", "84", "US gallons", "CO2", "0.864"),
        ("Propane US", "100", "cubic feet", "CO2", "0.007013898817"),
        ("Gas UK", "10", "kWh (Gross CV)", "CO2e", "0.0018293"),
    ],
)
def test_units_of_other_countries_convert_by_their_definitions(
    tmp_path, energy, quantity, unit, gas, expected
):
    region = "UK" if "UK" in energy else "US"
    result = run(tmp_path, [f"a,2024,{region},t,{energy},{quantity},{unit},,"], FOREIGN)
    assert result["rows"][0]["emissions"][gas] == Decimal(expected)


@pytest.mark.parametrize(
    ("energy", "unit", "rule", "named"),
    [
        ("Motor gasoline US", "US gal", "account.unit_ambiguous", "US gal"),
        ("Motor gasoline US", "gallon", "account.unit_ambiguous", "imp gal"),
        ("Bituminous US", "ton", "account.unit_ambiguous", "short ton"),
        ("Natural gas US", "cord", "account.unit", "MMBtu"),
        ("Gas UK", "kWh (Net CV)", "account.unit_clash", "Gross CV"),
    ],
)
def test_a_foreign_unit_that_is_not_clear_is_refused_and_told_what_is(tmp_path, energy, unit, rule, named):
    region = "UK" if "UK" in energy else "US"
    result = run(tmp_path, [f"a,2024,{region},t,{energy},5,{unit},,"], FOREIGN)
    assert result["rows"][0]["state"] == "missing" and result["rows"][0]["emissions"] == {}
    assert named in next(f for f in result["findings"] if f["rule"] == rule)["expected"]


REFERENCE = Path(__file__).parents[2] / "src/dafeng/standards/nation/factors"
SETS = {"PGI-2025": "co2_factor", "ENT": "co2_factor", "PGI-2011": "carbon_content_per_heat", "IPCC-2006": "co2_factor_per_heat"}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_every_fuel_of_a_set_by_hand(tmp_path, name):
    """Each fuel of the set, once: the product of the written numbers, worked out here from the printed table."""
    with (REFERENCE / "fuel.csv").open(encoding="utf-8") as stream:
        table = [r for r in csv.DictReader(stream) if r["set"] == name]
    value = {(r["item"], r["parameter"]): Fraction(r["value"]) for r in table if r["value"]}
    units = {(r["item"], r["parameter"]): r["unit"] for r in table}
    items = [r for r in table if r["parameter"] == SETS[name] and r["value"]]
    assert len(items) >= 14
    per = {"co2_factor": lambda u: u.split("/")[1].replace("10^4 ", "万")}.get(SETS[name], lambda u: "GJ")
    names = {r["item"]: shipped_vocabulary().energies[r["item"]].name_zh for r in items}
    lines = [f"{r['item']},2022,山东,t,{names[r['item']]},123.457,{per(r['unit'])},," for r in items]
    result = run(tmp_path, lines, factors_set=name)
    got = {r["id"]: r["emissions"].get("CO2") for r in result["rows"]}
    for r in items:
        key = (r["item"], r["parameter"])
        by_hand = Fraction("123.457") * value[key]
        if name == "PGI-2011":
            by_hand *= value[r["item"], "oxidation_rate"] * Fraction(44, 12) / 1000
        if name == "IPCC-2006":
            by_hand /= {"kgCO2/TJ": 10**6, "tCO2/TJ": 10**3}[units[key]]
        assert got[r["item"]] == round_half_even(by_hand), (name, r["item"])


def round_half_even(value):
    whole = value * 10**12
    return Decimal(round(whole)).scaleb(-12)


def test_a_factor_in_co2e_beside_its_gases_counts_once(tmp_path):
    head = "factor_id,energy,value,unit,gas,region,year,source"
    factors = [
        head,
        "a,electricity,0.20707,kgCO2e/kWh,CO2e,UK,2023,x",
        "b,electricity,0.20496,kgCO2/kWh,CO2,UK,2023,x",
        "c,electricity,0.00072,kgCH4/kWh,CH4,UK,2023,x",
    ]
    result = run(tmp_path, ["1,2023,UK,x,electricity,1000,kWh,,"], "\n".join(factors), gwp="AR5")
    row = result["rows"][0]
    assert row["emissions"] == {"CO2": Decimal("0.20496"), "CH4": Decimal("0.00072")}
    assert row["co2e"] == Decimal("0.20496") + 28 * Decimal("0.00072")
    assert "account.co2e_beside_gases" in rules(result, "warning")
    alone = run(tmp_path, ["1,2023,UK,x,electricity,1000,kWh,,"], "\n".join(factors[:2]), gwp="AR5")
    assert alone["rows"][0]["co2e"] == Decimal("0.20707")


def test_a_table_without_rows_is_no_total_of_zero(tmp_path):
    result = run(tmp_path, [])
    assert "account.no_rows" in rules(result, "error") and result["total"]["verdict"] == "incomplete"


def test_a_total_of_which_nothing_is_known_is_null_not_zero(tmp_path):
    missing = run(tmp_path, ["1,2023,370000,x,柴油,,t,,"])
    assert missing["total"]["CO2"] is None and missing["total"]["verdict"] == "incomplete"
    assert run(tmp_path, [])["total"]["CO2"] is None
    only_methane = "factor_id,energy,value,unit,gas,region,year,source\na,leak,1,t/t,CH4,X,2023,x\n"
    assert run(tmp_path, ["1,2023,X,x,leak,2,t,,"], only_methane)["total"]["CO2"] == 0
