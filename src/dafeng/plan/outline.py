"""The outline: every numbered heading with a canonical ref, and notes where the numbering is irregular.

A ref joins the numbers above a heading: ``三-（一）-2``. Levels a plan does not have are left out: ``三-2`` where
measures stand directly under a chapter, ``2`` where there are no chapters. A repeated ref gets ``#2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dafeng.findings import Finding
from dafeng.plan import checks
from dafeng.plan.headings import (
    LONGEST_TITLE,
    canonical,
    find_heading,
    is_contents_line,
    is_page_number,
    read_numbering,
)
from dafeng.plan.model import Heading
from dafeng.plan.script import BOOKMARK, regularise


@dataclass(frozen=True)
class Line:
    """One line of the text: its number from 1, where it starts, its words.

    ``style``: the heading depth its style gives, 0 for none. ``label``: the automatic number before it, not in ``text``.
    """

    number: int
    start: int
    text: str
    style: int = 0
    label: str = ""

    @property
    def shown(self) -> str:
        """The line as a reader sees it, its automatic number included."""
        return self.label + self.text


@dataclass
class Outline:
    headings: list[Heading] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: set[int] = field(default_factory=set)  # line numbers that are contents or page numbers

    def at(self, position: int) -> Heading | None:
        """The heading under which a position of the text stands."""
        low, high = 0, len(self.headings)
        while low < high:
            middle = (low + high) // 2
            if self.headings[middle].span[0] <= position:
                low = middle + 1
            else:
                high = middle
        return self.headings[low - 1] if low else None


def lines_of(
    text: str, styles: dict[int, int] | None = None, labels: dict[int, str] | None = None
) -> Iterator[Line]:
    """Lines with their places; ``styles``: heading depth by line number; ``labels``: automatic numbers."""
    position = 0
    for number, line in enumerate(text.split("\n"), 1):
        yield Line(number, position, line, (styles or {}).get(number, 0), (labels or {}).get(number, ""))
        position += len(line) + 1


def read_outline(lines: list[Line], toc: set[int] | None = None) -> Outline:
    outline = Outline()
    open_: dict[int, tuple[int, Heading]] = {}  # level → (number, heading), only of what is open
    last: dict[tuple[str | None, int], int] = {}  # (parent ref, level) → last number
    forms: dict[int, str] = {}
    used: dict[str, int] = {}
    contents = _contents_block(lines) | (toc or set())
    plain = _Plain(lines)
    for line in lines:
        if not line.text.strip():
            continue
        if is_contents_line(line.text) or line.number in contents:
            outline.skipped.add(line.number)
            continue
        if is_page_number(line.text):
            outline.skipped.add(line.number)
            continue
        if BOOKMARK.search(line.text):
            outline.findings.append(checks.bookmark(checks.line_place(line.number)))
        heading = None if line.number == plain.title_line else find_heading(line.shown)
        if heading is None:
            if line.style and (title := _styled_title(line)):
                heading = title
            else:
                continue
        if heading.raw_number.strip().endswith("是"):
            continue  # 一是… lists in running text
        numbering = read_numbering(regularise(line.shown.lstrip("# *\u3000\t")).text)
        form = numbering.form if numbering else "style"
        value = numbering.value if numbering else 0
        level = _level(heading, form, value, numbering.parts if numbering else (), open_, last, forms)
        if form == "style":
            level = min(line.style or plain.depth(line.text), 4)
        for deeper in [k for k in open_ if k >= level]:
            del open_[deeper]
        parent = open_[max(open_)][1] if open_ else None
        parent_ref = parent.ref if parent else None
        if not value and not plain.numbered:
            value = last.get((parent_ref, level), 0) + 1
        # Where other headings are numbered, one without a number goes by its title.
        number = canonical(level, value) if value else ""
        own = number or heading.title
        ref = f"{parent_ref}-{own}" if parent_ref else own
        place = checks.line_place(line.number)
        if ref in used:
            used[ref] += 1
            outline.findings.append(checks.repeated(place, ref, heading.title))
            ref = f"{ref}#{used[ref]}"
        else:
            used[ref] = 1
            expected = last.get((parent_ref, level), 0) + 1
            if value and value != expected:
                outline.findings.append(
                    checks.gap(place, heading.raw_number.strip(), canonical(level, expected))
                )
        if value:
            last[(parent_ref, level)] = value
        forms.setdefault(level, form)
        start, stop = (max(0, edge - len(line.label)) for edge in heading.span)
        heading = replace(
            heading,
            level=level,
            number=number,
            ref=ref,
            line=line.number,
            parent=parent_ref,
            span=(line.start + start, line.start + stop),
            body_start=line.start + stop,
        )
        outline.findings.extend(_notes(heading, line, form, level))
        outline.headings.append(heading)
        open_[level] = (value, heading)
    if outline.skipped:
        outline.findings.append(checks.skipped_lines(sorted(outline.skipped)))
    return outline


class _Plain:
    """What the document's unnumbered headings are: markdown marks and heading styles without a number."""

    def __init__(self, lines: list[Line]):
        single = [line for line in lines if re.match(r"\s*#(?!#)", line.text)]
        # One # in the whole text is the title of the document; several are its chapters.
        bare = bool(single) and read_numbering(regularise(single[0].text.lstrip("# \t")).text) is None
        self.title_line = single[0].number if len(single) == 1 and bare else 0
        self._drop = 1 if self.title_line else 0
        self.numbered = any(
            (line.style or line.text.lstrip().startswith("#") or len(line.text) < 60)
            and read_numbering(regularise(line.shown[:80].lstrip("# *\u3000\t")).text)
            for line in lines
        )

    def depth(self, text: str) -> int:
        marks = len(text.lstrip()) - len(text.lstrip().lstrip("#"))
        return max(marks - self._drop, 1)


