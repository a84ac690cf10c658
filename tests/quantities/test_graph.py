"""The graph as a whole: sums, states, time, choices, scenarios, and what is refused when it is loaded."""

from __future__ import annotations

import numpy as np
import pytest

from tests.quantities.conftest import DIMENSIONS, POWER, Make, month_rows, quantity, rules

FULL = {"m.csv": month_rows(lambda y, m, s: 10 + m + (y - 2020))}


def test_a_month_missing_makes_the_total_incomplete_and_names_the_cell(make: Make):
    model = make(data={"m.csv": month_rows(lambda y, m, s: None if (y, m, s) == (2023, 5, "homes") else 10)})
    run = model.run()
    cell = run["power_total"].at(year=2023)
    assert cell.state == "incomplete" and cell.value == pytest.approx(35 * 10 / 1e4)
    assert [c.label for c in run.missing("power_total", year=2023)] == ["月用电量 2023年5月 居民"]
    (lacking,) = run.missing("power_total", year=2023)
    assert lacking.supplier == "grid" and lacking.due == "2023-06-10"
    assert run["power_total"].at(year=2022).complete
    assert run.missing("power_total", year=2022) == []


def test_removing_one_cell_moves_nothing_else(make: Make):
    base = make(data=FULL).run()
    key = base["power_month"].key({"year": 2024, "month": 3, "sector": "services"})
    changed = base.with_changes(evidence={("power_month", key): None})
    assert changed["power_total"].at(year=2024).state == "incomplete"
    for name in base.compiled.programs:
        same = np.array_equal(base[name].values, changed[name].values, equal_nan=True) and np.array_equal(
            base[name].flags, changed[name].flags
        )
        assert same == (name not in {"power_month", "power", "power_total"})
    a, b = base["power_total"], changed["power_total"]
    years = [i for i, y in enumerate(a.members("year")) if y != "2024"]
    assert np.array_equal(a.values[years], b.values[years], equal_nan=True) and np.array_equal(
        a.flags[years], b.flags[years]
    )


def test_pending_is_not_missing(make: Make):
    model = make(
        data={"m.csv": month_rows(lambda y, m, s: 10 if (y, m) <= (2026, 9) else None, range(2020, 2027))}
    )
    run = model.run()
    states = {m: run["power_month"].at(year=2026, month=m, sector="homes").state for m in (9, 10, 11, 12)}
    assert states == {
        9: "observed",
        10: "missing",
        11: "pending",
        12: "pending",
    }  # October was due on 10 November
    assert run["power_month"].at(year=2019, month=1, sector="homes").state == "outside"


@pytest.mark.parametrize(
    ("state", "value", "expected"),
    [
        ("NO", "", "NO"),
        ("confirmed_zero", "0", "confirmed_zero"),
        ("NE", "", "NE"),
        ("IE", "", "IE"),
        ("C", "", "C"),
        ("estimated", "5", "estimated"),
        ("default", "5", "default"),
        ("missing", "", "missing"),
    ],
)
def test_filed_states(make: Make, state: str, value: str, expected: str):
    model = make(
        data={
            "m.csv": f"quantity,year,month,sector,value,unit,state\npower_month,2024,1,homes,{value},kWh,{state}\n"
        }
    )
    assert rules(model) == set()
    assert model.run()["power_month"].at(year=2024, month=1, sector="homes").state == expected


def test_known_zero_times_missing_is_zero(make: Make):
    quantities = POWER + quantity("product", "power_month * price", "元", '["year", "month", "sector"]')
    quantities += '\n[[quantity]]\nid = "price"\nname = "电价"\nname_en = "Price"\nunit = "元/kWh"\ndims = ["year"]\nevidence = {}\n'
    run = make(
        quantities,
        {
            "m.csv": "quantity,year,month,sector,value,unit,state\npower_month,2024,*,homes,,kWh,NO\npower_month,2024,1,industry,5,kWh,\n"
        },
    ).run()
    assert run["product"].at(year=2024, month=4, sector="homes").state == "NO"
    assert run["product"].at(year=2024, month=4, sector="homes").value == 0
    assert run["product"].at(year=2024, month=1, sector="industry").state == "missing"


