"""Units as they are written in China, and the traps of TP-39 … TP-49."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.quantities.units import UnitError, factor_between, measure


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("万吨标准煤", "tce", 1e4),  # TP-41
        ("gce/kWh", "kgce/kWh", 1e-3),  # TP-42
        ("GJ", "kgce", 34.12084),  # TP-43
        ("GJ", "tce", 0.03412084),  # TP-43
        ("百万千焦", "GJ", 1.0),  # TP-44
        ("GJ/万Nm3", "GJ/Nm3", 1e-4),  # TP-47
        ("亿元", "万元", 1e4),  # TP-48
        ("tce/万元", "kgce/元", 0.1),  # TP-48
        ("kgCO2/kWh", "tCO2/MWh", 1.0),  # TP-49
        ("kgCO2/kWh", "tCO2/万kWh", 10.0),  # TP-49
        ("Nm3", "m3_20", 293.15 / 273.15),  # TP-39
        ("个百分点", "%", 1.0),
        ("kWh/(m2·a)", "kWh/m²/a", 1.0),
        ("10^4 Nm3", "万Nm3", 1.0),
        ("L/100km", "L/km", 0.01),
        ("亩", "公顷", 1 / 15),
        ("万人", "人", 1e4),
        ("万千瓦", "MW", 10.0),
    ],
)
def test_conversion(source: str, target: str, factor: float):
    assert factor_between(source, target) == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("tC", "tCO2"),  # TP-45: carbon is not CO2
        ("tCO2", "tCO2e"),  # M5: joined only by a named GWP set
        ("tCH4", "tCO2e"),
        ("tce", "tce_eq"),  # TP-33, M7: calorific and equal value
        ("tCO2/t", "tCO2/GJ"),  # TP-46
        ("m3", "Nm3"),
        ("元", "人"),
        ("kW", "kWh"),
    ],
)
def test_kinds_that_never_mix(a: str, b: str):
    with pytest.raises(UnitError):
        factor_between(a, b)


@pytest.mark.parametrize("text", ["猫", "kg)", "1/0", "__import__", "万万", "kWh kWh (", "t;t", "os.system"])
def test_what_is_no_unit(text: str):
    with pytest.raises(UnitError):
        measure(text)


_UNITS = ["kWh", "万kWh", "亿kWh", "GJ", "百万千焦", "tce", "kgce", "万吨标准煤", "MJ", "MWh"]


@given(st.sampled_from(_UNITS), st.sampled_from(_UNITS), st.floats(1e-6, 1e12))
def test_round_trip(a: str, b: str, value: float):
    assert value * factor_between(a, b) * factor_between(b, a) == pytest.approx(value, rel=1e-12)
