"""Pages for what is not there and what went wrong: a plain sentence and a way out."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from dafeng.findings import BlockingError, Text
from dafeng.web.errors import NotHere
from dafeng.web.language import address, in_language, language_of


def _answer(
    request: HttpRequest,
    status: int,
    title: Text,
    text: Text,
    way: str,
    way_text: Text,
    findings: list[str] | None = None,
) -> HttpResponse:
    language = language_of(request)
    if request.path_info.startswith("/api/"):
        return JsonResponse(
            {"detail": in_language(text, language)}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    context = {
        "language": language,
        "title": in_language(title, language),
        "text": in_language(text, language),
        "way": address(way, language),
        "way_text": in_language(way_text, language),
        "home": address("/", language),
        "findings": findings or [],
    }
    return render(request, "error.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    title = Text("没有这一页", "There is no such page")
    if isinstance(exception, NotHere):
        return _answer(request, 404, title, exception.text, exception.way, exception.way_text)
    if (there := _without_slash(request)) is not None:
        return there
    text = Text(
        "这个地址没有对应的内容，可能写错了，也可能已经改名。",
        "Nothing answers to this address: it may be mistyped or renamed.",
    )
    return _answer(request, 404, title, text, "/", Text("回到总览", "Back to the overview"))


def _without_slash(request: HttpRequest) -> HttpResponse | None:
    """/targets/x/ is /targets/x: a slash too many costs nobody the page."""
    path = request.path_info
    if request.method not in ("GET", "HEAD") or not path.endswith("/") or path.strip("/") == "":
        return None
    try:
        resolve(path.rstrip("/"))
    except Resolver404:
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(request.path.rstrip("/") + (f"?{query}" if query else ""))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(
        request,
        400,
        Text("请求无法处理", "The request cannot be handled"),
        Text("地址或主机名不被接受。", "The address or the host name is not accepted."),
        "/",
        Text("回到总览", "Back to the overview"),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(
        request,
        500,
        Text("出错了", "Something went wrong"),
        Text(
            "这一页没有算出来。错误已记入服务日志；其他页面不受影响。",
            "This page could not be made. The error is in the server's log; other pages are not affected.",
        ),
        "/",
        Text("回到总览", "Back to the overview"),
    )


def blocked(request: HttpRequest, error: BlockingError) -> HttpResponse:
    """The district cannot be opened: what was found, and how to mend it."""
    language = language_of(request)
    return _answer(
        request,
        503,
        Text("数据目录打不开", "The data folder cannot be opened"),
        Text(
            "请按下列各条改正后再打开本页，不必重启。",
            "Mend the following and open this page again; no restart is needed.",
        ),
        "/",
        Text("再试一次", "Try again"),
        [f.line(language) for f in error.findings],
    )


class BlockedMiddleware:
    """Answers with the findings where a district cannot be opened or a question has no answer."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return blocked(request, exception) if isinstance(exception, BlockingError) else None


def healthz(request: HttpRequest) -> HttpResponse:
    """200 with JSON once the district is open; 503 with the findings while it cannot be opened."""
    from dafeng import __version__
    from dafeng.web.holder import holder

    answer: dict[str, object] = {"status": "ok", "version": __version__}
    status = 200
    try:
        d = holder().get().district
        answer |= {
            "district": d.id,
            "as_of": d.as_of.isoformat(),
            "year": d.year,
            "errors": sum(f.severity == "error" for f in d.findings),
        }
    except BlockingError as error:
        answer |= {"status": "blocked", "findings": [f.as_dict() for f in error.findings]}
        status = 503
    return HttpResponse(
        json.dumps(answer, ensure_ascii=False), content_type="application/json; charset=utf-8", status=status
    )
