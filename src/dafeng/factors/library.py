"""The factor library: look-up by rule M4 and series by explicit year rules."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dafeng.factors.loading import Definition, factor_files, read_factors
from dafeng.factors.model import Conflict, Factor, Missing, Query, YearFactor
from dafeng.findings import Finding, Text

STANDARDS = Path(__file__).resolve().parent.parent / "standards"

_RANGE = re.compile(r"^(?P<from>\d{4})?(?P<dots>\.\.)?(?P<to>\d{4})?$")


class FactorLibrary:
    """Factors of some package folders.

    findings: what the tables and the checks of ``factors.checks`` gave. definitions: rows in words.
    """

    def __init__(
        self,
        factors: Iterable[Factor],
        definitions: Iterable[Definition] = (),
        findings: Iterable[Finding] = (),
    ):
        self.factors = list(factors)
        self.definitions = {d.id: d for d in definitions}
        self.findings = list(findings)
        self.by_id = {f.id: f for f in self.factors}
        self._index: dict[tuple[str, str], list[Factor]] = defaultdict(list)
        for f in self.factors:
            self._index[f.parameter, f.item].append(f)

    @classmethod
    def load(cls, folders: Sequence[Path | str] | None = None, *, check: bool = True) -> FactorLibrary:
        """Loads ``<folder>/factors/*.csv`` of package folders, nation first.

        Without folders, the packages shipped with the program (every folder of ``standards``).
        """
        from dafeng.factors.checks import check_library

        if folders is None:
            folders = shipped_folders()
        library = cls(*read_factors(factor_files(Path(f) for f in folders)))
        if check:
            library.findings += check_library(library)
        return library

    @property
    def sets(self) -> list[str]:
        return sorted({f.set for f in self.factors})

    def find(
        self,
        parameter: str,
        item: str,
        *,
        set: str | None = None,
        region: str = "CN",
        year: int | None = None,
        on: datetime.date | None = None,
        region_fallback: Sequence[str] = (),
    ) -> Factor | Missing | Conflict:
        """The one factor that applies, by rule M4.

        set: the set to take it from (``A+B`` names two sets whose union is meant, for instance heating
        values of one with carbon contents of another); None asks all sets, and two answers conflict.
        year or on: the period; None accepts a factor of any validity as long as there is only one.
        region_fallback: wider regions to ask, in order, when the region itself has no factor; the
        answer then tells both (``widened``, ``region_asked``).
        """
        if year is not None and on is not None:
            raise ValueError("give a year or a day, not both")
        rows = self._candidates(parameter, item, set)
        start, end, shown = _period(year, on)
        query = Query(parameter, item, set, region, shown)
        for asked in (region, *region_fallback):
            local = [f for f in rows if f.region == asked]
            if start is None or end is None:
                fitting, touching = local, []
            else:
                fitting = [f for f in local if _covers(f, start, end)]
                touching = [f for f in local if f not in fitting and _touches(f, start, end)]
            if len(fitting) == 1 and not touching:
                return fitting[0].asked_for(region)
            if fitting or len(touching) > 1:
                return Conflict(query, tuple(fitting + touching), spans=bool(touching))
            if touching:
                return Missing(query, tuple(touching))
        return Missing(query, tuple(self._alternatives(parameter, item, rows, region)))

    def gwp(self, set: str, gas: str) -> Factor | Missing | Conflict:
        """GWP over 100 years of a gas in a named set (SAR, TAR, AR4, AR5, AR5CCF, AR6, PGI-2025)."""
        region = "CN" if set == "PGI-2025" else "world"
        return self.find("gwp100", gas, set=set, region=region)

    def gwp_sets(self) -> list[str]:
        return sorted({f.set for f in self._index["gwp100", "CH4"]})

    def series(
        self,
        parameter: str,
        item: str,
        *,
        set: str | None = None,
        region: str = "CN",
        years: Iterable[int],
        rule: str | Mapping[str, str] = "exact",
        region_fallback: Sequence[str] = (),
    ) -> dict[int, YearFactor]:
        """One answer a year, by an explicit rule.

        rule: ``exact`` (the year's own factor), ``frozen:YYYY`` (that year's factor throughout) or
        ``nearest_earlier`` (the factor of the latest data year not after the year, marked as lagged);
        or a mapping of ranges of years to such rules: ``{"..2020": "frozen:2021", "2021..":
        "nearest_earlier"}``. Raises ValueError for a rule that is not well formed or leaves a year
        without a rule or with two.
        """
        rules = {"..": rule} if isinstance(rule, str) else dict(rule)
        parsed = [(*_years_of(span), _check_rule(r)) for span, r in rules.items()]
        result: dict[int, YearFactor] = {}
        for year in years:
            applying = [r for low, high, r in parsed if low <= year <= high]
            if len(applying) != 1:
                raise ValueError(f"{len(applying)} year rules apply to {year}: {rules}")
            result[year] = self._year(parameter, item, set, region, year, applying[0], region_fallback)
        return result

    def _year(
        self,
        parameter: str,
        item: str,
        set: str | None,
        region: str,
        year: int,
        rule: str,
        wider: Sequence[str],
    ) -> YearFactor:
        frozen = rule.partition(":")[2]
        asked = int(frozen) if frozen else year
        found = self.find(parameter, item, set=set, region=region, year=asked, region_fallback=wider)
        if isinstance(found, Conflict):
            return YearFactor(None, found.query.text, "conflict", found)
        if isinstance(found, Factor):
            if not frozen or asked == year:
                return YearFactor(found, Text("", ""), "exact")
            note = Text(f"{year} 年固定用 {asked} 年值", f"{year} uses the value of {asked}, frozen")
            return YearFactor(found, note, "frozen")
        if rule != "nearest_earlier":
            return YearFactor(None, found.query.text, "missing", found)
        rows = self._candidates(parameter, item, set)
        for place in (region, *wider):
            earlier = [
                f for f in rows if f.region == place and f.data_year is not None and f.data_year <= year
            ]
            if not earlier:
                continue
            latest = max(f.valid_from for f in earlier if f.valid_from is not None)
            best = [f for f in earlier if f.valid_from == latest]
            if len(best) > 1 or len({f.set for f in earlier}) > 1:
                conflict = Conflict(found.query, tuple(best if len(best) > 1 else earlier))
                return YearFactor(None, conflict.query.text, "conflict", conflict)
            note = Text(
                f"{year} 年尚无公布值，沿用 {best[0].data_year} 年值",
                f"No value is published for {year}; that of {best[0].data_year} is carried on",
            )
            return YearFactor(best[0].asked_for(region), note, "lagged")
        return YearFactor(None, found.query.text, "missing", found)

    def _candidates(self, parameter: str, item: str, set: str | None) -> list[Factor]:
        rows = self._index.get((parameter, item), [])
        if set is None:
            return rows
        names = set.split("+")
        return [f for f in rows if f.set in names]

    def _alternatives(self, parameter: str, item: str, rows: list[Factor], region: str) -> list[Factor]:
        """Near misses, nearest kind first: same region in other years, same set elsewhere, other sets."""
        pool = rows or self._index.get((parameter, item), [])
        return sorted(pool, key=lambda f: (f.region != region, -(f.data_year or 0), f.id))[:12]


def shipped_folders(region: str | None = None) -> list[Path]:
    """Package folders shipped with the program, nation first; down to one region where it is named."""
    folders = [STANDARDS / "nation"]
    for path in sorted(STANDARDS.iterdir()):
        if path.is_dir() and path.name.isdigit() and (region is None or _lies_in(region, path.name)):
            folders.append(path)
    return folders


def _lies_in(region: str, package: str) -> bool:
    return region.startswith(package.rstrip("0"))


def _period(
    year: int | None, on: datetime.date | None
) -> tuple[datetime.date | None, datetime.date | None, str]:
    if on is not None:
        return on, on, on.isoformat()
    if year is not None:
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31), str(year)
    return None, None, ""


def _covers(f: Factor, start: datetime.date, end: datetime.date) -> bool:
    return (f.valid_from is None or f.valid_from <= start) and (f.valid_to is None or f.valid_to >= end)


def _touches(f: Factor, start: datetime.date, end: datetime.date) -> bool:
    return (f.valid_from is None or f.valid_from <= end) and (f.valid_to is None or f.valid_to >= start)


def _years_of(span: str) -> tuple[int, int]:
    match = _RANGE.match(span.replace(" ", ""))
    if not match or not any(match.groups()) or (match["from"] and match["to"] and not match["dots"]):
        raise ValueError(f"not a range of years: {span}")
    if match["from"] and not match["dots"]:
        return int(match["from"]), int(match["from"])
    return int(match["from"] or 0), int(match["to"] or 9999)


def _check_rule(rule: str) -> str:
    if rule in ("exact", "nearest_earlier") or re.fullmatch(r"frozen:\d{4}", rule):
        return rule
    raise ValueError(f"not a year rule: {rule}")
