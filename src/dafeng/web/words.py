"""Words for verdicts, states and kinds, in Chinese and English; shapes go with the colours of look.md."""

from __future__ import annotations

from dataclasses import dataclass

from dafeng.findings import Text
from dafeng.quantities.states import WORDS as STATE_WORDS


@dataclass(frozen=True)
class VerdictWord:
    id: str
    shape: str
    text: Text
    meaning: Text


#: In the order in which they need attention.
VERDICTS: dict[str, VerdictWord] = {
    v.id: v
    for v in (
        VerdictWord("missed", "■", Text("未完成", "Missed"), Text("期限已过，要求没有达到", "The deadline has passed and the requirement was not reached")),
        VerdictWord("behind", "▲", Text("滞后", "Behind"), Text("期限未到，现值不及当年应达到的路径值", "Before the deadline; the value falls short of this year's path")),
        VerdictWord("cannot_tell", "◇", Text("无法判定", "Cannot tell"), Text("缺少判定所需的数据或文件；不视为完成", "Data or documents needed for a verdict are missing; it never counts as met")),
        VerdictWord("on_track", "●", Text("进度正常", "On track"), Text("期限未到，现值达到当年的路径值", "Before the deadline; the value reaches this year's path")),
        VerdictWord("met", "●", Text("达标", "Met"), Text("要求已经达到", "The requirement has been reached")),
    )
}  # fmt: skip


#: A peak is judged by draws, not against a path.
_PEAK_MEANINGS: dict[str, Text] = {
    "on_track": Text("至少九成的抽样在期限前达到最高值", "At least nine draws in ten reach their maximum before the year"),
    "behind": Text("至多一半的抽样在期限前达到最高值", "At most half of the draws reach their maximum before the year"),
    "cannot_tell": Text("抽样结果不够一致，或缺少数据；不视为达峰", "The draws disagree, or data are missing; it never counts as a peak"),
}  # fmt: skip


def meaning_of(verdict: str, kind: str) -> Text:
    """What a verdict says, for the kind of target that it is about."""
    if kind == "peak" and verdict in _PEAK_MEANINGS:
        return _PEAK_MEANINGS[verdict]
    return verdict_word(verdict).meaning


def verdict_word(verdict: str) -> VerdictWord:
    return VERDICTS.get(verdict, VERDICTS["cannot_tell"])


#: The small letter behind a figure that is not plainly observed: state → (mark in Chinese, in English).
STATE_MARKS: dict[str, Text] = {
    "estimated": Text("估", "e"),
    "default": Text("省", "d"),
    "projected": Text("预", "p"),
    "nowcast": Text("即", "n"),
    "incomplete": Text("缺", "i"),
    "provisional": Text("初", "v"),
    "recalled": Text("核", "r"),
}
#: What stands in the place of a figure that is not there.
ABSENT_WORDS: dict[str, Text] = {
    "missing": Text("缺", "missing"),
    "pending": Text("未到期", "not due"),
    "NE": Text("未估算", "NE"),
    "C": Text("*", "*"),
    "undefined": Text("无法计算", "undefined"),
    "outside": Text("—", "—"),
}
STATE_NOTES: dict[str, Text] = {
    "incomplete": Text("有组成部分缺失，实际值不止这些", "parts are missing, the true value differs"),
    "C": Text("不足三家企业，依规不公开", "fewer than three enterprises, not published"),
    "outside": Text("不在口径规定的年份内", "outside the years that the definition speaks for"),
}

KINDS: dict[str, Text] = {
    "evidence": Text("填报", "Filed"),
    "factor": Text("因子", "Factor"),
    "driver": Text("情景参数", "Scenario driver"),
    "formula": Text("计算", "Computed"),
}
EDITIONS: dict[str, Text] = {
    "preliminary": Text("初步", "preliminary"),
    "final": Text("最终", "final"),
    "census": Text("普查修订", "census revision"),
}
BODY_KINDS: dict[str, Text] = {
    "department": Text("部门", "Department"),
    "group": Text("人民团体", "People's organisation"),
    "company": Text("企业", "Company"),
    "center": Text("中心", "Centre"),
    "party": Text("党委部门", "Party body"),
}
SOURCE_KINDS: dict[str, Text] = {
    "official": Text("正式", "Official"),
    "demonstration": Text("演示", "Demonstration"),
    "estimate": Text("估算", "Estimate"),
}
SEVERITIES: dict[str, Text] = {
    "error": Text("错误", "Error"),
    "warning": Text("警告", "Warning"),
    "note": Text("提示", "Note"),
}
COMPARATORS: dict[str, Text] = {
    ">=": Text("不低于", "at least"),
    "<=": Text("不高于", "at most"),
    ">": Text("超过", "more than"),
    "<": Text("低于", "less than"),
    "~=": Text("约", "about"),
    "==": Text("等于", "exactly"),
    "range": Text("介于", "between"),
    "reduce_by>=": Text("下降不少于", "reduced by at least"),
    "reduce_by~=": Text("下降约", "reduced by about"),
    "increase_by>=": Text("增长不少于", "increased by at least"),
    "increase_by~=": Text("增长约", "increased by about"),
    "multiply>=": Text("不少于基年的倍数", "at least this multiple of the base"),
    "peak_before": Text("早于该年达峰", "peak before"),
    "meets_assigned": Text("完成上级下达的数值", "meets the assigned value"),
    "not_increase": Text("只减不增", "does not increase"),
    "prohibit": Text("禁止", "prohibited"),
    "all_applicable": Text("应做尽做", "wherever applicable"),
}


def state_word(state: str, language: str) -> str:
    zh, en = STATE_WORDS.get(state, (state, state))
    return en if language == "en" else zh