TIME = POWER + "".join(
    [
        quantity("before", "prev(power_total)", "亿kWh"),
        quantity("rate", "growth(power_total)", "%"),
        quantity("added", "cumulative(power_total from 2022)", "亿kWh"),
        quantity("fall", "1 - power_total / power_total[year: 2020]", "%"),
        quantity("index", "compound(rate from 2022)", "1"),
        quantity("held", "hold(power_total)", "亿kWh"),
        quantity("filled", "interpolate(power_total)", "亿kWh"),
        quantity("so_far", "sum(ytd(power_month) over sector)", "亿kWh"),
    ]
)


def test_functions_along_the_years(make: Make):
    run = make(
        TIME, {"m.csv": month_rows(lambda y, m, s: 100 * 1.1 ** (y - 2020) if y != 2023 else None)}
    ).run()
    total = {y: c.value for y, c in run["power_total"].series()}
    assert run["before"].at(year=2022).value == total[2021]
    assert run["before"].at(year=2018).state == "outside"
    assert run["rate"].at(year=2021).value == pytest.approx(10)
    assert run["fall"].at(year=2022).value == pytest.approx(-21)
    assert run["added"].at(year=2021).value == 0
    assert run["added"].at(year=2022).value == pytest.approx(total[2022])
    assert run["added"].at(year=2023).state == "missing" or run["added"].at(year=2023).incomplete
    assert run["index"].at(year=2022).value == 1
    assert run["index"].at(year=2020).value == pytest.approx(1 / 1.1**2)
    assert run["held"].at(year=2028).state == "projected"
    assert run["held"].at(year=2028).value == total[2025]
    assert run["held"].at(year=2023).state == "estimated"
    assert run["filled"].at(year=2023).value == pytest.approx((total[2022] + total[2024]) / 2)
    assert run["filled"].at(year=2023).state == "estimated"
    assert run["filled"].at(year=2027).value is None
    assert run["so_far"].at(year=2024).value == pytest.approx(10 / 12 * total[2024])  # January to October


def test_sums_over_dimensions_and_members(make: Make):
    quantities = POWER + "".join(
        [
            quantity("by_domain", "regroup(power, sector -> domain)", dims='["year", "domain"]'),
            quantity("two", "sum(power[sector: industry | homes] over sector)"),
            quantity("part", "share(power over sector)", "%", '["year", "sector"]'),
            quantity("average", "mean(power over sector)"),
            quantity("top", "max(power over sector)"),
            quantity("spread_out", "spread(power_total over sector)", dims='["year", "sector"]'),
            quantity("larger", "max(power[sector: homes], power[sector: industry])"),
            quantity(
                "either",
                "where(power[sector: homes] > power[sector: industry], power[sector: homes], power[sector: industry])",
            ),
        ]
    )
    model = make(
        quantities, {"m.csv": month_rows(lambda y, m, s: {"industry": 5, "services": 3, "homes": 2}[s])}
    )
    assert rules(model) == set()
    run = model.run()

    def at(name: str, **w: str) -> float | None:
        return run[name].at(year=2024, **w).value

    assert at("by_domain", domain="production") == 96 and at("by_domain", domain="life") == 24
    assert run["by_domain"].at(year=2024, domain="empty").state == "NO"
    assert at("two") == 84 and at("average") == pytest.approx(40) and at("top") == 60
    assert at("part", sector="homes") == pytest.approx(20)
    assert at("spread_out", sector="homes") == pytest.approx(120)
    assert at("larger") == at("either") == 60