def _styled_title(line: Line) -> Heading | None:
    text = regularise(line.text).text
    if not 2 <= len(text) <= LONGEST_TITLE:
        return None
    indent = len(line.text) - len(line.text.lstrip())
    return Heading(line.style, "", "", text, False, (indent, len(line.text.rstrip())))


def _level(
    heading: Heading,
    form: str,
    value: int,
    parts: tuple[int, ...],
    open_: dict[int, tuple[int, Heading]],
    last: dict[tuple[str | None, int], int],
    forms: dict[int, str],
) -> int:
    """The level of a heading in its surroundings. （2） after （一） is an action; after a measure's （1） an item."""
    if form == "decimal":
        return min(len(parts), 4)
    if form == "part":
        return 1
    if form == "chapter":
        # 第一章 … 一、: the chapters are parts, 一、 stands below them.
        return 2 if forms.get(1) == "part" and 1 in open_ else 1
    if form == "action" and forms.get(1) == "part" and forms.get(2) == "chapter" and 2 in open_:
        return 3
    if form == "section" or form != "arabic":
        if (
            form == "measure"
            and 3 not in forms
            and 1 not in open_
            and 2 not in open_
            and forms.get(1) == "measure"
        ):
            return 1
        return heading.level
    action_parent = open_[1][1].ref if 1 in open_ else None
    actions = last.get((action_parent, 2), 0)
    if 4 in open_ and open_[4][0] + 1 == value:
        return 4
    if 3 in open_ and forms.get(3) != "arabic" and value == 1:
        return 4
    if 3 in open_ and forms.get(3) == "arabic" and open_[3][0] + 1 == value:
        return 3
    if value == actions + 1 and (value > 1 or 2 not in open_):
        return 2
    if 2 in open_ and 3 not in open_:
        return 3
    return 4 if 3 in open_ else 2


def _notes(heading: Heading, line: Line, form: str, level: int) -> Iterator[Finding]:
    place = checks.line_place(line.number)
    raw = heading.raw_number
    if not raw:
        return
    regular = {1: rf"{heading.number}、", 2: heading.number, 3: rf"{heading.number}.", 4: heading.number}[
        level
    ]
    plain_forms = {regular, regular.rstrip("."), *([f"{heading.number}、"] if level == 3 else [])}
    plain = raw.strip("\u3000 \t#*")
    if form in ("part", "section", "decimal", "style", "named"):
        return
    if plain not in plain_forms or (raw != plain and raw.strip() == plain and not raw.startswith("#")):
        yield checks.numbering(place, raw, regular)
    elif line.text[:1] in "\u3000 \t" and "\u3000" in line.text[: len(line.text) - len(line.text.lstrip())]:
        yield checks.full_width_space(place)


def _contents_block(lines: list[Line]) -> set[int]:
    """Lines of a table of contents without page numbers: from 目录 to the second coming of its first entry."""
    for index, line in enumerate(lines[:200]):
        if re.fullmatch(r"\s*目\s*[录次]\s*", line.text):
            entries = [
                (n, candidate)
                for n, candidate in enumerate(lines[index + 1 :], index + 1)
                if candidate.text.strip()
            ]
            if not entries:
                return {line.number}
            first = re.sub(r"[\s.…·\d]+$", "", entries[0][1].text.strip())
            for n, candidate in entries[1:]:
                if first and candidate.text.strip() == first:
                    return {ln.number for ln in lines[index:n]}
            return {line.number}
    return set()
