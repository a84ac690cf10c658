"""Which quantities a page shows: pages.toml of the packages, later ones adding or replacing by id."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dafeng.web.reader import Reader


@dataclass(frozen=True)
class Named:
    id: str
    name: str
    name_en: str
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Switch(Named):
    options: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Drawn(Named):
    """A figure as declared: what it draws under the options of its switches."""

    page: str = ""
    section: str = ""
    chart: str = "stack"
    wide: bool = False
    history_only: bool = False
    first_colour: int = 0  # of the palette: parts that continue a neighbouring chart keep its colours
    switches: tuple[str, ...] = ()
    ways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def under(self, options: Mapping[str, str]) -> Mapping[str, Any]:
        key = " ".join(options.get(s, "") for s in self.switches)
        return self.ways.get(key, {})


@dataclass
class Catalogue:
    switches: dict[str, Switch] = field(default_factory=dict)
    sections: dict[str, tuple[str, Named]] = field(default_factory=dict)
    figures: dict[str, Drawn] = field(default_factory=dict)


def catalogue_of(reader: Reader) -> Catalogue:
    folders = [Path(str(p["folder"])) for p in reader.definitions.packages]
    found: Catalogue = reader.remember("catalogue", lambda: load(folders))
    return found


def load(folders: list[Path]) -> Catalogue:
    """Reads every pages.toml; a file that is no TOML shows nothing (loading the district reports it)."""
    found = Catalogue()
    for folder in folders:
        path = folder / "pages.toml"
        if not path.is_file():
            continue
        try:
            data = tomllib.loads(path.read_text("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue
        for entry in data.get("switch", []):
            options = tuple(_named(o) for o in entry.get("option", []))
            if options:
                n = _named(entry)
                found.switches[n.id] = Switch(n.id, n.name, n.name_en, n.note, n.note_en, options)
        for entry in data.get("section", []):
            found.sections[str(entry["id"])] = (str(entry.get("page", "")), _named(entry))
        for entry in data.get("figure", []):
            n = _named(entry)
            ways = {str(k): dict(v) for k, v in entry.get("quantity_by", {}).items()}
            if not ways:
                ways = {"": {k: entry[k] for k in ("quantity", "over", "parts", "flows") if k in entry}}
            found.figures[n.id] = Drawn(
                n.id,
                n.name,
                n.name_en,
                n.note,
                n.note_en,
                page=str(entry.get("page", "")),
                section=str(entry.get("section", "")),
                chart=str(entry.get("chart", "stack")),
                wide=bool(entry.get("wide", False)),
                history_only=bool(entry.get("history_only", False)),
                first_colour=int(entry.get("first_colour", 0)),
                switches=tuple(entry.get("switches", ())),
                ways=ways,
            )
    return found


def _named(entry: Mapping[str, Any]) -> Named:
    identifier = str(entry.get("id", ""))
    name = str(entry.get("name", identifier))
    return Named(
        identifier,
        name,
        str(entry.get("name_en", name)),
        str(entry.get("note", "")),
        str(entry.get("note_en", "")),
    )
