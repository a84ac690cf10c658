"""Outlines of plans of other shapes, blanket rules, lists under a dated lead-in, titles."""

from __future__ import annotations

import pytest

from dafeng.plan import read_text


def refs(text):
    return [h.ref for h in read_text(text).outline]


def rules(text):
    return [f.rule for f in read_text(text).findings]


def test_measures_directly_under_chapters():
    assert refs("一、总体要求\n二、重点任务\n1.发展光伏。\n2.发展风电。\n三、保障措施") == [
        "一",
        "二",
        "二-1",
        "二-2",
        "三",
    ]


def test_no_chapters_at_all():
    assert refs("（一）能源行动\n1.发展光伏。\n（二）工业行动\n1.调整结构。") == [
        "（一）",
        "（一）-1",
        "（二）",
        "（二）-1",
    ]
    assert refs("1.发展光伏。\n2.发展风电。") == ["1", "2"]


def test_chapters_and_sections_in_words():
    assert refs("第一章 总则\n第二章 任务\n第一节 能源\n第二节 工业") == [
        "一",
        "二",
        "二-（一）",
        "二-（二）",
    ]


def test_parts_above_chapters():
    assert refs("第一部分 总则\n一、背景\n二、原则\n第二部分 任务\n一、能源") == [
        "一",
        "一-（一）",
        "一-（二）",
        "二",
        "二-（一）",
    ]


def test_decimal_numbers():
    assert refs("一、总则\n二、任务\n2.1能源\n2.2工业") == ["一", "二", "二-（一）", "二-（二）"]


def test_bracketed_digits_are_actions_among_actions_and_items_under_measures():
    text = "一、任务\n（一）能源\n1.光伏。\n2.风电。\n（2）工业\n1.结构。\n（1）淘汰落后。\n（2）改造提升。\n2.园区。"
    assert refs(text) == [
        "一",
        "一-（一）",
        "一-（一）-1",
        "一-（一）-2",
        "一-（二）",
        "一-（二）-1",
        "一-（二）-1-（1）",
        "一-（二）-1-（2）",
        "一-（二）-2",
    ]


def test_bracketed_digits_as_measures():
    assert refs("一、任务\n（一）能源\n（1）光伏\n（2）风电\n（二）工业\n（1）结构") == [
        "一",
        "一-（一）",
        "一-（一）-1",
        "一-（一）-2",
        "一-（二）",
        "一-（二）-1",
    ]


def test_gap_and_repetition_are_warned_of():
    text = "一、要求\n三、任务\n三、保障"
    assert refs(text) == ["一", "三", "三#2"]
    assert {"plan.numbering.gap", "plan.numbering.repeated"} <= set(rules(text))


def test_markdown():
    text = "# 某区碳达峰方案\n\n## 总体要求\n\n## 重点任务\n\n### 能源行动\n\n到2030年，森林覆盖率达到42%。\n"
    plan = read_text(text)
    assert plan.title == "某区碳达峰方案"
    assert [h.ref for h in plan.outline] == ["一", "二", "二-（一）"]
    assert [t.ref for t in plan.targets] == ["二-（一）"]


def test_contents_and_page_numbers_are_left_out():
    text = "某市方案\n目 录\n一、要求……………1\n二、任务\t5\n- 1 -\n一、要求\n（一）原则\n— 2 —\n二、任务"
    assert refs(text) == ["一", "一-（一）", "二"]
    assert "plan.contents" in rules(text)
    assert refs("某市方案\n目录\n一、要求\n二、任务\n一、要求\n正文。\n二、任务") == ["一", "二"]


def test_a_dated_lead_in_holds_for_its_list():
    text = "一、主要目标\n到2025年，实现以下目标：\n——森林覆盖率达到42%；\n——湿地保护率达到55%。\n二、任务\n绿化覆盖率达到45%。"
    assert [(t.value, t.deadline) for t in read_text(text).targets] == [(42, 2025), (55, 2025), (45, None)]
    numbered = "一、主要目标\n到2025年：\n1.森林覆盖率达到42%。\n2.湿地保护率达到55%。\n二、任务\n"
    assert [(t.ref, t.deadline) for t in read_text(numbered).targets] == [("一-1", 2025), ("一-2", 2025)]


