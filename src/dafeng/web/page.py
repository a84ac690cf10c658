"""A page is built as data first: the same build serves the view, its downloads and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from dafeng.findings import Text
from dafeng.web.chart import Figure
from dafeng.web.errors import NotHere
from dafeng.web.export import FORMATS, export
from dafeng.web.language import address
from dafeng.web.reader import Reader, reader_for


@dataclass
class Page:
    template: str
    title: str
    section: str  # which entry of the navigation is lit
    context: dict[str, Any] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    yearly: bool = True  # the year can be switched

    def figure(self, identifier: str) -> Figure | None:
        return next((f for f in self.figures if f.id == identifier), None)


Build = Callable[..., Page]

SECTIONS: tuple[tuple[str, str, Text], ...] = (
    ("overview", "/", Text("总览", "Overview")),
    ("plan", "/plan/", Text("方案", "Plan")),
    ("targets", "/targets/", Text("目标", "Targets")),
    ("inventory", "/inventory/", Text("清单", "Inventory")),
    ("numbers", "/number/", Text("数字", "Numbers")),
    ("factors", "/factors/", Text("因子", "Factors")),
    ("data", "/data/", Text("数据", "Data")),
    ("about", "/about/", Text("说明", "About")),
)


def page(build: Build) -> Callable[..., HttpResponse]:
    """Makes a view of a build function `(reader, **address parts) -> Page`."""

    @require_safe
    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        reader = reader_for(request)
        built = build(reader, **parts)
        return render(request, built.template, context_of(request, reader, built))

    view.build = build  # type: ignore[attr-defined]
    view.__name__ = build.__name__
    return view


def context_of(request: HttpRequest, reader: Reader, built: Page) -> dict[str, Any]:
    path = request.path_info
    query = request.GET.copy()
    return {
        **built.context,
        "page": built,
        "figures": {f.id: f for f in built.figures},
        "reader": reader,
        "language": reader.language,
        "path": path,
        "query": query.urlencode(),
        "sections": [(s, reader.link(a), reader.text(t), s == built.section) for s, a, t in SECTIONS],
        "other_language": _in_other_language(reader, path, query.urlencode()),
        "home": reader.link("/"),
        "year_choices": _years(reader),
        "picture_notes": "\n".join(about_lines(reader)),
        "without_choices": address(path, reader.language) + _without_choices(query),
    }


def _in_other_language(reader: Reader, path: str, query: str) -> str:
    other = "zh" if reader.language == "en" else "en"
    return address(path, other) + (f"?{query}" if query else "")


def _without_choices(query: Any) -> str:
    for key in [k for k in query if k.startswith("choice.")]:
        del query[key]
    rest = query.urlencode()
    return f"?{rest}" if rest else ""


def _years(reader: Reader) -> list[int]:
    last = max(reader.definitions.history_until, reader.default_year, reader.year)
    return [y for y in reader.years if y <= last]


def pager(reader: Reader, path: str, total: int, size: int, anchor: str = "", **keep: str) -> dict[str, Any]:
    """One page of a long table: which rows, and the addresses of the pages beside it."""
    number, pages = reader.page_of(total, size)

    def at(n: int) -> str:
        return reader.link(path, **keep, page="" if n == 1 else str(n)) + anchor if 1 <= n <= pages else ""

    rows = slice((number - 1) * size, number * size)
    return {"number": number, "pages": pages, "before": at(number - 1), "after": at(number + 1), "rows": rows}


def about_lines(reader: Reader) -> list[str]:
    """What stands on top of every download: place, state of the data, demonstration mark."""
    d = reader.district
    lines = [
        reader.say(
            f"{reader.place} · 数据截至 {d.as_of} · 报告年份 {reader.year}",
            f"{reader.place} · data as of {d.as_of} · reporting year {reader.year}",
        )
    ]
    if reader.scenario:
        lines.append(reader.say(f"预测情景：{reader.scenario}", f"Projection: {reader.scenario}"))
    if reader.asked_choices:
        chosen = [f"{k} = {v}" for k, v in sorted(reader.asked_choices.items())]
        lines.append(reader.say("口径：", "Definitions: ") + reader.list(chosen))
    if reader.demonstration:
        lines.append(
            reader.say(
                "演示数据：含有为演示编制的数字，不得作为实际数据引用。",
                "DEMONSTRATION: contains figures made up to show the program; do not quote them as actual data.",
            )
        )
    return lines


@require_safe
def download(request: HttpRequest, figure: str, kind: str, address: str = "") -> HttpResponse:
    """/download/<figure>.<csv|xlsx>/<address of the page>?<its query>: the table that the page shows."""
    nothing = NotHere(Text("没有这张图表可以下载。", "There is no such table to download."))
    if kind not in FORMATS:
        raise nothing
    try:
        match = resolve("/" + address)
    except Resolver404 as error:
        raise nothing from error
    build: Build | None = getattr(match.func, "build", None)
    if build is None:
        raise nothing
    reader = reader_for(request)
    found = build(reader, **match.kwargs).figure(figure)
    if found is None:
        raise nothing
    body = export(found, kind, about_lines(reader), reader.language)
    response = HttpResponse(body, content_type=FORMATS[kind])
    stem = "-".join(
        [p for p in (reader.district.id, address.strip("/").replace("/", "-"), figure, str(reader.year)) if p]
    )
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in stem)[:100]
    response["Content-Disposition"] = f'attachment; filename="{safe}.{kind}"'
    return response
