"""Targets of a passage: sentence by sentence, each handing on what the next may take up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dafeng.plan.clauses import Context
from dafeng.plan.model import Target
from dafeng.plan.script import Script, mask, regularise
from dafeng.plan.sentence import SentenceReader

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?|\n")
_LONGEST = 1200  # a sentence past this is no prose; it is read in pieces so that time stays linear


def find_targets(passage: str) -> list[Target]:
    """Targets of a passage handed in alone; spans count in the passage.

    A single sentence is asked as an order: its undated bans and 应装尽装 are targets. In a passage of
    several sentences, as in a plan, they are commitments.
    """
    script = regularise(passage)
    if script.text.startswith("（") and script.text.find("）") == len(script.text) - 1:
        # All of it stands in a bracket: no aside.
        script = Script(script.text[1:-1], script.where[1:-1])
    sentences = [s for s in _SENTENCE.findall(script.text) if s.strip("。！？\n")]
    return read_paragraph(script, passage, Context(), bare=len(sentences) == 1)[0]


def read_paragraph(
    script: Script, text: str, context: Context, bare: bool = False
) -> tuple[list[Target], Context]:
    """Targets of one paragraph in regular form, and what its last sentence hands on.

    ``text`` is the whole text that the positions lead back to; ``context`` what the paragraph starts with.
    """
    masked = mask(script.text)
    found: list[Target] = []
    for match in _SENTENCE.finditer(masked):
        if match.group() == "\n":
            context = Context()
            continue
        for start, end in _pieces(masked, match.start(), match.end()):
            stop = end - 1 if masked[end - 1] in "。！？" else end
            if start >= stop:
                continue
            reader = SentenceReader(script, masked, start, stop, context, bare)
            found.extend(reader.read())
            context = reader.context
    return [replace(t, quote=text[t.span[0] : t.span[1]]) for t in found], context


def _pieces(masked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence whole, or where it is too long in pieces that end at a comma if they can."""
    while end - start > _LONGEST:
        cut = (
            max(masked.rfind("；", start, start + _LONGEST), masked.rfind("，", start, start + _LONGEST)) + 1
        )
        cut = cut or start + _LONGEST
        yield start, cut
        start = cut
    yield start, end
