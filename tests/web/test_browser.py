"""In a real browser: nothing is logged, nothing runs over, nothing is hard to reach, at both widths and in both languages."""

from __future__ import annotations

import io
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dafeng.web import holder as holding

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/.for-tests/axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

EXAMPLE_PAGES = [
    "/",
    "/plan/",
    "/plan/三-（一）-2",
    "/targets/",
    "/targets/pv_capacity_2030",
    "/targets/peak_2030",
    "/inventory/",
    "/inventory/?view=department&scope=direct&basis=calorific",
    "/number/?q=电力",
    "/number/co2_total",
    "/number/energy_equal",
    "/factors/?used=1",
    "/factors/FF-004",
    "/data/",
    "/about/",
]
SMALL_PAGES = [
    "/",
    "/plan/",
    "/plan/三-（一）-2",
    "/targets/",
    "/targets/solar_2030",
    "/inventory/",
    "/number/co2_total",
    "/number/power",
    "/data/",
    "/about/",
]
EMPTY_PAGES = [
    "/",
    "/plan/",
    "/targets/",
    "/inventory/",
    "/number/",
    "/factors/",
    "/data/",
    "/about/",
    "/nothing",
]
OVERFULL_PAGES = [
    "/",
    "/plan/",
    "/plan/三-（3）",
    "/targets/",
    "/targets/t2",
    "/inventory/",
    "/number/co2_by_sector",
    "/number/huge",
    "/number/power?sector=s1",
    "/data/",
]

VIEWS = [
    ("example", "", 1440, EXAMPLE_PAGES),
    ("example", "/en", 390, EXAMPLE_PAGES),
    ("example", "", 390, EXAMPLE_PAGES),
    ("example", "/en", 1440, EXAMPLE_PAGES),
    ("small", "", 390, SMALL_PAGES),
    ("empty", "", 1440, EMPTY_PAGES),
    ("empty", "/en", 390, EMPTY_PAGES),
    ("overfull", "", 390, OVERFULL_PAGES),
    ("overfull", "/en", 1440, OVERFULL_PAGES),
    ("overfull", "/en", 390, OVERFULL_PAGES),
]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The site on a free port; which data it shows is set by `holding.use`."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from dafeng.web.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    httpd = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    httpd.set_app(application)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Watched:
    """A browser page that remembers what went wrong on it."""

    def __init__(self, browser: Any, base: str, width: int = 1440):
        self.base = base
        self.wrong: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.on(
            "console",
            lambda m: self.wrong.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda e: self.wrong.append(f"exception: {e}"))
        self.page.on(
            "request",
            lambda r: (
                self.wrong.append(f"leaves the site: {r.url}")
                if not r.url.startswith((base, "data:", "blob:"))
                else None
            ),
        )

    def go(self, address: str) -> Any:
        self.page.goto(self.base + address, wait_until="load")
        return self.page


@pytest.fixture
def watched(
    browser: Any, server: str, request: pytest.FixtureRequest, holders: dict[str, holding.Holder]
) -> Iterator[Watched]:
    kind, width = getattr(request, "param", ("example", 1440))
    holding.use(holders[kind])
    found = Watched(browser, server, width)
    yield found
    found.context.close()
    holding.use(None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "language", "width", "pages"),
    VIEWS,
    ids=[f"{k}-{lang.strip('/') or 'zh'}-{w}" for k, lang, w, _ in VIEWS],
)
def test_every_page_is_sound(
    kind: str,
    language: str,
    width: int,
    pages: list[str],
    browser: Any,
    server: str,
    holders: dict[str, holding.Holder],
) -> None:
    """No message in the console, no request elsewhere, no sideways scrolling, no serious finding of axe."""
    holding.use(holders[kind])
    view = Watched(browser, server, width)
    try:
        for address in pages:
            page = view.go(language + address)
            if address == "/nothing":
                view.wrong = [w for w in view.wrong if "404" not in w]
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert over <= 0, f"{address} runs over by {over} px"
            undrawn = page.evaluate(
                "Array.prototype.filter.call(document.querySelectorAll('[data-chart]'), e => e.clientWidth && !e.hasAttribute('data-drawn')).length"
            )
            assert undrawn == 0, f"{address}: {undrawn} charts not drawn"
            assert not view.wrong, f"{address}: {view.wrong}"
            if AXE.exists():
                assert axe(page) == [], address
    finally:
        view.context.close()
        holding.use(None)