def test_hard_wrapped_lines_are_one_paragraph():
    text = "一、目标\n围绕区域协调发展和能源结构优化，统筹推进各项工作，到2025年，全市\n森林覆盖率达到42%。\n"
    (target,) = read_text(text).targets
    assert (target.indicator, target.deadline) == ("森林覆盖率", 2025)


def test_an_item_of_a_list_is_no_indicator_of_the_number():
    assert [t.indicator for t in read_text("一、目标\n1.到2025年，森林覆盖率达到42%。\n").targets] == [
        "森林覆盖率"
    ]


@pytest.mark.parametrize(
    ("head", "title", "status"),
    [
        ("某市碳达峰实施方案\n（征求意见稿）", "某市碳达峰实施方案", "draft"),
        ("某市人民政府关于印发某市碳达峰实施方案的通知\n某政发〔2022〕8号", "某市人民政府关于印发某市碳达峰实施方案的通知", "issued"),
        ("某市人民政府\n关于印发碳达峰方案的通知\n某政发〔2022〕8号\n各区县：\n现将方案印发给你们。\n某市碳达峰方案", "某市碳达峰方案", "issued"),
        ("某市碳达峰方案\n根据《国务院关于印发2030年前碳达峰行动方案的通知》（国发〔2021〕23号），制定本方案。", "某市碳达峰方案", None),
        ("某市碳达峰方案\n某政发〔2023〕5号", "某市碳达峰方案", "issued"),
        ("某省“十四五”节能减排\n综合工作方案", "某省“十四五”节能减排综合工作方案", None),
    ],
)  # fmt: skip
def test_title_and_status(head, title, status):
    plan = read_text(head + "\n一、总体要求\n到2025年，森林覆盖率达到42%。\n")
    assert (plan.title, plan.status) == (title, status)


def test_first_named_leads_everywhere_where_the_plan_says_so():
    text = "一、任务\n（一）能源\n发展光伏。（市发改委、市财政局按职责分工负责）\n二、保障\n各项任务列第一位的为牵头单位。\n"
    (duty,) = read_text(text).duties
    assert (duty.lead, duty.lead_basis, duty.cooperating) == ("市发改委", "stated", ("市财政局",))


def test_a_blanket_rule_in_prose_holds_for_what_follows():
    text = "一、任务\n1.光伏。（市发改委负责）\n以下各项任务均需各街道落实。\n2.风电。（市发改委负责）\n"
    first, second = read_text(text).duties
    assert first.executors == ()
    assert [(e.name, e.explicit, e.origin) for e in second.executors] == [("各街道", False, "一-1")]


def test_a_measure_without_duty_is_noted():
    text = "一、任务\n1.光伏。（市发改委负责）\n" * 1 + "2.风电。（市发改委负责）\n3.水电。\n"
    findings = [f for f in read_text(text).findings if f.rule == "plan.duty.missing"]
    assert [f.value for f in findings] == ["一-3"]


def test_label_lines_are_duties_of_what_they_follow():
    text = "一、任务\n1.光伏。加快发展。\n责任单位：市发改委、市财政局\n"
    (duty,) = read_text(text).duties
    assert (duty.ref, duty.bodies) == ("一-1", ("市发改委", "市财政局"))


def test_figures_of_a_part_that_looks_back_are_no_targets():
    text = "一、发展基础\n（一）主要进展\n全区充电桩达到1000个，森林覆盖率提高到40%。\n二、主要目标\n到2030年，森林覆盖率达到42%。\n"
    assert [(t.ref, t.value) for t in read_text(text).targets] == [("二", 42)]
