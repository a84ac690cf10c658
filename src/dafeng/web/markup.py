"""HTML of tables, verdicts and figures, made in Python: a list of some thousand cells must not wait for templates."""

from __future__ import annotations

from html import escape

from dafeng.web.numbers import unit_text
from dafeng.web.table import Cell, Column, Row, Table
from dafeng.web.words import verdict_word


def attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""


def verdict_html(identifier: str, language: str) -> str:
    """Colour, shape and word of a verdict."""
    word = verdict_word(identifier)
    text = word.text[language == "en"]
    return f'<span class="verdict {word.id}"><span class="shape" aria-hidden="true">{word.shape}</span>{escape(text)}</span>'


def figure_html(cell: Cell) -> str:
    """A figure: the text with its hint, italics and mark; a link where it opens."""
    classes = " ".join(
        c for c, on in (("n", True), ("soft", cell.soft), ("absent", cell.absent), ("gone", cell.gone)) if on
    )
    inner = f'<span class="{classes}"{attribute("title", cell.hint)}>{escape(cell.text)}</span>'
    if cell.mark:
        inner += f'<small class="mark">{escape(cell.mark)}</small>'
    return f'<a class="fig" href="{escape(cell.href)}">{inner}</a>' if cell.href else inner


def cell_html(cell: Cell, column: Column, language: str) -> str:
    if cell.verdict:
        word = verdict_html(cell.verdict, language)
        out = (
            f'<a class="plain" href="{escape(cell.href)}"{attribute("title", cell.hint)}>{word}</a>'
            if cell.href
            else word
        )
    elif column.kind == "number":
        out = figure_html(cell)
    elif cell.svg:
        out = f'{cell.svg}<span class="hidden">{escape(cell.hint)}</span>'
    elif cell.href:
        out = f'<a href="{escape(cell.href)}"{attribute("title", cell.hint)}>{escape(cell.text)}</a>'
    elif cell.hint:
        out = f'<span title="{escape(cell.hint)}">{escape(cell.text)}</span>'
    else:
        out = escape(cell.text)
    return out + "".join(f' <a href="{escape(link.href)}">{escape(link.text)}</a>' for link in cell.more)


def head_html(column: Column, language: str) -> str:
    classes = " ".join(
        c
        for c in (
            column.kind,
            "" if column.phone else "wide-only",
            f"w-{column.width}" if column.width else "",
        )
        if c
    )
    text = escape(column.head)
    if column.sort:
        arrow = {"ascending": "↑", "descending": "↓"}.get(column.sorted, "")
        shown = f'{text}<span aria-hidden="true"> {arrow}</span>' if arrow else text
        text = f'<a class="sort" href="{escape(column.sort)}">{shown}</a>'
    unit = unit_text(column.unit, language)
    if unit:
        text += f' <span class="unit">{escape(unit)}</span>'
    return f'<th scope="col" class="{classes}"{attribute("aria-sort", column.sorted)}>{text}</th>'


def row_html(row: Row, table: Table, language: str) -> str:
    parts = [f"<tr{attribute('class', row.kind)}{attribute('id', row.id)}>"]
    for i, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        kind = column.kind if column.phone else f"{column.kind} wide-only"
        if i == table.head_column:
            parts.append(f'<th scope="row" class="{kind}">{cell_html(cell, column, language)}</th>')
        else:
            named = attribute("data-head", column.head) if table.stacked else ""
            parts.append(f'<td class="{kind} c-{column.key}"{named}>{cell_html(cell, column, language)}</td>')
    parts.append("</tr>")
    return "".join(parts)


def table_html(table: Table, language: str, caption_hidden: bool = False) -> str:
    heads = "".join(head_html(c, language) for c in table.columns)
    body = "\n".join(row_html(r, table, language) for r in table.rows)
    if not table.rows:
        body = f'<tr><td class="none" colspan="{len(table.columns)}">{escape(table.empty)}</td></tr>'
    caption = escape(table.caption)
    classes = "compact stacked" if table.stacked else "compact"
    hidden = ' class="hidden"' if caption_hidden else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table class="{classes}">'
        f"<caption{hidden}>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )
