"""One table component: what a page shows, what a chart draws and what a download holds are the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from dafeng.quantities.states import state_of
from dafeng.web.numbers import full, scale_for, significant, unit_text
from dafeng.web.words import ABSENT_WORDS, STATE_MARKS, STATE_NOTES, state_word

Kind = Literal["text", "number", "year", "verdict", "html"]

__all__ = ["Cell", "Column", "Link", "Row", "Table", "number_cell", "state_of", "text_cell"]


@dataclass(frozen=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True)
class Cell:
    """A cell as shown (text, mark, hint), with the value that a download holds."""

    text: str
    value: float | str | None = None
    state: str = ""
    mark: str = ""
    hint: str = ""
    href: str = ""
    soft: bool = False  # set in italics: estimated, default, projected …
    absent: bool = False
    gone: bool = False  # overdue: drawn in amber
    verdict: str = ""
    more: tuple[Link, ...] = ()  # further links after the text
    svg: str = ""  # a small drawing made by drawing.py, of numbers only


@dataclass(frozen=True)
class Column:
    key: str
    head: str
    kind: Kind = "text"
    unit: str = ""  # as written in definitions; shown and exported properly
    width: str = ""
    sort: str = ""  # address that sorts by this column
    sorted: str = ""  # "ascending" or "descending" where this column sorts the table
    export: bool = True
    phone: bool = True  # shown on a narrow screen


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    kind: str = ""  # "total", "group", "now"
    id: str = ""


@dataclass
class Table:
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    caption: str = ""
    empty: str = ""  # said where there is no row
    head_column: int = 0  # which column names the row (scope=row)
    compact: bool = True
    stacked: bool = False  # on a phone each row becomes a few lines, each cell with its head
    states: bool = False  # export a state column beside each number

    def __bool__(self) -> bool:
        return True

    def add(self, *cells: Cell, kind: str = "", id: str = "") -> None:
        self.rows.append(Row(tuple(cells), kind, id))


def text_cell(text: object, href: str = "", hint: str = "", more: Sequence[Link] = ()) -> Cell:
    shown = "" if text is None else str(text)
    return Cell(shown, shown, href=href, hint=hint, more=tuple(more))


def verdict_cell(verdict: str, word: str, href: str = "", hint: str = "") -> Cell:
    return Cell(word, word, verdict=verdict, href=href, hint=hint)


def number_cell(
    value: float | None,
    state: str,
    unit: str,
    language: str,
    marks: Sequence[str] = (),
    divisor: float = 1.0,
    digits: int = 4,
    href: str = "",
) -> Cell:
    """A figure with its state: italics and a mark where it is not plainly observed, a word where it is not there."""
    index = 1 if language == "en" else 0
    notes = [state_word(state, language)] if state else []
    if state in STATE_NOTES:
        notes.append(STATE_NOTES[state][index])
    notes += [state_word(m, language) for m in marks if m != "demonstration"]
    joined = (", " if index else "，").join(notes)
    # A total of which every part is absent comes as an incomplete zero: it is no figure.
    if value is None or value != value or (value == 0 and state == "incomplete"):
        word = ABSENT_WORDS.get(state, ABSENT_WORDS["missing"])[index]
        return Cell(word, None, state or "missing", hint=joined, href=href, absent=True)
    shown = significant(value / divisor, digits, unit if divisor == 1.0 else "")
    mark = STATE_MARKS[state][index] if state in STATE_MARKS else ""
    if not mark:
        mark = next((STATE_MARKS[m][index] for m in ("provisional", "recalled") if m in marks), "")
    name = unit_text(unit, language)
    hint = f"{full(value)} {name}".strip() + (f" · {joined}" if joined else "")
    soft = state in ("estimated", "default", "projected", "nowcast", "incomplete") or "provisional" in marks
    return Cell(shown, value, state, mark, hint, href, soft)


def table_scale(values: Sequence[float | None], unit: str) -> tuple[float, str]:
    return scale_for(values, unit)
