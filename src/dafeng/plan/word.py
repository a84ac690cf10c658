"""A .docx as the plan reader takes it: body paragraphs joined by newlines, with styles and automatic numbers.

Automatic numbers are not part of a paragraph's text; they are worked out from the numbering definitions, so
that a plan whose 一、（一） 1. come from the word processor has the same outline as one that types them.
Tables are no part of the text; ``tables`` reads the targets out of them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dafeng.findings import BlockingError, Finding, Text
from dafeng.plan import checks
from dafeng.plan.headings import chinese_numeral

LARGEST_PART = 30_000_000  # bytes of one part once unpacked
LARGEST_WHOLE = 200_000_000
_MOST_ROWS = 400  # a table past this is no table of indicators
_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese_numeral,
    "chineseCountingThousand": chinese_numeral,
    "japaneseCounting": chinese_numeral,
    "ideographDigital": chinese_numeral,
    "taiwaneseCountingThousand": chinese_numeral,
    "chineseLegalSimplified": chinese_numeral,
    "decimal": str,
    "decimalFullWidth": str,
    "decimalEnclosedCircleChinese": lambda n: chr(ord("①") + n - 1) if 1 <= n <= 20 else str(n),
    "decimalEnclosedCircle": lambda n: chr(ord("①") + n - 1) if 1 <= n <= 20 else str(n),
}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass
class Document:
    text: str
    styles: dict[int, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    contents: set[int] = field(default_factory=set)
    tables: list[tuple[int, list[list[str]]]] = field(default_factory=list)  # line that follows, rows
    findings: list[Finding] = field(default_factory=list)


def read(data: bytes, place: str) -> Document:
    """The document behind the bytes of a zip file. Raises BlockingError where it is none."""
    _check_package(data, place)
    # Imported here: half a second that plain text need not pay.
    import docx

    try:
        opened = docx.Document(io.BytesIO(data))
        return _read(opened, place)
    except BlockingError:
        raise
    except Exception as error:  # whatever a foreign parser says of a damaged file
        raise BlockingError([checks.broken_document(place, type(error).__name__)]) from error


def _check_package(data: bytes, place: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {p.filename for p in parts}
            largest = max((p.file_size for p in parts), default=0)
            whole = sum(p.file_size for p in parts)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BlockingError([checks.broken_document(place, type(error).__name__)]) from error
    if "word/document.xml" not in names:
        for folder, kind in (
            ("xl/", Text("工作簿（.xlsx）", "a workbook (.xlsx)")),
            ("ppt/", Text("演示文稿（.pptx）", "a slide show (.pptx)")),
        ):
            if any(n.startswith(folder) for n in names):
                raise BlockingError([checks.wrong_kind(place, kind)])
        raise BlockingError(
            [checks.wrong_kind(place, Text("压缩包，里面没有 Word 正文", "an archive without a Word text"))]
        )
    if largest > LARGEST_PART or whole > LARGEST_WHOLE:
        raise BlockingError([checks.too_large(place, whole, LARGEST_PART)])


def _read(opened: Any, place: str) -> Document:
    out = Document("")
    numbers = _Numbers(opened)
    pieces: list[str] = []
    line = 1
    for paragraph in opened.iter_inner_content():
        if not hasattr(paragraph, "text"):
            out.tables.append((line, _rows(paragraph)))
            continue
        text = paragraph.text
        pieces.append(text)
        name = ((paragraph.style.name if paragraph.style is not None else "") or "").lower()
        depth = re.fullmatch(r"(?:heading|标题) ?(\d)", name)
        if depth and text.strip():
            out.styles[line] = int(depth.group(1))
        if re.match(r"toc ?\d|目录", name) and text.strip():
            out.contents.update(range(line, line + text.count("\n") + 1))
        label = numbers.label(paragraph)
        if label and text.strip():
            out.labels[line] = label
        line += text.count("\n") + 1
    out.text = "\n".join(pieces)
    if out.labels:
        out.findings.append(checks.automatic_numbers(place, len(out.labels)))
    if out.tables:
        out.findings.append(checks.tables(place, len(out.tables)))
    if not out.text.strip():
        raise BlockingError([checks.empty(place)])
    return out


def _rows(table: Any) -> list[list[str]]:
    """The cells of a table as text; a cell that spans columns or rows stands in each of them."""
    if len(table.rows) > _MOST_ROWS:
        return []
    return [[cell.text.strip() for cell in row.cells] for row in table.rows]


class _Numbers:
    """Counts automatic numbers through a document. A definition that is missing or odd gives no label."""

    def __init__(self, opened: Any):
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._abstract: dict[str, str] = {}
        self._counters: dict[str, dict[int, int]] = {}
        part = next(
            (r.target_part for r in opened.part.rels.values() if r.reltype.endswith("/numbering")), None
        )
        if part is None:
            return
        root = part.element
        for abstract in root.findall(f"{_W}abstractNum"):
            identity = abstract.get(f"{_W}abstractNumId")
            for level in abstract.findall(f"{_W}lvl"):
                form, text, start = (level.find(f"{_W}{tag}") for tag in ("numFmt", "lvlText", "start"))
                self._levels[identity, int(level.get(f"{_W}ilvl") or 0)] = (
                    form.get(f"{_W}val") if form is not None else "decimal",
                    text.get(f"{_W}val") if text is not None else "",
                    int(start.get(f"{_W}val") or 1) if start is not None else 1,
                )
        for number in root.findall(f"{_W}num"):
            link = number.find(f"{_W}abstractNumId")
            if link is not None:
                self._abstract[number.get(f"{_W}numId")] = link.get(f"{_W}val")

    def label(self, paragraph: Any) -> str:
        if not self._levels:
            return ""
        numbering = self._properties(paragraph)
        if numbering is None:
            return ""
        number_id, level = numbering
        abstract = self._abstract.get(number_id)
        if abstract is None or (abstract, level) not in self._levels:
            return ""
        counters = self._counters.setdefault(abstract, {})
        start = self._levels[abstract, level][2]
        counters[level] = counters.get(level, start - 1) + 1
        for deeper in [k for k in counters if k > level]:
            del counters[deeper]
        form, text, _ = self._levels[abstract, level]
        if form in ("bullet", "none"):
            return ""

        def numeral(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            own = self._levels.get((abstract, at), ("decimal", "", 1))
            return _FORMATS.get(own[0], str)(counters.get(at, own[2]))

        return re.sub(r"%(\d)", numeral, text or "")

    @staticmethod
    def _properties(paragraph: Any) -> tuple[str, int] | None:
        """(numId, level) of a paragraph, its own or by its style; numId 0 switches numbering off."""
        holders = [paragraph._p.pPr]
        style = paragraph.style
        while style is not None and len(holders) < 8:
            holders.append(style.element.find(f"{_W}pPr"))
            style = style.base_style
        for holder in holders:
            found = holder.find(f"{_W}numPr") if holder is not None else None
            if found is None:
                continue
            number, level = found.find(f"{_W}numId"), found.find(f"{_W}ilvl")
            if number is None or number.get(f"{_W}val") == "0":
                return None
            return number.get(f"{_W}val"), int(level.get(f"{_W}val") or 0) if level is not None else 0
        return None
