"""``District``: everything known of a district, computed once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dafeng.district.facts import Body, FactsFolder, PlanFacts, Street, plan_findings
from dafeng.district.layers import blocked, district_folder, find_layers
from dafeng.factors import FactorLibrary
from dafeng.findings import Finding
from dafeng.plan import Plan
from dafeng.quantities import Cell, Choice, Model, Run, Source
from dafeng.quantities.evidence import label
from dafeng.quantities.states import Flag
from dafeng.targets import TargetDefinition, Verdict, judge, load_targets
from dafeng.targets.verdict import DRAWS, SEED

#: From this day on the yearly figures of the year before are due (Y331 in the cycles of the plan).
YEARLY_DUE = (3, 31)


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
        self._facts = FactsFolder(folder)
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
            raise blocked(
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
            *plan_findings(self.plan, self.targets, self.bodies, self.run, self.document),
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
        other = District(self.folder, self.layers, self.model, run, self.targets, self._found)
        other._facts = self._facts
        return other

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
        return self._facts.bodies()

    @cached_property
    def streets(self) -> dict[str, Street]:
        return self._facts.streets()

    @property
    def document(self) -> Plan | None:
        """The plan document as read, where the district keeps it as ``plan/document.docx`` (.md, .txt)."""
        return self._facts.document

    @cached_property
    def plan(self) -> PlanFacts:
        return self._facts.plan(self.targets, self.document)


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
