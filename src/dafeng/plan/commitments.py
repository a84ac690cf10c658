"""Commitments: what a plan forbids or demands throughout, without a date or a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dafeng.plan.model import Commitment, Span
from dafeng.plan.script import Script, mask

_PROHIBITION = re.compile(
    r"(?<![不未])(?:禁止|严禁|不得(?!低于|少于|高于|超过|小于|大于|突破|不)|不再(?:新建|新增|审批|布局|核准|批准|新上|采购|销售|使用|扩建|安排|受理)|一律不(?:得|准|予)|不予(?:审批|备案|核准|批准)|停止(?:审批|新建|核准|使用|销售|生产)|杜绝|坚决遏制)[^，。；\n]{2,60}"
)
_REQUIREMENT = re.compile(
    r"[^，。；：\n]{0,40}(?:"
    r"全面(?:执行|安装|配备|实行|推行|采用|使用|禁止)[^，。；\n]{2,40}"
    r"|(?:必须|应当|一律|全部)[^，。；\n]{3,40}"
    r"|(?:严格(?:落实|执行|实行|履行)|全面落实)[^，。；\n]{3,40}"
    r"|按要求[^，。；\n]{2,40}"
    r"|(?P<a>[应宜能])(?P<what>[一-龥]{1,2})尽(?P=what)(?!、[^，。；]{0,8}原则|的原则)"
    r")"
)
_BASIS = re.compile(r"^(?:按照|坚持|遵循|本着|根据|依据)")
_POINT = "，。；：、 \n"


def commitments_of(script: Script, text: str, taken: list[Span]) -> Iterator[Commitment]:
    """Commitments of one paragraph; clauses that are targets already (``taken`` spans) are passed over."""
    masked = mask(script.text)
    used: list[tuple[int, int]] = []
    found: list[tuple[int, int, str]] = []
    for match in _PROHIBITION.finditer(masked):
        start = match.start()
        # 城市建成区禁止…: the place belongs to the ban.
        while start > 0 and masked[start - 1] not in _POINT and match.start() - start < 30:
            start -= 1
        found.append((start, match.end(), "prohibition"))
        used.append((start, match.end()))
    for match in _REQUIREMENT.finditer(masked):
        if _BASIS.match(match.group()) or any(a < match.end() and match.start() < b for a, b in used):
            continue
        found.append((match.start(), match.end(), "requirement"))
    for start, end, kind in sorted(found):
        first, last = script.span(start, end)
        if any(a < last and first < b for a, b in taken):
            continue
        yield Commitment(
            text[first:last], (first, last), "prohibition" if kind == "prohibition" else "requirement"
        )
