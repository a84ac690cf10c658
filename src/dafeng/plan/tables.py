"""Targets in a table of indicators: a column of names, one of units, one a year.

A row is read by way of a sentence: its name, the year of the column and what the cell says are put into the words the
grammar of sentences knows, so that ≥20, 20左右, 下降18% and 完成省下达目标 mean the same in a table as in prose. A bare
number is a floor, or a ceiling where the row comes down from its base year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dafeng.plan.model import Target
from dafeng.plan.periods import FIVE_YEAR_ENDS
from dafeng.plan.script import regularise
from dafeng.plan.targets import find_targets

_NAME = re.compile(
    "^(?:主要|具体|约束性|评价|考核|规划|[一二三]级)?(?:指标|目标)(?:名称|内容|项目)?$|^(?:项目|名称|内容)$"
)
_UNIT = re.compile("^(?:计量|数量)?单位$")
_ATTRIBUTE = re.compile("属性|性质|类型")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_PLAN = re.compile("十[一二三四五六七八]五")
_BASE = re.compile("现状|基期|基准|基数|实际|完成|实绩|上年")
_TOTAL = re.compile("累计|年均|增速|增长|变化|\\[")  # a column of changes beside the columns of years
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_EMPTY = re.compile(r"^[-/\\—–一]*$")
_FALLING = re.compile("(?:累计)?(?:下降|降低|减少|削减)(?:率|比例|幅度)?$")
_RISING = re.compile("(?:累计|年均)?(?:增长|提高|提升|增加)(?:率|幅度|速度)?$")
_BRACKET = re.compile(r"^\[(.*)\]$|^〔(.*)〕$|^【(.*)】$")
_NAME_UNIT = re.compile(r"（([^（）]{1,12})）$")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、]|（\d{1,2}）|[①-⑳]|其中：|\*+)(?!\d)")
LAST_PAST_YEAR = 2022
MOST_ROWS = 400  # a table past this is no table of indicators


@dataclass(frozen=True)
class Columns:
    name: int
    unit: int | None
    attribute: int | None
    base: int | None
    base_year: int | None
    years: tuple[tuple[int, int], ...]  # column, year
    head: int  # rows that are the heading


def read_table(rows: Sequence[Sequence[str]], past: int = LAST_PAST_YEAR) -> Iterator[tuple[int, Target]]:
    """(row, target) of a table of indicators; nothing where the table is none. Quote and span are left to the caller.

    ``past``: the last year whose column tells how things are.
    """
    table = [[regularise(cell.replace("\n", "")).text for cell in row] for row in rows]
    columns = _columns(table, past) if len(table) <= MOST_ROWS else None
    if columns is None:
        return
    for number in range(columns.head, len(table)):
        row = table[number]
        if len(row) <= columns.name:
            continue
        for column, year in columns.years:
            if column < len(row):
                target = _target(row, columns, column, year)
                if target is not None:
                    yield number, target


def _columns(table: list[list[str]], last: int) -> Columns | None:
    for depth in range(min(3, len(table) - 1)):
        head = [list(row) for row in table[: depth + 1]]
        width = max(map(len, head))
        titles = ["".join(dict.fromkeys(row[c] for row in head if c < len(row))) for c in range(width)]
        names = [c for c, t in enumerate(titles) if _NAME.match(_plain(t))]
        dated = [(c, y) for c, t in enumerate(titles) if (y := _year(t))]
        if not names or not dated:
            continue
        following = table[depth + 1]
        if sum(bool(_YEAR.search(c)) for c in following) >= 2 and not any(
            re.search("[%‰]|\\.", c) for c in following
        ):
            continue  # the years stand in the next row
        past = [(c, y) for c, y in dated if _BASE.search(titles[c]) or y <= last]
        years = [(c, y) for c, y in dated if (c, y) not in past and not _TOTAL.search(titles[c])]
        # 2020年 | 2025年累计: the change stands where the year has no column of its own.
        own = {y for _, y in years}
        years += [(c, y) for c, y in dated if (c, y) not in past and (c, y) not in years and y not in own]
        if not years:
            return None
        base = past[-1] if past else (None, None)
        return Columns(
            names[-1],
            _titled(titles, _UNIT),
            _titled(titles, _ATTRIBUTE),
            base[0],
            base[1],
            tuple(years),
            depth + 1,
        )
    return None


def _titled(titles: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((c for c, t in enumerate(titles) if pattern.search(t)), None)


def _year(title: str) -> int | None:
    if match := _YEAR.search(title):
        return int(match.group(1))
    plan = _PLAN.search(title)
    return FIVE_YEAR_ENDS[plan.group()] if plan else None


def _plain(title: str) -> str:
    return re.sub("[（(].*$", "", title)


def _target(row: list[str], columns: Columns, column: int, year: int) -> Target | None:
    cell = row[column]
    if _EMPTY.match(cell) or cell == row[columns.name]:
        return None
    name = _NUMBERING.sub("", row[columns.name]).rstrip("*")
    unit = row[columns.unit] if columns.unit is not None and columns.unit < len(row) else ""
    inside = _NAME_UNIT.search(name)
    if (
        inside
        and (not unit or inside.group(1) == unit)
        and re.search("[%‰/]|[吨瓦米时个座辆家亩顷克]", inside.group(1))
    ):
        unit, name = inside.group(1), name[: inside.start()]
    unit = "" if _EMPTY.match(unit) else unit
    wrapped = _BRACKET.match(cell)
    if wrapped:
        cell = next(g for g in wrapped.groups() if g is not None)
    falls, rises = _FALLING.search(name), _RISING.search(name)
    told = cell if not (unit and _NUMBER.search(cell)) or unit in cell else _with_unit(cell, unit)
    change = falls or (rises if wrapped or unit in ("%", "个百分点") else None)
    if re.match(r"[约\d]", told):
        verb = ("下降" if falls else "增长") if change else "为"
        told = verb + told
    subject = name[: change.start()] if change and change.start() else name
    found = find_targets(f"到{year}年，{subject}{told}。")
    if len(found) != 1:
        return None
    target = found[0]
    sign = target.comparator
    if sign == ">=" and _falls(row, columns, cell):
        sign = "<="
    more = dict(target.more)
    attribute = (
        row[columns.attribute] if columns.attribute is not None and columns.attribute < len(row) else ""
    )
    if attribute and not _EMPTY.match(attribute):
        more["attribute"] = attribute
    base = columns.base_year if target.kind == "change" and target.base_year is None else target.base_year
    return replace(target, indicator=subject, comparator=sign, base_year=base, more=more)


def _with_unit(cell: str, unit: str) -> str:
    """20左右 with its unit: 20%左右. A range takes it at its end."""
    last = list(_NUMBER.finditer(cell))[-1]
    return cell[: last.end()] + unit + cell[last.end() :]


def _falls(row: list[str], columns: Columns, cell: str) -> bool:
    """Whether a bare number lies below that of the base year."""
    if columns.base is None or columns.base >= len(row) or not re.fullmatch(r"[\d.]+%?", cell):
        return False
    before = _NUMBER.search(row[columns.base])
    now = _NUMBER.search(cell)
    return bool(before and now and float(now.group()) < float(before.group()))
