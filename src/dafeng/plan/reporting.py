"""Sentences that tell instead of ordering: what another document says, what is estimated, what is done."""

from __future__ import annotations

import re

from dafeng.plan.script import HIDDEN

_QUOTING = re.compile(
    f"(?<!{HIDDEN})(?P<before>[^，。；{HIDDEN}]{{0,8}}){HIDDEN}+(?:提出|明确|要求|规定|指出)|(?:根据|据|经|初步)(?:测算|预测)"
    "|(?:项目|工程)(?:全部|全面)?(?:实施|建成|投运|投产|达产|完成)后"
)
_FOLLOWING = re.compile("按|根据|依据|落实|贯彻|对照|执行|符合|遵循|衔接")
_BOAST = re.compile("[^；]{0,120}(?:超额|圆满|提前[一二两三半\\d]*[年个月]*)(?:完成|实现)")


def quotes(masked: str, start: int, end: int) -> bool:
    """Whether the sentence tells another document's target (《…》提出) or an estimate; 按照《…》要求 orders."""
    return any(not _FOLLOWING.search(m["before"] or "") for m in _QUOTING.finditer(masked, start, end))


def boasts(masked: str, start: int, end: int) -> bool:
    """Whether what follows up to the next semicolon says that it is done: …，提前一年完成目标."""
    return bool(_BOAST.match(masked, start, end))
