"""Findings: what is wrong with an input, where, and how to mend it (rule M10).

Every reader of the project returns findings instead of raising on bad input. A finding speaks
Chinese first and English second; both are written where the rule is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Text(NamedTuple):
    """A sentence in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


EMPTY = Text("", "")


@dataclass(frozen=True)
class Finding:
    """One thing found in an input.

    rule: stable dotted identifier, e.g. ``plan.numbering`` or ``M4.conflict``.
    place: where, e.g. ``2024.xlsx · 用电 · C7`` or ``quantities/energy.toml:31``.
    value: what stands there, as text (empty when nothing does).
    expected, fix, message: bilingual sentences. Errors block, warnings need a reason, notes inform.
    """

    rule: str
    severity: Severity
    place: str
    message: Text
    value: str = ""
    expected: Text = EMPTY
    fix: Text = EMPTY
    data: dict[str, Any] = field(default_factory=dict, compare=False)

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "place": self.place,
            "value": self.value,
            "expected": self.expected.in_language(language),
            "fix": self.fix.in_language(language),
            "message": self.message.in_language(language),
            **({"data": self.data} if self.data else {}),
        }

    def line(self, language: str = "zh") -> str:
        """One line for a terminal: severity, place, sentence, remedy."""
        label = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}[
            self.severity
        ]
        stop = ". " if language == "en" else "。"
        said = self.message.in_language(language).rstrip("。.")
        fix = self.fix.in_language(language)
        return f"{label[language == 'en']} [{self.rule}] {self.place}: {said}{stop}{fix}".rstrip()


class BlockingError(Exception):
    """Raised where no result can be given; carries the findings that say why."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = list(findings)
        super().__init__("; ".join(f.line("en") for f in self.findings))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [f for f in findings if f.severity == "error"]
