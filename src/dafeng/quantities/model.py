"""The door of the graph: load a model from package folders, run it, change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.factors import FactorLibrary
from dafeng.findings import BlockingError, Finding, Text
from dafeng.quantities import ops
from dafeng.quantities.compile import Cache, compile_all
from dafeng.quantities.definitions import Definitions, DriverSpec
from dafeng.quantities.evaluated import Evaluated, evaluate
from dafeng.quantities.evidence import Evidence, Key, Series
from dafeng.quantities.filing import load_evidence, scale_checks
from dafeng.quantities.leaves import Leaf, driver_leaf, factor_leaf
from dafeng.quantities.loading import driver_spec, load_definitions
from dafeng.quantities.program import Compiled
from dafeng.quantities.run import Run
from dafeng.quantities.states import DTYPE, Flag

DATA_SUFFIXES = (".csv", ".xlsx", ".xls")


class Model:
    """Definitions, factors and evidence of one district, compiled. ``findings`` holds all that was wrong while loading."""

    def __init__(
        self,
        definitions: Definitions,
        factors: FactorLibrary,
        files: Sequence[Path],
        as_of: dt.date,
        choices: Mapping[str, str],
    ):
        self.definitions, self.factors, self.as_of, self.files = definitions, factors, as_of, list(files)
        self.members: dict[str, list[str]] = {
            name: list(dim.members) for name, dim in definitions.dimensions.items()
        }
        self.choices = self._choices(choices)
        self._cache: Cache = {}
        self.compiled = self._compile(self.choices)
        self.evidence: Evidence = load_evidence(definitions, self.compiled, files, as_of)
        self._loading: list[Finding] = []
        self._factor_leaves: dict[str, Leaf] = {}
        for name, program in self.compiled.programs.items():
            if program.quantity.factor is not None:
                self._factor_leaves[name] = factor_leaf(
                    definitions, program, program.quantity.factor, factors, self._loading
                )
        self._scenario_checks()

    @classmethod
    def load(
        cls,
        layers: Sequence[Path],
        factors: FactorLibrary | None = None,
        as_of: dt.date | None = None,
        choices: Mapping[str, str] | None = None,
    ) -> Model:
        """Read package folders in order nation → district. ``as_of`` is “today”: the argument, else the package's, else the clock's."""
        definitions = load_definitions(layers)
        library = factors or FactorLibrary.load([layer for layer in layers if (layer / "factors").is_dir()])
        files = [
            p
            for layer in layers
            for p in sorted((layer / "data").glob("*"))
            if p.suffix.lower() in DATA_SUFFIXES and not p.name.startswith(("~", "."))
        ]
        return cls(definitions, library, files, as_of or definitions.as_of or dt.date.today(), choices or {})

    @property
    def findings(self) -> list[Finding]:
        return [
            *self.definitions.findings,
            *self.compiled.findings,
            *self._loading,
            *self.evidence.findings,
            *scale_checks(self.definitions, self.compiled, self.evidence),
        ]

    @property
    def months_due(self) -> int:
        """How many months of the current year ytd() adds: those that ended before this month, the newest from day 10 on."""
        return max(1, self.as_of.month - (1 if self.as_of.day >= 10 else 2)) if self.as_of.month > 1 else 12

    def _choices(self, given: Mapping[str, str]) -> dict[str, str]:
        chosen = {c.id: c.default for c in self.definitions.choices.values()}
        for name, option in given.items():
            choice = self.definitions.choices.get(name)
            if choice is None or option not in choice.options:
                known = "、".join(choice.options if choice else self.definitions.choices)
                raise BlockingError(
                    [
                        Finding(
                            "choice.unknown",
                            "error",
                            name,
                            Text(f"没有口径选项 {name}={option}", f"there is no choice {name}={option}"),
                            option,
                            fix=Text(f"可用：{known}", f"known: {known.replace('、', ', ')}"),
                        )
                    ]
                )
            chosen[name] = option
        return chosen

    def _compile(self, choices: Mapping[str, str]) -> Compiled:
        return compile_all(self.definitions, choices, self.months_due, self._cache)

    def driver_of(self, name: str, scenario: str) -> DriverSpec:
        """The path of a driver in a scenario: its own, else the nearest inherited one, else the definition's."""
        seen: set[str] = set()
        while scenario in self.definitions.scenarios and scenario not in seen:
            seen.add(scenario)
            s = self.definitions.scenarios[scenario]
            if name in s.drivers:
                return driver_spec(s.drivers[name])
            scenario = s.inherits
        spec = self.definitions.quantities[name].driver
        assert spec is not None
        return spec

    def _scenario_checks(self) -> None:
        for s in self.definitions.scenarios.values():
            if s.inherits and s.inherits not in self.definitions.scenarios:
                self._loading.append(
                    Finding(
                        "scenario.inherits",
                        "error",
                        s.place,
                        Text(
                            f"情景 {s.id} 继承的 {s.inherits} 不存在",
                            f"scenario {s.id} inherits {s.inherits}, which is not there",
                        ),
                        s.inherits,
                    )
                )
            for name, entry in s.drivers.items():
                q = self.definitions.quantities.get(name)
                if q is None or q.driver is None:
                    self._loading.append(
                        Finding(
                            "scenario.driver",
                            "error",
                            s.place,
                            Text(
                                f"情景 {s.id}：{name} 不是驱动因子", f"scenario {s.id}: {name} is no driver"
                            ),
                            name,
                        )
                    )
                    continue
                try:
                    driver_spec(entry)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    self._loading.append(
                        Finding(
                            "scenario.driver",
                            "error",
                            s.place,
                            Text(
                                f"情景 {s.id} 的 {name} 不合格式：{error}",
                                f"scenario {s.id}: {name} is malformed: {error}",
                            ),
                            name,
                        )
                    )

    def run(self, scenario: str | None = None, draws: int = 0, seed: int = 0) -> Run:
        """Evaluate everything. ``scenario`` None is the definitions' own driver paths."""
        if scenario and scenario not in self.definitions.scenarios:
            known = "、".join(self.definitions.scenarios)
            raise BlockingError(
                [
                    Finding(
                        "scenario.unknown",
                        "error",
                        scenario,
                        Text(f"没有情景 {scenario}", f"there is no scenario {scenario}"),
                        scenario,
                        fix=Text(f"可用：{known}", f"known: {known.replace('、', ', ')}"),
                    )
                ]
            )
        leaves: dict[str, Leaf] = dict(self._factor_leaves)
        values: dict[str, np.ndarray] = {}
        flags: dict[str, np.ndarray] = {}
        for name, program in self.compiled.programs.items():
            if program.quantity.driver is not None:
                leaves[name] = self._driver_leaf(name, scenario or "")
            if name in leaves:
                values[name], flags[name] = leaves[name].values, leaves[name].flags
            elif name in self.evidence.series:
                values[name], flags[name] = (
                    self.evidence.series[name].values,
                    self.evidence.series[name].flags,
                )
        context = ops.Context(values, flags, {})
        evaluate(self.compiled, context)
        return self._run(
            self.compiled, self.choices, scenario or "", context, leaves, self.evidence.series, draws, seed
        )

    def _run(
        self,
        compiled: Compiled,
        choices: Mapping[str, str],
        scenario: str,
        context: ops.Context,
        leaves: Mapping[str, Leaf],
        series: Mapping[str, Series],
        draws: int,
        seed: int,
    ) -> Run:
        evaluated = Evaluated(
            self.definitions,
            self.members,
            self.as_of,
            compiled,
            dict(choices),
            scenario,
            context,
            leaves,
            series,
            self.driver_of,
        )
        return Run(evaluated, self.changed_run, draws, seed)

    def _driver_leaf(self, name: str, scenario: str) -> Leaf:
        program = self.compiled.programs[name]
        found: list[Finding] = []
        leaf = driver_leaf(self.definitions, program, self.driver_of(name, scenario), found)
        for finding in found:
            if finding not in self._loading:
                self._loading.append(finding)
        return leaf

    def changed_run(
        self,
        base: Run,
        drivers: Mapping[str, Mapping[str, Any]],
        evidence: Mapping[tuple[str, Key], float | None],
        choices: Mapping[str, str],
    ) -> Run:
        """See Run.with_changes. Leaves not named keep their arrays; formulas not reached keep their results."""
        chosen = self._choices({**base.choices, **choices})
        compiled = base.compiled if chosen == base.choices else self._compile(chosen)
        values, flags, leaves = dict(base.context.values), dict(base.context.flags), dict(base.leaves)
        series: dict[str, Series] = dict(base.evidence)
        changed = {
            q.id
            for q in self.definitions.quantities.values()
            if q.choice and chosen[q.choice] != base.choices[q.choice] and q.id in compiled.programs
        }
        # A formula that was sound only under the new choice has no result yet.
        changed |= {name for name in compiled.programs if name not in values}
        for name, entry in drivers.items():
            leaves[name] = driver_leaf(self.definitions, compiled.programs[name], driver_spec(entry), [])
            values[name], flags[name] = leaves[name].values, leaves[name].flags
            changed.add(name)
        for (name, key), value in evidence.items():
            if series[name] is base.evidence[name]:
                series[name] = Series(
                    series[name].values.copy(), series[name].flags.copy(), series[name].filings
                )
            series[name].values[key] = np.nan if value is None else value
            series[name].flags[key] = DTYPE(Flag.MISSING if value is None else Flag.OBSERVED)
            values[name], flags[name] = series[name].values, series[name].flags
            changed.add(name)
        context = ops.Context(values, flags, dict(base.context.memo))
        evaluate(compiled, context, compiled.reached_by(changed))
        return self._run(compiled, chosen, base.scenario, context, leaves, series, base.draws, base.seed)

    def uses(self, name: str) -> list[str]:
        return list(self.compiled.programs[name].needs)

    def used_by(self, name: str) -> list[str]:
        return list(self.compiled.dependents.get(name, ()))