@pytest.mark.parametrize(
    ("formula", "unit", "dims", "rule"),
    [
        ("power_total + nothing", "亿kWh", '["year"]', "formula.name"),
        ("power_total + 3 {t}", "亿kWh", '["year"]', "formula.unit"),
        ("power_total", "tCO2", '["year"]', "formula.unit"),
        ("power", "万kWh", '["year"]', "formula.dims"),
        ("power_total", "万kWh", '["year", "sector"]', "formula.dims"),
        ("power[sector: nobody]", "万kWh", '["year"]', "formula.member"),
        ("power[nothing: x]", "万kWh", '["year"]', "formula.dims"),
        ("power[sector: industry | homes]", "万kWh", '["year", "sector"]', "formula.dims"),
        ("power_total[year: 1990]", "万kWh", '["year"]', "formula.year"),
        ("self", "万kWh", '["year"]', "formula.cycle"),
        ("ln(power_total)", "1", '["year"]', "formula.unit"),
        ("sum(power over month)", "万kWh", '["year", "sector"]', "formula.dims"),
        ("power_total", "猫", '["year"]', "definition.unit"),
        ("power_total", "万kWh", '["year", "cat"]', "definition.dims"),
        ("power_total +", "万kWh", '["year"]', "formula.syntax"),
    ],
)
def test_unsound_definitions_are_findings_with_file_and_line(
    make: Make, formula: str, unit: str, dims: str, rule: str
):
    model = make(POWER + quantity("self", formula, unit, dims), FULL)
    found = [f for f in model.findings if f.rule == rule]
    assert found and found[0].severity == "error"
    assert "quantities/all.toml:" in found[0].place and found[0].message.zh and found[0].message.en
    assert "power_total" in model.run()  # the rest still runs


def test_a_cycle_is_named_and_its_users_say_why(make: Make):
    model = make(
        POWER
        + quantity("a", "b")
        + quantity("b", "c")
        + quantity("c", "a")
        + quantity("user", "a + power_total"),
        FULL,
    )
    (cycle,) = [f for f in model.findings if f.rule == "formula.cycle"]
    assert set(cycle.data["cycle"]) == {"a", "b", "c"}
    assert [f.message.zh for f in model.findings if f.rule == "formula.depends"]


CHOICE = """
[[choice]]
id = "basis"
name = "口径"
name_en = "Basis"
question = "?"
question_en = "?"
default = "all"
[[choice.option]]
id = "all"
name = "全部"
name_en = "all"
[[choice.option]]
id = "homes"
name = "居民"
name_en = "homes"

[[quantity]]
id = "counted"
name = "计入用电量"
name_en = "Counted"
unit = "万kWh"
choice = "basis"
formula_by = { all = "sum(power over sector)", homes = "power[sector: homes]" }

[[quantity]]
id = "double"
name = "两倍"
name_en = "Twice"
unit = "万kWh"
formula = "2 * counted"
"""


def test_a_choice_reaches_only_what_depends_on_it(make: Make):
    base = make(POWER + CHOICE, FULL).run()
    changed = base.with_changes(choices={"basis": "homes"})
    assert changed["double"].at(year=2024).value == pytest.approx(base["double"].at(year=2024).value / 3)
    assert changed.context.values["power"] is base.context.values["power"]
    full = make(POWER + CHOICE, FULL, choices={"basis": "homes"}).run()
    assert np.array_equal(full["double"].values, changed["double"].values, equal_nan=True)
    back = changed.with_changes(choices={"basis": "all"})
    assert np.array_equal(back["double"].values, base["double"].values, equal_nan=True)


DRIVER = POWER + (
    '\n[[quantity]]\nid = "g"\nname = "增速"\nname_en = "Growth"\nunit = "%"\ndims = ["year"]\ndriver = { points = { 2026 = 5.0, 2030 = 1.0 } }\n'
    + quantity("path", "coalesce(power_total, power_total[year: 2025] * compound(g from 2025))", "亿kWh")
)
SCENARIOS = """
[[scenario]]
id = "low"
name = "低"
name_en = "Low"
[scenario.drivers.g]
points = { 2026 = 0.0, 2030 = 0.0 }
[[scenario]]
id = "low_child"
name = "低二"
name_en = "Low two"
inherits = "low"
"""


