"""The title of a plan and whether it is a draft or issued, from what stands before its first heading."""

from __future__ import annotations

import re

from dafeng.plan.model import Status
from dafeng.plan.outline import Line, Outline
from dafeng.plan.script import BOOKMARK, regularise

_DRAFT = re.compile("征求意见稿|草案|送审稿|讨论稿|审议稿|初稿|公示稿|公开征求意见")
_ISSUED = re.compile("印发给你们|现予(?:印发|发布|公布)|(?:现将|已经).{0,60}印发")
_QUOTED = re.compile(
    "《[^《》]*》|（[^（）]*）"
)  # another document's title and number say nothing of this one
_TITLE = re.compile(
    "(?:方案|规划|计划|意见|办法|纲要|细则|通知|行动|措施|决定|要点|报告)(?:（[^（）]{1,30}）)*$"
)
_NUMBER_LINE = re.compile(r"[〔\[【]20\d{2}[〕\]】]\d+号$")
_DATE_LINE = re.compile(r"[\d年月日.-]+")
_LONGEST = 60


def title_and_status(lines: list[Line], outline: Outline) -> tuple[str | None, Status | None]:
    """The title (two lines are joined where it runs over both) and the status, None where nothing says it.

    Of a notice that carries a plan, the plan's own title is taken where it stands on a line of its own.
    """
    first = outline.headings[0].line if outline.headings else len(lines) + 1
    head = [line for line in lines[: min(first - 1, 60)] if line.number not in outline.skipped]
    said = [BOOKMARK.sub("", line.text).strip().lstrip("#* ").strip("*") for line in head]
    said = [s for s in said if s]
    top = "\n".join(said[:30])
    status: Status | None = "draft" if _DRAFT.search(top) else "issued" if _issued(said[:30]) else None
    titles = _titles(said[:25])
    plain = [t for t in titles if not t.endswith("通知")]
    candidates = [*plain, *titles, *[s for s in said[:1] if len(s) <= _LONGEST]]
    return (candidates[0] if candidates else None), status


def _issued(said: list[str]) -> bool:
    """A document number on a line of its own, 关于印发…的通知 as title, or the sentence that issues."""
    for line in said:
        plain = _QUOTED.sub("", regularise(line).text)
        titled = len(plain) <= _LONGEST and "。" not in plain and "印发" in plain
        if _NUMBER_LINE.search(plain) or titled or _ISSUED.search(plain):
            return True
    return False


def _titles(said: list[str]) -> list[str]:
    titles: list[str] = []
    before = ""
    for line in said:
        regular = regularise(line).text
        short = len(regular) <= _LONGEST and "。" not in regular and not regular.endswith(("：", "，"))
        if (
            not short
            or _NUMBER_LINE.search(regular)
            or _DATE_LINE.fullmatch(regular)
            or regular.startswith("（")
        ):
            before = ""
        elif _TITLE.search(regular):
            titles.append(before + regular if len(before + regular) <= _LONGEST else regular)
            before = ""
        else:
            before += regular
    return titles
