"""The web API, described at /api/openapi.json: what the pages show, as data. Everything is read-only."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import HttpError
from pydantic import Field

from dafeng import __version__
from dafeng.district import evaluate as evaluate_district
from dafeng.findings import BlockingError
from dafeng.web.errors import NotHere
from dafeng.web.reader import Reader

DESCRIPTION = (
    "页面所示的数字，只读。choice.<口径>=<选项> 可加在每个地址之后。 / "
    "What the pages show, read-only. choice.<id>=<option> may be added to every address."
)
api = NinjaAPI(
    title="达峰 Dafeng",
    description=DESCRIPTION,
    version=__version__,
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)

Year = Annotated[int | None, Query(ge=1900, le=2200, description="报告年份 / reporting year")]
Lang = Annotated[str, Query(pattern="^(zh|en)$", description="zh 或 en")]
Short = Annotated[str, Query(max_length=100)]
Id = Annotated[str, Field(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=2000)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Depth = Annotated[int, Query(ge=0, le=12, description="展开层数 / levels to open")]


def reader(request: HttpRequest, lang: str, year: int | None) -> Reader:
    query = {k: str(v) for k, v in request.GET.items() if k != "year"}
    if year is not None:
        query["year"] = str(year)
    return Reader(lang, query)


@api.exception_handler(NotHere)
def _not_here(request: HttpRequest, error: NotHere) -> HttpResponse:
    return api.create_response(request, {"detail": error.text.zh, "detail_en": error.text.en}, status=404)


@api.exception_handler(BlockingError)
def _blocked(request: HttpRequest, error: BlockingError) -> HttpResponse:
    return api.create_response(
        request,
        {
            "detail": "; ".join(f.message.zh for f in error.findings),
            "findings": [f.as_dict() for f in error.findings],
        },
        status=422,
    )


@api.get("/evaluate", summary="全部目标、总量和发现 / every target, headline and finding")
def evaluate(request: HttpRequest, year: Year = None, lang: Lang = "zh") -> dict[str, Any]:
    r = reader(request, lang, year)
    return r.remember(
        ("api-evaluate", lang, r.year), lambda: clean(evaluate_district(r.district, r.year, lang))
    )


@api.get("/targets", summary="目标 / targets")
def targets(
    request: HttpRequest, year: Year = None, lang: Lang = "zh", verdict: Short = ""
) -> list[dict[str, Any]]:
    r = reader(request, lang, year)
    found = r.remember(
        ("api-targets", lang, r.year), lambda: clean([v.as_dict(lang) for v in r.district.verdicts(r.year)])
    )
    return [t for t in found if not verdict or t["verdict"] == verdict]


@api.get("/targets/{target}", summary="一个目标 / one target")
def target(request: HttpRequest, target: Id, year: Year = None, lang: Lang = "zh") -> dict[str, Any]:
    r = reader(request, lang, year)
    if not any(t.id == target for t in r.district.targets):
        raise HttpError(404, "没有这个目标 / no such target")
    return clean(r.district.verdict(target, r.year).as_dict(lang))


@api.get("/quantities", summary="全部数字的定义 / definitions of all numbers")
def quantities(
    request: HttpRequest, lang: Lang = "zh", q: Short = "", limit: Limit = 500, offset: Offset = 0
) -> dict[str, Any]:
    r = reader(request, lang, None)
    text = q.strip().lower()
    found = [
        x
        for x in r.definitions.quantities.values()
        if x.id in r.run and (not text or text in f"{x.id} {x.name} {x.name_en}".lower())
    ]
    return {"count": len(found), "items": [_definition(r, x) for x in found[offset : offset + limit]]}


def _definition(r: Reader, x: Any) -> dict[str, Any]:
    return {
        "id": x.id,
        "name": x.title(r.language),
        "unit": x.unit,
        "dims": list(x.dims),
        "kind": x.kind,
        "formula": x.formulas.get("", "") or dict(x.formulas) or None,
        "note": x.note_en if r.language == "en" and x.note_en else x.note,
        "tags": list(x.tags),
    }


@api.get("/quantities/{quantity}", summary="一个数字的全部数值 / every value of a number")
def quantity(
    request: HttpRequest, quantity: Id, lang: Lang = "zh", limit: Limit = 2000, offset: Offset = 0
) -> dict[str, Any]:
    r = reader(request, lang, None)
    x = r.quantity(quantity)
    rows = list(r.run[x.id].rows())
    return clean(
        {
            **_definition(r, x),
            "count": len(rows),
            "values": [
                {**coords, "value": c.value, "state": c.state, "marks": list(c.marks)}
                for coords, c in rows[offset : offset + limit]
            ],
        }
    )


@api.get(
    "/explain/{quantity}",
    summary="打开一个数字 / open a number; coordinates as further parameters (sector=…, month=…)",
)
def explain(
    request: HttpRequest, quantity: Id, year: Year = None, depth: Depth = 3, lang: Lang = "zh"
) -> dict[str, Any]:
    r = reader(request, lang, year)
    x = r.quantity(quantity)
    coords: dict[str, Any] = {d: r.get(d) for d in x.dims if d != "year" and r.get(d)}
    if "year" in x.dims:
        coords["year"] = r.year
    return clean(r.run.explain(x.id, depth=depth, **coords).as_dict(lang))


@api.get("/factors", summary="因子 / factors")
def factors(
    request: HttpRequest,
    lang: Lang = "zh",
    set: Short = "",
    item: Short = "",
    region: Short = "",
    parameter: Short = "",
    limit: Limit = 500,
    offset: Offset = 0,
) -> dict[str, Any]:
    r = reader(request, lang, None)
    asked = {"set": set, "item": item, "region": region, "parameter": parameter}
    found = [
        f for f in r.district.factors.factors if all(not v or getattr(f, k) == v for k, v in asked.items())
    ]
    return {"count": len(found), "items": [f.as_dict() for f in found[offset : offset + limit]]}


@api.get("/plan", summary="方案：条款、责任单位、目标 / the plan: clauses, bodies, targets")
def plan(request: HttpRequest, lang: Lang = "zh") -> dict[str, Any]:
    r = reader(request, lang, None)
    facts = r.district.plan
    return {
        "title": facts.title_en if lang == "en" and facts.title_en else facts.title,
        "document_number": facts.document_number,
        "date": facts.date,
        "status": facts.status,
        "clauses": [
            {
                "ref": c.ref,
                "level": c.level,
                "number": c.number,
                "title": c.title_en if lang == "en" and c.title_en else c.title,
                "parent": c.parent,
                "targets": list(c.targets),
                "bodies": [{"id": b, "name": r.body_name(b), "role": role} for b, role in c.bodies],
                "quantities": list(c.quantities),
            }
            for c in facts.clauses.values()
        ],
    }


def clean(value: Any) -> Any:
    """Without NaN and infinity, which JSON does not know."""
    if isinstance(value, dict):
        return {str(k): clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean(v) for v in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
