"""What a page reads: the district under the choices of its address, in its language, for its year."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, QueryDict

from dafeng.findings import Text
from dafeng.quantities.definitions import Dimension, Quantity
from dafeng.web.errors import NotHere
from dafeng.web.holder import Opened, holder
from dafeng.web.language import address, in_language, language_of, name_of

_YEAR = re.compile(r"^\d{4}$")
MAX_TEXT = 200  # characters of a search or a coordinate


class Reader:
    """One request's view of the district. Results are kept with the district, so a second page is quick."""

    def __init__(
        self, language: str, query: QueryDict | Mapping[str, str], opened: Callable[..., Opened] | None = None
    ):
        self.language = language
        self.query = query
        get = opened or holder().get
        base = get()
        self.base = base.district
        asked = {k[7:]: str(v) for k, v in query.items() if k.startswith("choice.")}
        self.asked_choices = _known_choices(self.base, asked)
        self.opened = get(self.asked_choices) if self.asked_choices else base
        self._get = get
        self.district = self.opened.district
        self.definitions = self.district.model.definitions
        self.run = self.district.run
        self.years = list(self.definitions.years)
        self.default_year = self.district.year
        self.year = self._year()

    # --- language -------------------------------------------------------------------------------------------

    def say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def text(self, text: Text | tuple[str, str]) -> str:
        return in_language(text, self.language)

    def name(self, thing: Any) -> str:
        return name_of(thing, self.language)

    def list(self, names: list[str]) -> str:
        return ("、" if self.language != "en" else ", ").join(names)

    # --- address --------------------------------------------------------------------------------------------

    def _year(self) -> int:
        asked = self.query.get("year", "")
        if not asked:
            return self.default_year
        first, last = self.years[0], self.years[-1]
        if not _YEAR.match(asked) or not asked.isascii() or not first <= int(asked) <= last:
            raise NotHere(
                Text(
                    f"没有这个年份：可以看的是 {first}—{last} 年。",
                    f"There is no such year: {first} to {last} can be shown.",
                )
            )
        return int(asked)

    def get(self, key: str, default: str = "") -> str:
        return str(self.query.get(key, default))[:MAX_TEXT]

    @property
    def sticky(self) -> dict[str, str]:
        """What every link carries on: the year and the choices, where they are not the default."""
        kept = {f"choice.{k}": v for k, v in sorted(self.asked_choices.items())}
        if self.year != self.default_year:
            kept["year"] = str(self.year)
        return kept

    def link(self, path: str, **params: Any) -> str:
        """The address of a page of this language, under this year and these choices."""
        given = {**self.sticky, **{k.replace("__", "."): v for k, v in params.items()}}
        query = {k: v for k, v in given.items() if v not in ("", None)}
        return address(quote(path, safe="/()（）-_.~"), self.language) + (
            f"?{urlencode(query)}" if query else ""
        )

    def page_of(self, total: int, size: int, key: str = "page") -> tuple[int, int]:
        """(page asked for, number of pages), the page within bounds."""
        pages = max(1, -(-total // size))
        asked = self.get(key)
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return min(max(1, number), pages), pages

    def number_link(
        self, quantity: str, year: int | None = None, where: Mapping[str, str] | None = None
    ) -> str:
        params: dict[str, Any] = dict(where or {})
        if year is not None and year != self.default_year:
            params["year"] = str(year)
        elif year is not None:
            params["year"] = ""
        return self.link(f"/number/{quantity}", **params)

    # --- district -------------------------------------------------------------------------------------------

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        return self.opened.remember(key, make)

    def under(self, choice: str, option: str) -> Opened:
        """The district with one choice set otherwise."""
        asked = {**self.asked_choices, choice: option}
        default = self.definitions.choices[choice].default
        return self._get({k: v for k, v in asked.items() if k != choice or v != default})

    def quantity(self, identifier: str) -> Quantity:
        found = self.definitions.quantities.get(identifier)
        if found is None or identifier not in self.run:
            raise NotHere(
                Text(
                    f"没有编号为“{identifier[:60]}”的数字。",
                    f"There is no number with the id “{identifier[:60]}”.",
                ),
                "/number/",
                Text("查看全部数字", "See all numbers"),
            )
        return found

    def has(self, identifier: str) -> bool:
        return identifier in self.run

    def dimension(self, identifier: str) -> Dimension | None:
        return self.definitions.dimensions.get(identifier)

    def member_name(self, dimension: str, member: str) -> str:
        found = self.dimension(dimension)
        if found is not None and str(member) in found.members:
            return self.name(found.members[str(member)])
        return str(member)

    def body_name(self, identifier: str) -> str:
        """The name of a body in the language of the page; filings name it by id, name or alias."""
        found = self._bodies.get(identifier)
        return self.name(found) if found is not None else identifier

    @property
    def _bodies(self) -> dict[str, Any]:
        def make() -> dict[str, Any]:
            known: dict[str, Any] = {}
            for body in self.district.bodies.values():
                for name in (*body.aliases, body.name_en, body.name, body.id):
                    if name:
                        known[name] = body
            return known

        found: dict[str, Any] = self.remember("bodies", make)
        return found

    def source_title(self, identifier: str) -> str:
        source = self.definitions.sources.get(identifier)
        if source is None:
            return identifier
        return source.title_en if self.language == "en" and source.title_en else source.title

    @property
    def errors(self) -> int:
        """How many findings block something: what they concern is left out everywhere."""
        return int(
            self.remember("errors", lambda: sum(f.severity == "error" for f in self.district.findings))
        )

    @property
    def demonstration(self) -> bool:
        return bool(self.remember("demonstration", lambda: self.district.demonstration))

    @property
    def scenario(self) -> str:
        """The name of the scenario behind every projection; empty where the definitions' own paths hold."""
        found = self.definitions.scenarios.get(self.run.scenario)
        return self.name(found) if found is not None else ""

    @property
    def place(self) -> str:
        return self.name(self.district)


def _known_choices(district: Any, asked: Mapping[str, str]) -> dict[str, str]:
    """Choices that the district knows and that differ from its own; an unknown option is an unknown address."""
    known = district.model.definitions.choices
    selected: dict[str, str] = {}
    for identifier, option in asked.items():
        choice = known.get(identifier)
        if choice is None:
            continue
        if option not in choice.options:
            raise NotHere(
                Text(
                    f"口径“{choice.name}”没有这个选项。",
                    f"The definition “{choice.name_en}” has no such option.",
                ),
                "/targets/",
                Text("查看全部目标", "See all targets"),
            )
        if option != choice.default:
            selected[identifier] = option
    return selected


def reader_for(request: HttpRequest) -> Reader:
    return Reader(language_of(request), request.GET)