def test_history_joins_projection_and_scenarios_change_only_the_future(make: Make):
    model = make(DRIVER, FULL, scenarios=SCENARIOS)
    assert rules(model) == set()
    base, low = model.run(), model.run("low_child")
    assert base["path"].at(year=2025).state == "observed"
    assert base["path"].at(year=2026).state == "projected"
    assert base["path"].at(year=2026).value == pytest.approx(base["path"].at(year=2025).value * 1.05)
    assert low["path"].at(year=2030).value == pytest.approx(base["path"].at(year=2025).value)
    assert np.array_equal(low["path"].values[:8], base["path"].values[:8], equal_nan=True)


def test_a_driver_is_not_continued_past_its_last_point(make: Make):
    model = make(DRIVER.replace("2030 = 1.0", "2028 = 1.0"), FULL)
    assert model.run()["g"].at(year=2029).state == "outside"
    assert model.run()["path"].at(year=2029).value is None


def test_a_later_layer_replaces_by_id(make: Make, tmp_path):
    from dafeng.quantities import Model
    from tests.quantities.conftest import AS_OF, PACKAGE, _library

    for name, text in (
        ("one", POWER),
        ("two", quantity("power_total", "2 * sum(power over sector)", "亿kWh")),
    ):
        folder = tmp_path / name
        (folder / "quantities").mkdir(parents=True)
        (folder / "package.toml").write_text(PACKAGE, encoding="utf-8")
        (folder / "quantities" / "q.toml").write_text(text, encoding="utf-8")
        if name == "one":
            (folder / "dimensions.toml").write_text(DIMENSIONS, encoding="utf-8")
            (folder / "data").mkdir()
            (folder / "data" / "m.csv").write_text(FULL["m.csv"], encoding="utf-8")
    one = Model.load([tmp_path / "one"], _library(), AS_OF).run()
    both = Model.load([tmp_path / "one", tmp_path / "two"], _library(), AS_OF).run()
    assert both["power_total"].at(year=2024).value == 2 * one["power_total"].at(year=2024).value


def test_explanation_goes_down_to_the_filing(make: Make):
    run = make(data=FULL).run()
    tree = run.explain("power_total", year=2024)
    assert tree.formula_zh == "用电量 按部门合计"
    assert len(tree.inputs) == 3 and len(tree.inputs[0].inputs) == 12
    leaf = tree.inputs[2].inputs[4]
    assert leaf.coords == {"year": "2024", "month": "5", "sector": "homes"}
    assert (
        leaf.filing is not None
        and leaf.filing["source_title"] == "供电公司月报"
        and leaf.filing["place"].startswith("m.csv · E")
    )
    total = sum(m.cell.value for s in tree.inputs for m in s.inputs)
    assert total / 1e4 == pytest.approx(tree.cell.value)
    assert run.explain("power_total", year=2024, depth=1).inputs[0].truncated is True


def test_a_case_decided_by_year_alone_still_explains_every_member(make: Make):
    text = POWER + quantity(
        "case", "where(power_total > 0 {kWh}, power, 2 * power)", dims='["year", "sector"]'
    )
    run = make(text, FULL).run()
    tree = run.explain("case", year=2024, sector="homes")
    assert [(i.quantity, i.coords.get("sector")) for i in tree.inputs] == [
        ("power_total", None),
        ("power", "homes"),
    ]


def test_not_occurring_may_be_filed_for_the_whole_running_year(make: Make):
    model = make(
        data={"m.csv": "quantity,year,month,sector,value,unit,state\npower_month,2026,*,homes,,kWh,NO\n"}
    )
    assert rules(model) == set()
    assert model.run()["power_month"].at(year=2026, month=12, sector="homes").state == "NO"


