"""What holds for any text: spans lead back, nothing raises, form of line ends and spaces changes nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.plan import find_duties, find_heading, find_targets, read_text
from tests.plan.notation import cases, target_note

SENTENCES = [c["text"] for c in cases("sentences.toml", "sentence")]
DUTIES = [c["text"] for c in cases("duties.toml", "duty")]
PIECES = [
    "到2025年", "，", "。", "、", "分别", "达到", "20%", "2万千瓦", "比2020年", "下降", "（", "）", "《", "》", "“", "”", "一、", "（一）", "1.", "\n",
    "全覆盖", "禁止", "翻一番", "碳达峰", "2030年前", "力争", "以上", "左右", "的", "新增", "充电站", "个", "三分之一", "五成", "和", "区发改局", "牵头", "负责",
    "应装尽装", "完成市下达", "目标任务", "—", "至", "每年", "零增长", "全部", "‰", "\u3000", " ", "1:2", "十", "万", "亿", "第", "年", "[bookmark: a]", "：", "；",
]  # fmt: skip

words = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
texts = st.one_of(
    words, st.text(max_size=80), st.lists(st.sampled_from(SENTENCES + DUTIES), max_size=4).map("\n".join)
)


@given(texts)
@settings(max_examples=250, deadline=None)
def test_any_text_is_read_and_every_span_leads_back(text):
    for target in find_targets(text):
        assert text[slice(*target.span)] == target.quote != ""
    for duty in find_duties(text):
        assert text[slice(*duty.span)] == duty.raw != ""
    find_heading(text)
    plan = read_text(text)
    for thing in (*plan.targets, *plan.commitments):
        assert plan.text[slice(*thing.span)] == thing.quote
    for heading in plan.outline:
        assert 0 <= heading.span[0] < heading.span[1] <= len(plan.text)
    refs = [h.ref for h in plan.outline]
    assert len(refs) == len(set(refs))


@given(st.lists(st.sampled_from(SENTENCES + DUTIES), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_line_ends_change_nothing(lines):
    unix, windows = read_text("\n".join(lines)), read_text("\r\n".join(lines))
    assert unix.text == windows.text
    assert unix.as_dict() | {"sha256": ""} == windows.as_dict() | {"sha256": ""}


FULL_WIDTH = str.maketrans("0123456789%().", "０１２３４５６７８９％（）．")


@pytest.mark.parametrize("text", SENTENCES[::3])
def test_spaces_and_full_width_forms_change_nothing(text):
    plain = [target_note(t) for t in find_targets(text)]
    spaced = "\u3000\u3000" + text.replace("年", "年 ").replace("达到", " 达到 ")
    assert [target_note(t) for t in find_targets(spaced)] == plain
    assert [target_note(t) for t in find_targets(text.translate(FULL_WIDTH))] == plain


@pytest.mark.parametrize(
    "unit",
    ["到2025年，", "（", "）", "、", "1", "十", "一、", "达到", "分别达到10%、", "A、", "区发改局、", "“", "1.", "，", "到", "2025年", " ", "的", "每年新增", "[bookmark: ", "牵头", "全部", "禁止"],
)  # fmt: skip
def test_time_grows_with_length_and_no_faster(unit):
    def seconds(characters: int) -> float:
        text = unit * (characters // len(unit))
        start = time.process_time()
        read_text(text)
        find_duties(text)
        return time.process_time() - start

    seconds(1000)
    small, large = seconds(4_000), seconds(16_000)
    assert large < 0.3 + small * 12


def test_a_megabyte_without_a_full_stop():
    text = "推动绿色低碳发展和能源结构优化，" * 22_000 + "到2025年，森林覆盖率达到50%。"
    assert len(text.encode()) > 1_000_000
    start = time.process_time()
    plan = read_text(text)
    assert time.process_time() - start < 20
    assert [t.value for t in plan.targets] == [50]
