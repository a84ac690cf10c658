"""Sentence forms, duty clauses and heading lines, each against what it is to say."""

from __future__ import annotations

import pytest

from dafeng.plan import find_duties, find_heading, find_targets
from tests.plan.notation import cases, duty_note, heading_note, target_note

SENTENCES = cases("sentences.toml", "sentence")
DUTIES = cases("duties.toml", "duty")
HELD_OUT = cases("heldout.toml", "sentence")
HEADINGS = cases("headings.toml", "heading")


@pytest.mark.parametrize("case", SENTENCES, ids=lambda c: c["text"][:30])
def test_sentence(case):
    found = find_targets(case["text"])
    assert [target_note(t) for t in found] == case["expect"]
    for target in found:
        start, end = target.span
        assert case["text"][start:end] == target.quote


@pytest.mark.parametrize("case", HELD_OUT, ids=lambda c: c["text"][:30])
def test_held_out_sentence(case):
    told = [target_note(t) for t in find_targets(case["text"])]
    assert (told == case["expect"]) is not case.get("unsolved", False), told


@pytest.mark.parametrize("case", DUTIES, ids=lambda c: c["text"][:30])
def test_duty(case):
    found = find_duties(case["text"])
    assert [duty_note(d) for d in found] == case["expect"]
    for duty in found:
        start, end = duty.span
        assert case["text"][start:end] == duty.raw


@pytest.mark.parametrize("case", HEADINGS, ids=lambda c: c["text"][:30])
def test_heading(case):
    assert heading_note(find_heading(case["text"])) == case["expect"]


def test_there_are_enough_cases():
    assert len(SENTENCES) >= 220
    assert sum(not c["expect"] for c in SENTENCES) >= 40
    assert len(DUTIES) + len(HEADINGS) >= 60


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("到2025年6月底前，建成充电站10座。", "deadline_month", 6),
        ("力争2028年左右达峰，工业领域碳排放2028年左右达峰。", "deadline_about", True),
        ("自2024年起，每年更新新能源公交车300辆以上。", "start", 2024),
        ("单位产品能耗较上年下降3%。", "base", "上年"),
        ("到2027年，需求侧响应能力达到最大用电负荷的5%以上。", "relative_to", "最大用电负荷"),
        ("到2025年，全市森林覆盖率达到42%。", "scope", "全市"),
    ],
)
def test_what_only_some_targets_carry(text, key, value):
    assert find_targets(text)[0].as_dict()[key] == value


def test_one_target_where_members_are_not_set_apart():
    (target,) = find_targets("到2025年，公共机构、新建厂房屋顶光伏覆盖率达到50%。")
    assert target.indicator == "公共机构、新建厂房屋顶光伏覆盖率"
    assert len(target.more["members"]) == 2


def test_an_undated_ban_is_a_target_alone_and_a_commitment_in_running_text():
    alone = "禁止新增煤电项目。"
    assert [t.comparator for t in find_targets(alone)] == ["prohibit"]
    assert find_targets("严格控制煤炭消费。" + alone) == []
    assert [
        t.comparator for t in find_targets("严格控制煤炭消费。到2027年，城市建成区禁止新建燃煤锅炉。")
    ] == ["prohibit"]


def test_a_date_that_opens_a_paragraph_holds_for_the_sentences_after_it():
    found = find_targets("到2025年，森林覆盖率达到40%。湿地保护率达到55%。到2030年，森林覆盖率达到42%。")
    assert [t.deadline for t in found] == [2025, 2025, 2030]


def test_what_is_over_stays_over_until_a_new_date():
    text = "“十三五”以来，全市绿色转型成效明显，单位GDP能耗下降20%。煤炭消费占比降至60%。到2025年，煤炭消费占比降至50%以下。"
    assert [(t.value, t.deadline) for t in find_targets(text)] == [(50, 2025)]