def axe(page: Any) -> list[str]:
    """Serious and critical findings of axe-core, put into the page from outside its policy."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:160]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def test_tabs_by_keyboard(watched: Watched) -> None:
    page = watched.go("/targets/pv_capacity_2030")
    page.focus("#path-t-chart")
    page.keyboard.press("ArrowRight")
    assert page.locator("#path-t-table").get_attribute("aria-selected") == "true"
    assert page.locator("#path-table").is_visible() and not page.locator("#path-chart").is_visible()
    page.keyboard.press("End")
    assert page.locator("#path-from").is_visible()
    page.keyboard.press("Home")
    assert page.locator("#path-chart").is_visible()
    assert not watched.wrong


def test_tree_opens_level_by_level_by_keyboard(watched: Watched) -> None:
    page = watched.go("/number/co2_total")
    for _ in range(4):  # each level closer to what was filed
        page.locator('#tree .inputs:not([data-closed]) button.toggle[aria-expanded="false"]').first.focus()
        page.keyboard.press("Enter")
        playwright.expect(page.locator("#tree .inputs:not([data-closed]) > .waiting")).to_have_count(0)
        page.wait_for_timeout(60)  # htmx settles
    assert page.locator('#tree button.toggle[aria-expanded="true"]').count() >= 4
    assert not watched.wrong


def test_counts_filter_and_back_works(watched: Watched) -> None:
    page = watched.go("/")
    rows = page.locator('tr[id^="target-"]')
    assert rows.count() == 17
    count = page.locator('.counts a[href*="verdict=missed"] b')
    expected = int(count.inner_text())
    count.click()
    page.wait_for_url("**verdict=missed**")
    assert rows.count() == expected
    page.go_back()
    assert rows.count() == 17
    page.locator("th a.sort", has_text="期限").click()
    page.wait_for_url("**sort=deadline**")
    deadlines = page.locator("td.c-deadline").all_inner_texts()
    assert deadlines == sorted(deadlines)


def test_from_a_figure_to_its_source_in_two_clicks(watched: Watched) -> None:
    page = watched.go("/")
    page.locator(".headline .value a").first.click()
    page.wait_for_url("**/number/**")
    assert page.locator("#tree").is_visible()
    assert page.locator("#tree a").count() > 1


def test_year_language_and_choice_stay(watched: Watched) -> None:
    page = watched.go("/targets/pv_capacity_2030?choice.pv_basis=added")
    assert "口径已改" in page.inner_text(".state-of-data")
    page.select_option("#year", "2024")
    page.wait_for_url("**year=2024**")
    assert "choice.pv_basis=added" in page.url
    page.click("a.lang")
    page.wait_for_url("**/en/targets/**")
    assert "year=2024" in page.url and "choice.pv_basis=added" in page.url
    page.click("nav.main >> text=Overview")
    assert "year=2024" in page.url and "choice.pv_basis=added" in page.url


def test_downloads_by_click(watched: Watched, tmp_path: Path) -> None:
    page = watched.go("/targets/pv_capacity_2030")
    page.click("#path-t-get")
    for kind in ("xlsx", "csv"):
        with page.expect_download() as waiting:
            page.click(f'#path-get a[href*=".{kind}"]')
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        assert path.suffix == f".{kind}" and path.stat().st_size > 400
        if kind == "xlsx":
            first = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).worksheets[0]
            assert any("演示数据" in str(row[0]) for row in first.iter_rows(max_row=8, values_only=True))
    with page.expect_download() as waiting:
        page.click('[data-png="path"]')
    picture = tmp_path / "path.png"
    waiting.value.save_as(picture)
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000
    assert not watched.wrong


def test_keys_and_skip_link(watched: Watched) -> None:
    page = watched.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("3")
    page.wait_for_url("**/targets/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("光伏 3")  # typing is typing
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    assert page.input_value("#q") == "光伏 3"


def test_focus_can_be_seen(watched: Watched) -> None:
    page = watched.go("/targets/")
    seen = 0
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth])(document.activeElement)"
        )
        assert style[0] != "none" and style[1] != "0px", page.evaluate(
            "document.activeElement.outerHTML.slice(0, 120)"
        )
        seen += 1
    assert seen == 25


@pytest.mark.parametrize("language", ["", "/en"])
def test_overview_prints_on_one_page(watched: Watched, language: str) -> None:
    page = watched.go(language + "/")
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    page.emulate_media(media="print")
    for hidden in ("nav.main", ".tools", ".counts"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator(".demo").is_visible()


def test_without_scripts_everything_can_be_read(
    browser: Any, server: str, holders: dict[str, holding.Holder]
) -> None:
    holding.use(holders["example"])
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.goto(server + "/targets/pv_capacity_2030")
        assert page.locator("#path-table table").is_visible()
        assert page.locator("#path-get a").first.is_visible()
        page.goto(server + "/number/co2_total")
        assert page.locator("#tree .node").count() > 1
    finally:
        context.close()
        holding.use(None)
