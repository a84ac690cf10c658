"""Chinese first, English under /en/: the language of a page stands in its address and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dafeng.findings import Text
from dafeng.web.numbers import gas_text

PREFIX = "/en"
LANGUAGES = ("zh", "en")


class Named(Protocol):
    name: str
    name_en: str


def in_language(text: Text | tuple[str, str], language: str) -> str:
    """The sentence in that language; Chinese where there is no English."""
    zh, en = text
    return (en or zh) if language == "en" else zh


def name_of(thing: Any, language: str) -> str:
    """The name of a definition in that language."""
    english = language == "en" and bool(thing.name_en)
    return gas_text(str(thing.name_en if english else thing.name))


def language_of(request: HttpRequest) -> str:
    return str(vars(request).get("language", "zh"))


def address(path: str, language: str) -> str:
    """The address of a page (written without a language) in that language."""
    return f"{PREFIX}{path}" if language == "en" else path


class LanguageMiddleware:
    """Takes /en off the path; sends ?lang=en|zh to the same page in that language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = "zh"
        path = request.path_info
        if path == PREFIX:
            return HttpResponseRedirect(PREFIX + "/")
        if path.startswith(PREFIX + "/"):
            language, path = "en", path[len(PREFIX) :]
            request.path_info = path
        request.language = language  # type: ignore[attr-defined]
        asked = request.GET.get("lang")
        if asked in LANGUAGES and not path.startswith("/api/"):
            rest = request.GET.copy()
            del rest["lang"]
            query = rest.urlencode()
            # One leading slash: "//host" would be another site.
            target = address("/" + path.lstrip("/"), asked)
            return HttpResponseRedirect(target + (f"?{query}" if query else ""))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en" if language == "en" else "zh-CN")
        return response
