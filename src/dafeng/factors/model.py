"""What a factor is, and what a look-up answers when there is none or more than one (rule M4)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from dafeng.findings import Finding, Text


@dataclass(frozen=True, slots=True)
class Factor:
    """One published (or computed) value with everything that gives it meaning.

    value, unit: the fact, as printed. item: stable code of the energy, gas or thing. set: the factor
    set, used whole. region: GB/T 2260 code, grid code, ``CN`` or ``world``. valid_from, valid_to: the
    days between which it holds, None where the set states none. basis: boundary or kind (combustion,
    life cycle, average on the consumption side, wet, …). low, high: published range. derivation:
    ``stated`` or ``computed``; formula: how it follows from other rows. confidence: ``confirmed`` or
    ``recalled``. place: file and row. region_asked: the region of the question where it was widened.
    """

    id: str
    set: str
    parameter: str
    item: str
    item_zh: str
    item_en: str
    value: Decimal
    unit: str
    gas: str
    region: str
    region_name: str
    edition: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    basis: str
    low: Decimal | None
    high: Decimal | None
    derivation: str
    formula: str
    source_title: str
    source_ref: str
    confidence: str
    grade: str
    note: str
    place: str
    region_asked: str = ""

    @property
    def recalled(self) -> bool:
        """True where the value is from memory; its mark must stay visible wherever it is used."""
        return self.confidence != "confirmed"

    @property
    def widened(self) -> bool:
        """True where a region wider than the one asked for answers, as the caller allowed."""
        return bool(self.region_asked) and self.region_asked != self.region

    @property
    def data_year(self) -> int | None:
        return self.valid_from.year if self.valid_from else None

    def asked_for(self, region: str) -> Factor:
        return self if region == self.region else replace(self, region_asked=region)

    def as_dict(self) -> dict[str, object]:
        """For JSON: the value as text, so that it stays exact."""
        shown = {name: getattr(self, name) for name in self.__slots__}
        for name, value in shown.items():
            if isinstance(value, Decimal | datetime.date):
                shown[name] = str(value)
        return {k: v for k, v in shown.items() if v not in (None, "")} | {"recalled": self.recalled}


@dataclass(frozen=True)
class Query:
    """What was asked of the library."""

    parameter: str
    item: str
    set: str | None
    region: str
    period: str

    @property
    def text(self) -> Text:
        whose, when = self.set or "未指定因子集", self.period or "不限时间"
        zh = f"{self.item} 的 {self.parameter}（{whose}，地区 {self.region}，{when}）"
        whose, when = self.set or "no set named", self.period or "any time"
        en = f"{self.parameter} of {self.item} ({whose}, region {self.region}, {when})"
        return Text(zh, en)


@dataclass(frozen=True)
class Missing:
    """No candidate. alternatives: factors of other years, regions or sets, none of which was used."""

    query: Query
    alternatives: tuple[Factor, ...] = ()

    def finding(self, place: str) -> Finding:
        near = "；".join(_brief(f) for f in self.alternatives[:6])
        near_en = "; ".join(_brief(f) for f in self.alternatives[:6])
        text = self.query.text
        return Finding(
            "M4.missing",
            "error",
            place,
            Text(f"没有 {text.zh}", f"There is no {text.en}"),
            value=self.query.item,
            expected=Text("恰有一个适用的因子", "exactly one factor that applies"),
            fix=Text(
                f"可明确改用：{near}" if near else "补充因子，或改用别的因子集",
                f"Name one of these instead: {near_en}." if near else "Add the factor or name another set.",
            ),
            data={"alternatives": [f.id for f in self.alternatives]},
        )


@dataclass(frozen=True)
class Conflict:
    """More than one candidate, or none that holds over the whole period."""

    query: Query
    candidates: tuple[Factor, ...] = field(default=())
    spans: bool = False

    def finding(self, place: str) -> Finding:
        shown = "；".join(_brief(f) for f in self.candidates[:6])
        text = self.query.text
        if self.spans:
            message = Text(
                f"{text.zh}：该时段跨越两个版本：{shown}",
                f"{text.en}: the period spans two editions: {shown}",
            )
            fix = Text("按版本拆分时段，或写明年份规则", "Split the period or state a rule for the year.")
        else:
            message = Text(
                f"{text.zh}：有 {len(self.candidates)} 个候选：{shown}",
                f"{text.en}: {len(self.candidates)} candidates: {shown}",
            )
            fix = Text("写明因子集、地区或因子编号", "Name the set, the region or the factor's id.")
        return Finding(
            "M4.conflict",
            "error",
            place,
            message,
            value=self.query.item,
            expected=Text("恰有一个适用的因子", "exactly one factor that applies"),
            fix=fix,
            data={"candidates": [f.id for f in self.candidates]},
        )


class YearFactor(NamedTuple):
    """A factor for one year of a series.

    factor: None where there is none. note: how the year rule chose it (empty for the year's own).
    state: ``exact``, ``frozen``, ``lagged``, ``missing`` or ``conflict``.
    problem: the Missing or Conflict behind the last two.
    """

    factor: Factor | None
    note: Text
    state: str
    problem: Missing | Conflict | None = None


def _brief(f: Factor) -> str:
    when = f.valid_from.isoformat()[:4] if f.valid_from else f.edition
    return f"{f.id}（{f.set}，{f.region_name or f.region}，{when}，{f.value} {f.unit}）"
