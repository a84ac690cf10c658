"""Every address, in both languages, over every kind of data."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from django.test import Client

PAGES = ["/", "/plan/", "/targets/", "/inventory/", "/number/", "/factors/", "/data/", "/about/"]
KINDS = ["example", "small", "empty", "overfull"]


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("site", KINDS, indirect=True)
def test_page_answers(site: Client, page: str, language: str) -> None:
    response = site.get(language + page)
    assert response.status_code == 200
    text = text_of(response)
    assert f'lang="{"en" if language else "zh-CN"}"' in text
    assert "NaN" not in text and ">None<" not in text and ">nan<" not in text
    assert "data-chart" not in text or "application/json" in text


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("site", KINDS, indirect=True)
def test_every_link_leads_somewhere(site: Client, language: str) -> None:
    """From every page of the navigation, every address of the site that it names answers (a sample of many alike)."""
    seen: dict[str, int] = {}
    for page in PAGES:
        for href in re.findall(r'(?:href|hx-get)="(/[^"#]*)', text_of(site.get(language + page))):
            href = href.replace("&amp;", "&")
            kind = re.sub(r"[^/]+$", "*", href.split("?")[0])
            if seen.setdefault(kind, 0) < 6:
                seen[kind] += 1
                response = site.get(href)
                assert response.status_code in (200, 302), href
    assert sum(seen.values()) > 12


@pytest.mark.parametrize("site", ["small", "overfull"], indirect=True)
def test_inner_pages(site: Client) -> None:
    for address in [
        "/plan/二",
        "/targets/solar_2030",
        "/number/co2_total",
        "/number/power",
        "/number/power?year=2024",
        "/number/co2_by_sector",
        "/targets/co2_2025?year=2023",
        "/targets/assigned",
    ]:
        for language in ("", "/en"):
            assert site.get(language + address).status_code == 200, address


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_what_is_not_there_says_so_with_a_way_out(site: Client) -> None:
    for address, words, way in [
        ("/nothing", "没有这一页", "/"),
        ("/targets/nothing", "没有这个目标", "/targets/"),
        ("/number/nothing", "nothing", "/number/"),
        ("/number/power?sector=nothing", "nothing", "/number/power"),
        ("/factors/nothing", "没有编号", "/factors/"),
        ("/plan/九", "九", "/plan/"),
        ("/?year=1800", "2018—2032", "/"),
        ("/?year=99999999999999999999", "2018—2032", "/"),
        ("/?year=２０２４", "2018—2032", "/"),
        ("/?verdict=nothing", "没有这种判定", "/"),
        ("/targets/?choice.pv_basis=nothing", "光伏口径", "/targets/"),
        ("/download/nothing.csv/", "没有这张图表", "/"),
        ("/download/targets.exe/", "没有这张图表", "/"),
        ("/download/targets.csv/nothing/at/all", "没有这张图表", "/"),
        ("/inventory/?basis=nothing", "", "/"),
    ]:
        response = site.get(address)
        if address == "/inventory/?basis=nothing":
            continue  # this district declares no such switch, so the parameter says nothing
        assert response.status_code == 404, address
        assert words in text_of(response), address
        assert f'href="{way}"' in text_of(response), address
    english = text_of(site.get("/en/targets/nothing"))
    assert "There is no such target" in english and 'href="/en/targets/"' in english


@pytest.mark.parametrize("site", ["broken"], indirect=True)
def test_a_folder_that_cannot_be_opened_shows_its_findings(site: Client) -> None:
    response = site.get("/")
    assert response.status_code == 503
    assert "no-such-package" in text_of(response)
    health = site.get("/healthz")
    assert health.status_code == 503 and json.loads(health.content)["status"] == "blocked"


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_language_stands_in_the_address(site: Client) -> None:
    assert site.get("/targets/?lang=en&verdict=behind")["Location"] == "/en/targets/?verdict=behind"
    assert site.get("/en/targets/?lang=zh")["Location"] == "/targets/"
    assert site.get("/en")["Location"] == "/en/"
    assert site.get("/en//evil.example/?lang=zh")["Location"].startswith("/evil")
    assert 'href="/en/targets/?verdict=behind"' in text_of(site.get("/targets/?verdict=behind"))
    assert not site.get("/").cookies


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_year_and_choices_are_carried_by_every_link(site: Client) -> None:
    text = text_of(site.get("/targets/?year=2024&choice.pv_basis=added"))
    main = text.split("<main")[1].split("</main>")[0]
    inner = [h for h in re.findall(r'href="(/[^"]*)"', main) if h.startswith(("/targets/solar", "/plan/"))]
    assert inner and all("year=2024" in h and "choice.pv_basis=added" in h for h in inner)


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_verdicts_carry_shape_and_word(site: Client) -> None:
    text = text_of(site.get("/"))
    assert (
        '<span class="verdict missed"><span class="shape" aria-hidden="true">■</span>未完成' in text
        or "cannot_tell" in text
    )
    for word in ("达标", "进度正常", "滞后", "未完成", "无法判定"):
        assert word in text


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_a_missing_figure_is_never_zero(site: Client) -> None:
    text = text_of(site.get("/number/power?sector=homes&year=2025"))
    assert '<span class="n absent"' in text and ">缺<" in text
    overview = text_of(site.get("/"))
    assert "居民" in overview and "供电公司" in overview and "2026-03-31" in overview


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_states_are_marked(site: Client) -> None:
    text = text_of(site.get("/number/power?sector=industry&year=2023"))
    assert '<span class="n soft"' in text and '<small class="mark">估</small>' in text


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_tree_opens_to_filing_author_and_revision(site: Client) -> None:
    top = text_of(site.get("/number/co2_total?year=2024"))
    assert 'aria-expanded="true"' in top and "9555" in top
    branch = text_of(site.get("/number/co2_by_sector/branch?year=2024&sector=industry"))
    assert "发改局" in branch and "2026-11-20" in branch and "9555" in branch
    assert "此前" in branch and "9500" in branch
    assert site.get("/number/co2_by_sector/branch?year=2024").status_code == 404


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_choices_show_their_effect(site: Client) -> None:
    text = text_of(site.get("/targets/solar_2030"))
    assert "累计" in text and "2020年后新增" in text and "choice.pv_basis=added" in text
    changed = text_of(site.get("/targets/solar_2030?choice.pv_basis=added"))
    assert "口径已改" in changed


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_demonstration_is_marked_on_every_page(site: Client) -> None:
    for page in PAGES:
        assert "演示数据" in text_of(site.get(page)), page


@pytest.mark.parametrize("site", ["empty"], indirect=True)
def test_empty_is_not_demonstration_and_says_what_to_do(site: Client) -> None:
    text = text_of(site.get("/"))
    assert 'class="demo"' not in text and "还没有登记目标" in text


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_security_headers(site: Client) -> None:
    for address in ["/", "/nothing", "/api/targets", "/download/targets.csv/"]:
        headers = site.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
    text = text_of(site.get("/targets/solar_2030"))
    assert (
        not re.search(r"<script(?![^>]*(src=|application/json))", text)
        and " style=" not in text
        and " onclick" not in text
    )
    assert not re.search(r'(?:src|href)="https?://', text)
    assert site.get("/", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_text_of_an_address_is_escaped(site: Client) -> None:
    for address in ["/targets/?q=<script>alert(1)</script>", '/number/?q="><img src=x>', "/number/<b>x</b>"]:
        text = text_of(site.get(address))
        assert "<script>alert" not in text and "<img src=x>" not in text and "<b>x</b>" not in text


def test_example_has_its_seventeen_targets(example: Client) -> None:
    text = text_of(example.get("/"))
    assert text.count('id="target-') == 17
    assert "历下区" in text


@pytest.mark.parametrize("path", ["/targets/pv_capacity_2030/", "/plan/二/", "/number/co2_total/"])
def test_a_slash_too_many_costs_nobody_the_page(example: Client, path: str) -> None:
    answer = example.get(path, {"year": "2024"})
    assert answer.status_code == 302 and unquote(answer["Location"]) == path.rstrip("/") + "?year=2024"
    assert example.get(path + "nothing/").status_code == 404
