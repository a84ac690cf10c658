"""Template tags: two languages in place, addresses that keep the year and the choices, the components."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from dafeng.web.chart import Figure
from dafeng.web.language import address, name_of
from dafeng.web.markup import figure_html, table_html, verdict_html
from dafeng.web.numbers import unit_text
from dafeng.web.table import Cell, Table
from dafeng.web.words import state_word

register = template.Library()


def language_in(context: Context) -> str:
    return str(context.get("language", "zh"))


@register.simple_tag(takes_context=True)
def t(context: Context, zh: str, en: str) -> str:
    """The sentence in the language of the page."""
    return en if language_in(context) == "en" else zh


@register.simple_tag(takes_context=True)
def name(context: Context, thing: Any) -> str:
    return name_of(thing, language_in(context))


@register.simple_tag(takes_context=True)
def link(context: Context, path: str, **params: Any) -> str:
    reader = context.get("reader")
    if reader is None:
        return address(path, language_in(context))
    return str(reader.link(path, **params))


@register.simple_tag
def asset(name: str) -> str:
    return f"{settings.STATIC_URL}{name}?v={_version(str.__str__(name))}"  # a plain str, which pathlib wants


@lru_cache(maxsize=64)
def _version(name: str) -> str:
    path = Path(settings.STATIC_ROOT) / name
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    except OSError:
        return "0"


@register.filter
def unit(text: str, language: str = "zh") -> str:
    return unit_text(text, language)


@register.simple_tag(takes_context=True)
def state(context: Context, word: str) -> str:
    return state_word(word, language_in(context))


@register.simple_tag(takes_context=True)
def verdict(context: Context, identifier: str) -> SafeString:
    return mark_safe(verdict_html(identifier, language_in(context)))


@register.simple_tag
def figure_text(cell: Cell) -> SafeString:
    return mark_safe(figure_html(cell))


@register.simple_tag
def drawing(markup: str) -> SafeString:
    """Markup made by drawing.py, which holds numbers only."""
    return mark_safe(markup)


@register.simple_tag(takes_context=True)
def chart_data(context: Context, figure: Figure) -> SafeString:
    """The chart as JSON in a script element that does not run."""
    text = json.dumps(figure.data(language_in(context)), ensure_ascii=False, allow_nan=False)
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return mark_safe(f'<script type="application/json">{text}</script>')


@register.simple_tag(takes_context=True)
def download_link(context: Context, figure: Figure, kind: str) -> str:
    path = f"/download/{figure.id}.{kind}{context['path']}"
    query = context.get("query")
    return address(path, language_in(context)) + (f"?{query}" if query else "")


@register.inclusion_tag("parts/figure.html", takes_context=True)
def figure(context: Context, identifier: Any) -> dict[str, Any]:
    found = identifier if isinstance(identifier, Figure) else context["figures"].get(identifier)
    return {
        "figure": found,
        "language": language_in(context),
        "path": context["path"],
        "query": context.get("query", ""),
        "reader": context["reader"],
    }


@register.simple_tag(takes_context=True)
def table(context: Context, shown: Table, caption_hidden: bool = False) -> SafeString:
    return mark_safe(table_html(shown, language_in(context), caption_hidden))


@register.filter
def iso(date: Any) -> str:
    """2026-11-24, in every language."""
    return date.isoformat() if hasattr(date, "isoformat") else str(date or "")