def test_join_takes_history_and_then_the_projection(make: Make):
    model = make(
        DRIVER
        + quantity(
            "whole", "join(power, 2 * power[year: 2025] * compound(g from 2025))", dims='["year", "sector"]'
        ),
        FULL,
    )
    assert rules(model) == set()
    run = model.run()
    assert (
        run["whole"].at(year=2025, sector="homes").value == run["power"].at(year=2025, sector="homes").value
    )
    assert run["whole"].at(year=2026, sector="homes").value == pytest.approx(
        2.1 * run["power"].at(year=2025, sector="homes").value
    )
    assert {i.quantity for i in run.explain("whole", year=2024, sector="homes").inputs} == {"power"}
    assert {i.quantity for i in run.explain("whole", year=2027, sector="homes").inputs} == {"power", "g"}


def test_a_total_of_known_zeros_with_parts_absent_is_absent_not_zero(make: Make):
    text = POWER + quantity("by_domain", "regroup(power, sector -> domain)", dims='["year", "domain"]')
    text += quantity("two", "power[sector: homes] + power[sector: industry]") + quantity(
        "shown", "2 * power_total", "亿kWh"
    )
    run = make(
        text, {"m.csv": "quantity,year,month,sector,value,unit,state\npower_month,*,*,homes,,kWh,NO\n"}
    ).run()
    for name, at in (
        ("power_total", {}),
        ("two", {}),
        ("shown", {}),
        ("by_domain", {"domain": "production"}),
    ):
        assert run[name].at(year=2024, **at).state == "missing", name
        assert run[name].at(year=2024, **at).value is None, name
    assert run["by_domain"].at(year=2024, domain="life").state == "NO"
    assert len(run.missing("power_total", year=2024)) == 24


def test_a_known_zero_keeps_its_own_evidence_through_a_product(make: Make):
    text = POWER + quantity("co2", "power * 0.6 {kgCO2/kWh}", "tCO2", '["year", "sector"]')
    run = make(
        text, {"m.csv": "quantity,year,month,sector,value,unit,state\npower_month,*,*,homes,,kWh,NO\n"}
    ).run()
    assert run["co2"].at(year=2024, sector="homes").state == "NO"


@pytest.mark.parametrize(
    ("package", "key"),
    [
        ('id = "x"\nname = "x"\nyears = [2030, 2020]\n', "years"),
        ('id = "x"\nname = "x"\nyears = [2020]\n', "years"),
        ('id = "x"\nname = "x"\nyears = [1, 9999]\n', "years"),
        ('id = "x"\nname = "x"\nyears = [2018, 2030]\nhistory_until = 2050\n', "history_until"),
        ('name = "x"\nyears = [2018, 2030]\n', "id"),
        ('id = "x"\nname = "x"\nyears = [2018, 2030]\nas_of = "soon"\n', "as_of"),
    ],
)
def test_a_package_out_of_order_is_a_finding_and_still_opens(make: Make, package: str, key: str):
    model = make(POWER, FULL, package=package)
    found = [f for f in model.findings if f.rule == "package.key"]
    assert found and key in found[0].message.en and "power" in model.run()


def test_the_same_id_twice_in_one_layer_is_an_error(make: Make):
    model = make(
        POWER + quantity("power", "2 * sum(power_month over month)", dims='["year", "sector"]'), FULL
    )
    assert "definition.twice" in rules(model)
    assert model.run()["power"].at(year=2024, sector="homes").value == pytest.approx(
        sum(14 + m for m in range(1, 13))
    )


def test_a_toml_slip_names_line_and_reason(make: Make):
    model = make(POWER + "\n[[quantity]]\nid = broken\n", FULL)
    (found,) = [f for f in model.findings if f.rule == "package.toml"]
    assert found.place.endswith(f"all.toml:{POWER.count(chr(10)) + 3}") and "line" in found.message.zh
