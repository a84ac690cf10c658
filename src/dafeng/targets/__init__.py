"""Targets of the plan bound to quantities: paths and verdicts. See docs/design/targets.md."""

from __future__ import annotations

from dafeng.targets.definitions import TargetDefinition, load_targets
from dafeng.targets.verdict import VERDICTS, Verdict, judge, percent

__all__ = ["VERDICTS", "TargetDefinition", "Verdict", "judge", "load_targets", "percent"]
