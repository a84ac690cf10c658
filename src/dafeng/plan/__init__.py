"""Reads a plan document: outline, targets, duties, commitments, named entities, findings.

>>> plan = read_plan("plan.docx")
>>> [t.indicator for t in plan.targets]

``read_text`` reads text, ``find_targets``, ``find_duties`` and ``find_heading`` read one passage. Nothing here raises on
a bad input: ``plan.findings`` says what is wrong.
"""

from dafeng.plan.duties import find_duties
from dafeng.plan.headings import find_heading
from dafeng.plan.model import Commitment, DefaultRule, Duty, Entity, Executor, Heading, Plan, Target
from dafeng.plan.reader import read_plan, read_text
from dafeng.plan.targets import find_targets

__all__ = [
    "Commitment",
    "DefaultRule",
    "Duty",
    "Entity",
    "Executor",
    "Heading",
    "Plan",
    "Target",
    "find_duties",
    "find_heading",
    "find_targets",
    "read_plan",
    "read_text",
]
