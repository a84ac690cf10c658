"""Things a plan names: facilities, systems, programmes, mechanisms.

A name ends in a noun that tells its kind (…有限公司, …监测系统, …制度) or stands in quotation marks before such a
noun. It begins where a verb or a boundary stops it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dafeng.plan.model import Entity
from dafeng.plan.script import Script

_ENDINGS: list[tuple[str, str]] = [
    ("facility", r"(?:有限公司|有限责任公司|集团公司|热电厂|发电厂|电厂|水厂|处理厂|焚烧厂|填埋场|变电站|换电站|抽水蓄能电站|长输管网|长输管线|供热管网|产业园(?!区)|产业基地|科教产业基地)"),
    ("system", r"(?:在线监测系统|监测系统|管理系统|监管平台|信息平台|服务平台|监测平台|管理平台|综合平台|大数据平台|智慧能源系统|计量系统|统计核算体系|共享平台|公共服务平台|再生水回用系统)"),
    ("programme", r"(?:宣传周|低碳日|生态日|示范工程|提升工程|绿色制造工程|改革试验区|试点建设|专项行动|三年行动|行动计划|示范区|示范工作|节能降碳重点工程|清洁能源提升行动)"),
    ("mechanism", r"(?:报告制度|评估机制|共享机制|分担机制|调度机制|门槛”制度|补偿机制|交易市场|交易机制|碳普惠体系|管理制度体系|审查制度|目标责任制|清单管理制度|绿色采购政策|联席会议制度|考核制度|奖惩机制|补贴制度|价格机制|“[^“”]{2,12}”(?:制度|机制))"),
]  # fmt: skip
_START = re.compile(
    r"(?:.*(?:推动|推进|加快|加强|落实|开展|建立|健全|完善|打造|构建|建设|实施|利用|执行|参与|做好|深化|提升|探索|形成|依托|发挥|抓好|强化|创新|争创|多种形式的|多样化的|以及|等|和|与|、|的|对|在|由|了|向|将|把|实行|发展|支持|鼓励|培育|创建|组织|引导|接入|纳入|全面))"
)
_QUOTED = re.compile(
    r"“(?P<name>[^“”]{2,14})”(?P<what>建设|行动|工程|试点|模式|创建|活动|计划|制度|机制|项目|体系|平台|系统|发展新格局|的新型供热系统)?"
)
_QUOTED_KIND = {
    "制度": "mechanism",
    "机制": "mechanism",
    "模式": "mechanism",
    "体系": "mechanism",
    "平台": "system",
    "系统": "system",
    "的新型供热系统": "system",
}


def entities_of(script: Script, text: str) -> Iterator[Entity]:
    """Entities of one paragraph, in order, each name once."""
    regular = script.text
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _ENDINGS:
        for match in re.finditer(pattern, regular):
            floor = max(0, match.start() - 24)
            window = regular[floor : match.start()]
            cut = max((window.rfind(c) for c in "，。；：！？（）《》\n"), default=-1) + 1
            lead = _START.match(window[cut:])
            start = floor + cut + (lead.end() if lead else 0)
            if window[cut:].count("“") % 2:  # never out of the middle of a quotation
                start = min(start, floor + cut + window[cut:].rfind("“"))
            if match.end() - start >= 4 and (start < match.start() or kind == "programme"):
                found.append((start, match.end(), kind))
    for match in _QUOTED.finditer(regular):
        inside = any(a <= match.start() and match.end() <= b for a, b, _ in found)
        striven = regular[max(0, match.start() - 2) : match.start()] in ("争创", "争当", "创建", "评选")
        if inside or re.match("十.五|[0-9]", match["name"]) or not (match["what"] or striven):
            continue
        found.append(
            (match.start(), match.end("name") + 1, _QUOTED_KIND.get(match["what"] or "", "programme"))
        )
    seen: set[str] = set()
    for start, end, kind in sorted(found):
        name = regular[start:end]
        if name.startswith("“") and name.endswith("”"):
            name = name[1:-1]
        if name in seen or len(name) < 2:
            continue
        seen.add(name)
        yield Entity(name, kind, script.span(start, end))  # type: ignore[arg-type]
