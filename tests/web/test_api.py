"""The API: what it answers, and that nothing put into it breaks it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ADDRESSES = [
    "/api/evaluate",
    "/api/targets",
    "/api/targets/solar_2030",
    "/api/quantities",
    "/api/quantities/co2_total",
    "/api/explain/co2_total",
    "/api/factors",
    "/api/plan",
]


@pytest.mark.parametrize("site", ["small"], indirect=True)
@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_strict_json(site: Client, address: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for language in ("zh", "en"):
        response = site.get(address, {"lang": language})
        assert response.status_code == 200 and response["Content-Type"].startswith("application/json")
        json.loads(response.content, parse_constant=refuse)


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_every_route_is_described(site: Client) -> None:
    described = json.loads(site.get("/api/openapi.json").content)["paths"]
    assert set(described) == {
        "/api/evaluate", "/api/targets", "/api/targets/{target}", "/api/quantities", "/api/quantities/{quantity}",
        "/api/explain/{quantity}", "/api/factors", "/api/plan",
    }  # fmt: skip


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_says_what_the_pages_say(site: Client) -> None:
    targets = {t["id"]: t for t in json.loads(site.get("/api/targets").content)}
    page = site.get("/").content.decode()
    for identifier, target in targets.items():
        row = page.split(f'id="target-{identifier}"')[1].split("</tr>")[0]
        assert f'class="verdict {target["verdict"]}"' in row
    assert targets["co2_2025"]["verdict"] == "cannot_tell" and targets["co2_2025"]["missing"]
    explained = json.loads(site.get("/api/explain/co2_total?year=2024").content)
    assert explained["inputs"] and explained["value"] == pytest.approx(
        sum(i["value"] for i in explained["inputs"]), rel=1e-12
    )
    added = json.loads(site.get("/api/targets/solar_2030?choice.pv_basis=added").content)
    assert added["value"] != targets["solar_2030"]["value"]
    assert json.loads(site.get("/api/evaluate?year=2023").content)["year"] == 2023


@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_wrong_questions_get_a_plain_answer(site: Client) -> None:
    for address, status in [
        ("/api/targets/nothing", 404),
        ("/api/quantities/nothing", 404),
        ("/api/explain/nothing", 404),
        ("/api/explain/power", 422),  # the sector is not stated
        ("/api/explain/power?sector=nothing", 422),
        ("/api/targets?year=99999999999999999999999", 422),
        ("/api/targets?year=1950", 404),
        ("/api/explain/co2_total?depth=1000", 422),
        ("/api/quantities?limit=0", 422),
        ("/api/factors?offset=-1", 422),
        ("/api/targets?lang=xx", 422),
        ("/api/nothing", 404),
    ]:
        response = site.get(address)
        assert response.status_code == status, (address, response.content)
        assert json.loads(response.content)["detail"]


ODD = st.one_of(
    st.text(max_size=40),
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(
        [
            "",
            "1e308",
            "NaN",
            "-0",
            "٣",
            "２０２４",
            "\x00",
            "a" * 3000,
            "%",
            "../../etc",
            "😀",
            "\ud800".encode("utf-8", "replace").decode(),
        ]
    ),
)
NAMES = st.sampled_from(
    ["year", "lang", "verdict", "q", "limit", "offset", "depth", "set", "item", "region", "parameter", "sector", "month",
     "choice.pv_basis", "choice.", "sort", "kind", "tag", "page", "supplier", "severity", "basis", "view", "scope", "valid", "used", "body"]
)  # fmt: skip
PLACES = st.sampled_from(
    [*ADDRESSES, "/", "/plan/", "/targets/", "/targets/solar_2030", "/inventory/", "/number/", "/number/power", "/number/co2_total/branch",
     "/factors/", "/data/", "/about/", "/en/", "/download/targets.csv/", "/download/series.xlsx/number/co2_total"]
)  # fmt: skip


@pytest.mark.parametrize("site", ["small"], indirect=True)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=PLACES, query=st.dictionaries(NAMES, ODD, max_size=4))
def test_nothing_in_a_query_breaks_a_page(site: Client, place: str, query: dict[str, str]) -> None:
    assert site.get(place, query).status_code in (200, 302, 400, 404, 422)


@pytest.mark.parametrize("site", ["small"], indirect=True)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [
            "/api/targets/",
            "/api/quantities/",
            "/api/explain/",
            "/targets/",
            "/number/",
            "/factors/",
            "/plan/",
            "/download/",
            "/en/",
            "/assets/",
        ]
    ),
    rest=st.text(max_size=60),
)
def test_nothing_in_an_address_breaks_a_page(site: Client, start: str, rest: str) -> None:
    from urllib.parse import quote

    assert site.get(start + quote(rest)).status_code in (200, 301, 302, 400, 404, 422)


@pytest.mark.slow
@pytest.mark.parametrize("site", ["small"], indirect=True)
def test_schemathesis_finds_no_server_error(site: Client) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    from dafeng.web.wsgi import application

    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    for operation in schema.get_all_operations():

        @given(case=operation.ok().as_strategy())
        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def probe(case: object) -> None:
            assert case.call().status_code < 500  # type: ignore[attr-defined]

        probe()
