"""A number opened, as the tree shows it: formula in words, inputs, factor, filing with author and revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.web.numbers import unit_text
from dafeng.web.reader import Reader
from dafeng.web.readings import display_cell
from dafeng.web.words import EDITIONS, KINDS, state_word

MOST_INPUTS = 24  # shown at once of one level of a tree; the rest opens


def state_text(reader: Reader, state: str, marks: Any) -> str:
    return reader.list([state_word(state, reader.language), *[state_word(m, reader.language) for m in marks]])


def node_of(reader: Reader, e: Any, opened: bool = False) -> dict[str, Any]:
    """An explained number as the template shows it: what, where, value, formula in words, factor, filing, inputs."""
    q = reader.definitions.quantities[e.quantity]
    cell, unit = display_cell(reader, q, e.cell.value, e.cell.state, e.cell.marks)
    coords = dict(e.coords)
    year = int(coords["year"]) if "year" in coords else None
    where = {k: v for k, v in coords.items() if k != "year"}
    english = reader.language == "en"
    has_inputs = bool(e.inputs) or (e.truncated and bool(reader.district.model.uses(e.quantity)))
    return {
        "name": reader.name(q),
        "label": e.label_en if english else e.label,
        "kind": reader.text(KINDS[q.kind]),
        "kind_id": q.kind,
        "href": reader.number_link(e.quantity, year, where),
        "branch": reader.link(
            f"/number/{e.quantity}/branch", **where, **({"year": str(year)} if year is not None else {})
        ),
        "cell": cell,
        "unit": unit_text(unit, reader.language),
        "state": state_text(reader, e.cell.state, e.cell.marks),
        "formula": e.formula_en if english else e.formula_zh,
        "expression": e.formula,
        "choice": _choice_text(reader, e.choice),
        "inputs": [node_of(reader, i) for i in e.inputs[:MOST_INPUTS]],
        "rest": [node_of(reader, i) for i in e.inputs[MOST_INPUTS:]],
        "lazy": has_inputs and not e.inputs,
        "branches": has_inputs,
        "opened": opened,
        "factor": _factor(reader, e.factor),
        "filing": _filing(reader, e.filing),
        "revisions": [_filing(reader, f) for f in e.revisions] if len(e.revisions) > 1 else [],
        "driver": _driver(reader, e.driver),
    }


def _choice_text(reader: Reader, choice: str) -> str:
    identifier, _, option = choice.partition("=")
    found = reader.definitions.choices.get(identifier)
    if found is None or option not in found.options:
        return ""
    return (
        f"{reader.name(found)}：{reader.name(found.options[option])}"
        if reader.language != "en"
        else f"{reader.name(found)}: {reader.name(found.options[option])}"
    )


def _factor(reader: Reader, factor: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not factor:
        return None
    return {
        "id": factor.get("id", ""),
        "href": reader.link(f"/factors/{factor.get('id', '')}"),
        "set": factor.get("set", ""),
        "edition": factor.get("edition", ""),
        "value": factor.get("value", ""),
        "unit": unit_text(str(factor.get("unit", "")), reader.language),
        "source": factor.get("source_title", ""),
        "ref": factor.get("source_ref", ""),
        "recalled": bool(factor.get("recalled")),
        "region": factor.get("region_name", factor.get("region", "")),
        "rule": factor.get("rule", ""),
        "valid": "—".join(str(factor[k]) for k in ("valid_from", "valid_to") if factor.get(k)),
    }


def _filing(reader: Reader, filing: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not filing:
        return None
    edition = str(filing.get("edition") or "")
    title = filing.get("source_title_en") if reader.language == "en" else filing.get("source_title")
    return {
        **filing,
        "title": title or filing.get("source_title") or filing.get("source") or "",
        "demonstration": filing.get("source_kind") == "demonstration",
        "by": reader.body_name(str(filing.get("filed_by") or "")),
        "reviewed": reader.body_name(str(filing.get("reviewed_by") or "")),
        "unit": unit_text(str(filing.get("unit", "")), reader.language),
        "edition": reader.text(EDITIONS[edition]) if edition in EDITIONS else edition,
    }


def _driver(reader: Reader, driver: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not driver:
        return None
    scenario = reader.definitions.scenarios.get(str(driver.get("scenario") or ""))
    return {"source": driver.get("source") or "", "scenario": reader.name(scenario) if scenario else ""}
