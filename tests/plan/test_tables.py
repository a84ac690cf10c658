"""Targets in tables of indicators, in a .docx, in markdown and with tabs; and duties told on lines of their own."""

from __future__ import annotations

import docx
import pytest

from dafeng.plan import read_plan, read_text
from dafeng.plan.tables import read_table
from tests.plan.notation import duty_note, target_note

HEAD = ["类别", "指标", "单位", "2020年", "2025年", "2030年", "属性"]
ROWS = [
    (["能源", "清洁能源消费比重", "%", "8.2", "13左右", "≥20", "约束性"],
     ["清洁能源消费比重 | ~= 13 % | 2025", "清洁能源消费比重 | >= 20 % | 2030"]),
    (["能源", "煤炭消费总量", "万吨", "120", "110", "—", "预期性"], ["煤炭消费总量 | <= 110 万吨 | 2025"]),
    (["产业", "单位地区生产总值能耗降低", "%", "-", "[14.5]", "完成市下达目标", "约束性"],
     ["单位地区生产总值能耗 | reduce_by>= 14.5 % | 2025 | base=2020",
      "单位地区生产总值能耗 | meets_assigned  - | 2030 | by=市"]),
    (["建筑", "绿色建筑占比（%）", "", "70", "100", "", "预期性"], ["绿色建筑占比 | >= 100 % | 2025"]),
    (["空气", "其中：PM2.5浓度", "微克/立方米", "38", "32以下", "30", "约束性"],
     ["PM2.5浓度 | <= 32 微克/立方米 | 2025", "PM2.5浓度 | <= 30 微克/立方米 | 2030"]),
    (["交通", "公共充电桩", "个", "900", "3000以上", "5000-6000", "预期性"],
     ["公共充电桩 | >= 3000 个 | 2025", "公共充电桩 | range 5000 个 | 2030 | max=6000"]),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expect"), ROWS, ids=[r[1] for r, _ in ROWS])
def test_row(row, expect):
    assert [target_note(t) for _, t in read_table([HEAD, row])] == expect


def test_heading_of_two_rows():
    rows = [
        ["指标", "单位", "现状", "目标", "目标"],
        ["指标", "单位", "2020年", "2025年", "2030年"],
        ["森林覆盖率", "%", "20.1", "21", "22.5"],
    ]
    assert [(n, target_note(t)) for n, t in read_table(rows)] == [
        (2, "森林覆盖率 | >= 21 % | 2025"),
        (2, "森林覆盖率 | >= 22.5 % | 2030"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["指标"]],
        [["序号", "任务", "责任单位"], ["1", "推广光伏2万千瓦", "区发改局"]],
        [["指标", "单位", "2019年", "2020年"], ["森林覆盖率", "%", "20", "21"]],
        [["指标", "2025年"], [], ["森林覆盖率"]],
    ],
)
def test_other_tables_give_nothing(rows):
    assert list(read_table(rows)) == []


def test_a_word_table_is_read_and_is_no_part_of_the_text(tmp_path):
    document = docx.Document()
    document.add_paragraph("一、主要目标")
    table = document.add_table(2, len(HEAD))
    for cells, texts in zip(table.rows, [HEAD, ROWS[0][0]], strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("二、重点任务")
    document.add_paragraph("到2025年，建成充电站10座。")
    path = tmp_path / "plan.docx"
    document.save(path)
    plan = read_plan(path)
    assert plan.text == "一、主要目标\n二、重点任务\n到2025年，建成充电站10座。"
    assert [(t.ref, target_note(t)) for t in plan.targets] == [
        ("一", "清洁能源消费比重 | ~= 13 % | 2025"),
        ("一", "清洁能源消费比重 | >= 20 % | 2030"),
        ("二", "充电站 | == 10 座 | 2025"),
    ]
    first = plan.targets[0]
    assert first.span[0] == first.span[1] == len("一、主要目标\n")
    assert first.quote == "能源｜清洁能源消费比重｜%｜8.2｜13左右｜≥20｜约束性"
    assert first.more["attribute"] == "约束性"


@pytest.mark.parametrize(
    "rows",
    [
        "| 指标 | 单位 | 2020年 | 2025年 |\n|---|---|---|---|\n| 污水处理率 | % | 95 | 98 |",
        "指标\t单位\t2020年\t2025年\n污水处理率\t%\t95\t98",
    ],
)
def test_a_typed_table(rows):
    plan = read_text(f"一、目标\n{rows}\n二、任务\n推广光伏。\n")
    (target,) = plan.targets
    assert target_note(target) == "污水处理率 | >= 98 % | 2025"
    assert target.ref == "一"
    assert plan.text[slice(*target.span)] == target.quote


def test_in_a_plan_of_the_years_to_2030_the_year_2025_tells_how_things_are():
    table = "指标\t单位\t2025年\t2030年\n污水处理率\t%\t95\t98"
    assert len(read_text(f"某区“十五五”行动方案\n一、目标\n{table}\n").targets) == 1
    assert len(read_text(f"某区行动方案\n一、目标\n{table}\n").targets) == 2


def test_label_lines_below_one_another_are_one_duty():
    text = (
        "一、行动\n1.推广光伏。\n牵头单位：区发改局\n配合单位：区住建局、各镇（街道）\n完成时限：2027年底\n"
        "2.推广热泵。\n责任单位：区住建局\n责任单位：区教体局\n"
    )
    plan = read_text(text)
    assert [(d.ref, duty_note(d)) for d in plan.duties] == [
        ("一-1", "lead_cooperate | 区发改局 | stated | 区发改局、区住建局、各镇（街道）"),
        ("一-2", "sole | 区住建局 | sole | 区住建局"),
        ("一-2", "sole | 区教体局 | sole | 区教体局"),
    ]
    for duty in plan.duties:
        assert plan.text[slice(*duty.span)] == duty.raw
