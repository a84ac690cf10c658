"""A district opened: packages, factors, graph, evidence, targets, plan and bodies in one object.

The command line and the site read this and nothing below it. See docs/design/district.md.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from dafeng.factors import FactorLibrary
from dafeng.findings import BlockingError, Finding, Text
from dafeng.quantities import Cell, Choice, Model, Run, Source
from dafeng.quantities.evidence import label
from dafeng.quantities.states import Flag
from dafeng.targets import TargetDefinition, Verdict, judge, load_targets
from dafeng.targets.verdict import DRAWS, SEED

#: From this day on the yearly figures of the year before are due (Y331 in the cycles of the plan).
YEARLY_DUE = (3, 31)


@dataclass(frozen=True)
class Clause:
    """A place in the plan: chapter, action, measure or section, with what hangs on it."""

    ref: str
    level: str
    number: str
    title: str
    title_en: str
    parent: str
    targets: tuple[str, ...] = ()
    bodies: tuple[tuple[str, str], ...] = ()  # (body id, role) in the order of the plan
    quantities: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanFacts:
    title: str = ""
    title_en: str = ""
    document_number: str = ""
    date: str = ""
    status: str = ""
    clauses: Mapping[str, Clause] = field(default_factory=dict)

    def children(self, ref: str) -> list[Clause]:
        return [c for c in self.clauses.values() if c.parent == ref]


@dataclass(frozen=True)
class Body:
    id: str
    name: str
    name_en: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Street:
    code: str
    name: str
    name_en: str = ""
    note: str = ""


@dataclass(frozen=True)
class Headline:
    quantity: str
    name: str
    name_en: str
    year: int
    cell: Cell
    unit: str
    change: float | None  # share against the year before, both complete
    since_base: float | None
    base_year: int
    points: float | None = None  # for a figure in per cent: percentage points against the year before

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        return {
            "quantity": self.quantity,
            "name": self.name_en if language == "en" and self.name_en else self.name,
            "value": self.cell.value,
            "unit": self.unit,
            "state": self.cell.state,
            "marks": list(self.cell.marks),
            "year": self.year,
            "change": self.change,
            "since_base": self.since_base,
            "points": self.points,
            "base_year": self.base_year,
        }


@dataclass(frozen=True)
class Change:
    """A figure that became known lately; ``before`` is None where it is new."""

    quantity: str
    name: str
    name_en: str
    coords: Mapping[str, str]
    label: str
    label_en: str
    before: float | None
    after: float | None
    unit: str
    known_on: dt.date
    filed_by: str
    source: str
    place: str


def standards_folder() -> Path:
    """Where the packages shipped with the program lie."""
    return Path(str(resources.files("dafeng"))) / "standards"


def _blocked(rule: str, place: str, zh: str, en: str, fix: tuple[str, str] = ("", "")) -> BlockingError:
    return BlockingError([Finding(rule, "error", place, Text(zh, en), fix=Text(*fix))])


def find_layers(folder: Path) -> list[Path]:
    """The folders from the nation down to ``folder``, following ``extends``. Raises BlockingError."""
    shipped: dict[str, Path] = {}
    for file in sorted(standards_folder().glob("*/package.toml")):
        shipped[str(tomllib.loads(file.read_text(encoding="utf-8")).get("id", ""))] = file.parent
    layers: list[Path] = []
    here = folder
    while True:
        file = here / "package.toml"
        if not file.is_file():
            raise _blocked(
                "package.missing",
                str(file),
                f"这里没有 package.toml：{here}",
                f"there is no package.toml in {here}",
                ("请给出区县目录，如 districts/lixia", "give the folder of a district, e.g. districts/lixia"),
            )
        try:
            package = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _blocked(
                "package.toml", str(file), "不是正确的 TOML 文件", f"not a correct TOML file: {error}"
            ) from error
        layers.insert(0, here)
        parent = str(package.get("extends", ""))
        if not parent:
            return layers
        sibling = folder.parent / parent
        if parent not in shipped and not (sibling / "package.toml").is_file():
            raise _blocked(
                "package.extends",
                str(file),
                f"extends 所指的 {parent} 不存在",
                f"the package {parent} that it extends is not there",
                (f"可用：{'、'.join(shipped)}", f"known: {', '.join(shipped)}"),
            )
        here = shipped.get(parent, sibling)
        if here in layers:
            raise _blocked(
                "package.extends", str(file), "extends 循环引用", "packages extend each other in a circle"
            )


def district_folder(path: Path) -> Path:
    """``path`` itself, or the district inside a data folder in use."""
    return (
        path / "district"
        if not (path / "package.toml").is_file() and (path / "district" / "package.toml").is_file()
        else path
    )


class District:
    """Everything known of a district, computed once. Make it with ``open``."""

    def __init__(
        self,
        folder: Path,
        layers: list[Path],
        model: Model,
        run: Run,
        targets: list[TargetDefinition],
        findings: list[Finding],
    ):
        self.folder, self.layers, self.model, self.run, self.targets = folder, layers, model, run, targets
        self._found = findings
        self.factors: FactorLibrary = model.factors
        self.as_of = model.as_of
        package = model.definitions.packages[-1]
        self.package = package
        self.id = str(package.get("id", folder.name))
        self.name = str(package.get("name", self.id))
        self.name_en = str(package.get("name_en", self.name))
        self.base_year = int(package.get("base_year", 2020))
        self._verdicts: dict[tuple[str, int], Verdict] = {}

    @classmethod
    def open(
        cls,
        path: Path | str,
        as_of: dt.date | None = None,
        choices: Mapping[str, str] | None = None,
        scenario: str | None = None,
    ) -> District:
        """Open a district folder or a data folder in use. Raises BlockingError where there is no district to open;
        what is wrong inside one becomes ``findings``."""
        folder = district_folder(Path(path))
        if not folder.exists():
            raise _blocked(
                "district.missing",
                str(path),
                f"没有这个目录：{path}",
                f"there is no folder {path}",
                ("请检查路径", "check the path"),
            )
        layers = find_layers(folder)
        library = FactorLibrary.load(layers)
        model = Model.load(layers, library, as_of, choices)
        wanted = scenario or model.definitions.packages[-1].get("scenario")
        run = model.run(wanted)
        targets, findings = load_targets(folder / "targets.toml", model)
        return cls(folder, layers, model, run, targets, findings)

    @cached_property
    def findings(self) -> list[Finding]:
        return [
            *getattr(self.factors, "findings", []),
            *self.model.findings,
            *self._found,
            *self._plan_findings(),
        ]

    @property
    def year(self) -> int:
        """The year reported on: the last one whose yearly figures are due."""
        return self.as_of.year - (1 if (self.as_of.month, self.as_of.day) >= YEARLY_DUE else 2)

    @property
    def choices(self) -> list[tuple[Choice, str]]:
        """Every definition choice with the option in force."""
        return [(c, self.run.choices[c.id]) for c in self.model.definitions.choices.values()]

    @property
    def scenarios(self) -> Mapping[str, Any]:
        return self.model.definitions.scenarios

    @property
    def sources(self) -> Mapping[str, Source]:
        return self.model.definitions.sources

    def with_choices(self, choices: Mapping[str, str]) -> District:
        """The same district under other definition choices; only what they reach is computed anew."""
        if all(self.run.choices.get(k) == v for k, v in choices.items()):
            return self
        return self.with_run(self.run.with_changes(choices=choices))

    def with_run(self, run: Run) -> District:
        """The same district over another run of its model."""
        return District(self.folder, self.layers, self.model, run, self.targets, self._found)

    def target(self, identifier: str) -> TargetDefinition:
        return next(t for t in self.targets if t.id == identifier)

    def verdict(self, identifier: str, year: int | None = None) -> Verdict:
        year = self.year if year is None else year
        key = (identifier, year)
        if key not in self._verdicts:
            self._verdicts[key] = judge(self.target(identifier), self.run, year)
        return self._verdicts[key]

    def verdicts(self, year: int | None = None) -> list[Verdict]:
        self.run.draw(
            list(dict.fromkeys(t.quantity for t in self.targets)), n=DRAWS, seed=SEED
        )  # all at once
        return [self.verdict(t.id, year) for t in self.targets]

    def headline(self, year: int | None = None) -> list[Headline]:
        """The figures that the definitions tag ``headline``, in their order."""
        year = self.year if year is None else year
        out: list[Headline] = []
        for name, program in self.run.compiled.programs.items():
            q = program.quantity
            if "headline" not in q.tags or program.dims != ("year",):
                continue
            values = self.run[name]
            cell = values.at(year=year)
            out.append(
                Headline(
                    name,
                    q.name,
                    q.name_en,
                    year,
                    cell,
                    q.unit,
                    self._ratio(name, year, year - 1),
                    self._ratio(name, year, self.base_year),
                    self.base_year,
                    self._points(name, year, year - 1),
                )
            )
        rank = {n: i for i, n in enumerate(self.package.get("headline", []))}
        return sorted(out, key=lambda h: rank.get(h.quantity, len(rank)))

    def _pair(self, name: str, year: int, base: int) -> tuple[float, float] | None:
        """The values of two years, where both are there and complete."""
        years = self.model.definitions.years
        if year not in years or base not in years or year == base:
            return None
        now, then = self.run[name].at(year=year), self.run[name].at(year=base)
        if not now.complete or not then.complete or now.value is None or then.value is None:
            return None
        return now.value, then.value

    def _ratio(self, name: str, year: int, base: int) -> float | None:
        """Change as a share. None for a figure in per cent: that changes in percentage points."""
        pair = self._pair(name, year, base)
        if pair is None or pair[1] == 0 or self.run[name].unit == "%":
            return None
        return pair[0] / pair[1] - 1.0

    def _points(self, name: str, year: int, base: int) -> float | None:
        pair = self._pair(name, year, base)
        return pair[0] - pair[1] if pair is not None and self.run[name].unit == "%" else None

    def changes(self, months: int = 1) -> list[Change]:
        """Figures that became known in the last ``months``, newest first, with what stood there before."""
        since = self.as_of - dt.timedelta(days=round(30.44 * months))
        out: list[Change] = []
        d = self.model.definitions
        for name, series in self.run.evidence.items():
            program = self.run.compiled.programs[name]
            for key, filings in series.filings.items():
                known = [f for f in filings if f.known_on <= self.as_of]
                if not known or known[-1].known_on <= since or not known[-1].dated:
                    continue
                now, before = known[-1], known[-2] if len(known) > 1 else None
                coords = {dim: self.model.members[dim][i] for dim, i in zip(program.dims, key, strict=True)}
                out.append(
                    Change(
                        name,
                        program.quantity.name,
                        program.quantity.name_en,
                        coords,
                        label(d, program.dims, key),
                        label(d, program.dims, key, "en"),
                        before.value if before else None,
                        now.value,
                        program.quantity.unit,
                        now.known_on,
                        now.filed_by,
                        now.source,
                        now.place,
                    )
                )
        return sorted(out, key=lambda c: (c.known_on, c.quantity), reverse=True)

    @property
    def demonstration(self) -> bool:
        """True where any figure that counts is demonstration data."""
        return any(int((f & int(Flag.DEMONSTRATION)).max(initial=0)) for f in self.run.context.flags.values())

    # The plan -----------------------------------------------------------------------------------------------

    @cached_property
    def bodies(self) -> dict[str, Body]:
        return {
            r["id"]: Body(
                r["id"],
                r.get("name", r["id"]),
                r.get("name_en", ""),
                r.get("kind", ""),
                tuple(a for a in r.get("aliases", "").split(";") if a),
                r.get("note", ""),
            )
            for r in self._table("bodies.csv")
        }

    @cached_property
    def streets(self) -> dict[str, Street]:
        return {
            r["code"]: Street(r["code"], r.get("name", ""), r.get("name_en", ""), r.get("note", ""))
            for r in self._table("streets.csv")
        }

    @cached_property
    def plan(self) -> PlanFacts:
        file = self.folder / "plan" / "plan.toml"
        facts: Mapping[str, Any] = (
            tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.is_file() else {}
        )
        duties: dict[str, list[tuple[int, str, str]]] = {}
        for row in self._table("plan/duties.csv"):
            duties.setdefault(row["ref"], []).append(
                (int(row.get("order") or 0), row["body"], row.get("role", ""))
            )
        links: dict[str, list[str]] = {}
        for row in self._table("plan/links.csv"):
            links.setdefault(row["ref"], []).append(row["quantity"])
        clauses: dict[str, Clause] = {}
        for row in self._table("plan/clauses.csv"):
            ref = row["ref"]
            parent = ref.rsplit("-", 1)[0] if "-" in ref else ""
            clauses[ref] = Clause(
                ref,
                row.get("level", ""),
                row.get("number", ""),
                row.get("title", ""),
                row.get("title_en", ""),
                parent,
                tuple(t.id for t in self.targets if t.ref == ref),
                tuple((b, r) for _, b, r in sorted(duties.get(ref, []))),
                tuple(links.get(ref, ())),
            )
        get = lambda k: str(facts.get(k, ""))  # noqa: E731
        return PlanFacts(
            get("title"), get("title_en"), get("document_number"), get("date"), get("status"), clauses
        )

    def _plan_findings(self) -> list[Finding]:
        out: list[Finding] = []
        known = self.plan.clauses
        for t in self.targets:
            if known and t.ref not in known:
                out.append(
                    Finding(
                        "plan.ref",
                        "error",
                        t.place,
                        Text(
                            f"目标 {t.id}：方案中没有 {t.ref}",
                            f"target {t.id}: the plan has no clause {t.ref}",
                        ),
                        t.ref,
                    )
                )
        for c in known.values():
            for body, _ in c.bodies:
                if body not in self.bodies:
                    out.append(
                        Finding(
                            "plan.body",
                            "error",
                            f"plan/duties.csv · {c.ref}",
                            Text(f"bodies.csv 中没有 {body}", f"bodies.csv has no {body}"),
                            body,
                        )
                    )
            for q in c.quantities:
                if q not in self.run:
                    out.append(
                        Finding(
                            "plan.quantity",
                            "error",
                            f"plan/links.csv · {c.ref}",
                            Text(f"没有量 {q}", f"there is no quantity {q}"),
                            q,
                        )
                    )
        return out

    def _table(self, name: str) -> list[dict[str, str]]:
        path = self.folder / name
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(stream)]


def evaluate(district: District, year: int | None = None, language: str = "zh") -> dict[str, Any]:
    """The JSON of ``dafeng evaluate``."""
    year = district.year if year is None else year
    return {
        "district": district.id,
        "name": district.name_en if language == "en" else district.name,
        "year": year,
        "as_of": district.as_of.isoformat(),
        "scenario": district.run.scenario or None,
        "choices": district.run.choices,
        "demonstration": district.demonstration,
        "targets": [v.as_dict(language) for v in district.verdicts(year)],
        "headline": [h.as_dict(language) for h in district.headline(year)],
        "findings": [f.as_dict(language) for f in district.findings],
    }
