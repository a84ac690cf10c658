"""The whole reading: text → outline → paragraphs → targets, duties, commitments, entities, findings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dafeng.findings import BlockingError, Finding
from dafeng.plan import checks, files
from dafeng.plan.clauses import Context
from dafeng.plan.commitments import commitments_of
from dafeng.plan.duties import blanket, duties_of
from dafeng.plan.entities import entities_of
from dafeng.plan.headings import read_numbering
from dafeng.plan.model import Commitment, DefaultRule, Duty, Entity, Executor, Heading, Plan, Target
from dafeng.plan.outline import Line, Outline, lines_of, read_outline
from dafeng.plan.script import Script, regularise
from dafeng.plan.tables import LAST_PAST_YEAR, read_table
from dafeng.plan.targets import read_paragraph
from dafeng.plan.titles import title_and_status

_RETROSPECT = re.compile(
    "(?:发展|工作|现实|产业|建设)基础$|(?:现状|成效|成就|形势|挑战|回顾|背景|基本情况|存在问题|发展环境)(?:分析)?$"
)
_LABELLED = re.compile(
    "(?P<role>(?:主要)?(?:牵头|责任|配合|参与|参加|协办|协助|协同|支持|落实|实施|主办|主责|完成))"
    "(?:责任)?(?:单位|部门|主体|科室|时限|时间)："
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in regular form without its numbering, and the heading it stands under."""

    script: Script
    heading: Heading | None
    ends_open: bool  # it ends with a colon: what follows is its list


def read_plan(path: Path | str) -> Plan:
    """Reads a plan file. A file that cannot be read gives a plan without text whose findings say why."""
    try:
        loaded = files.load(Path(path))
    except BlockingError as error:
        return Plan("", None, None, "", findings=tuple(error.findings))
    return _read(loaded)


def read_text(text: str) -> Plan:
    """Reads the text of a plan; ``sha256`` is that of its UTF-8 bytes."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _read(files.Loaded(re.sub("\r\n?", "\n", text), digest, []))


def _read(loaded: files.Loaded) -> Plan:
    text = loaded.text
    lines = list(lines_of(text, loaded.styles, loaded.labels))
    outline = read_outline(lines, loaded.contents)
    targets: list[Target] = []
    duties: list[Duty] = []
    commitments: list[Commitment] = []
    entities: list[Entity] = []
    blankets: list[tuple[int, str | None, DefaultRule]] = []
    named: set[str] = set()
    behind = _looking_back(outline)
    carried: tuple[Context, Heading | None] | None = None
    title, status = title_and_status(lines, outline)
    past = 2025 if title and "十五五" in title else LAST_PAST_YEAR
    typed, tabled = _typed_tables(lines, outline, past)
    prose = [line for line in lines if line.number not in tabled]
    for paragraph in _labels_joined(_paragraphs(prose, outline, loaded.wraps)):
        script, heading = paragraph.script, paragraph.heading
        ref = heading.ref if heading else None
        if (
            carried
            and heading is not carried[1]
            and heading
            and heading.level <= (carried[1].level if carried[1] else 0)
        ):
            carried = None
        found, context = read_paragraph(script, text, carried[0] if carried else Context())
        if ref in behind:
            found = []
        targets.extend(replace(t, ref=ref) for t in found)
        if paragraph.ends_open and context.deadlines:
            carried = (replace(context, subject="", names=[], opened_by_period=True), heading)
        spans = [t.span for t in found]
        own = duties_of(script, text)
        duties.extend(replace(d, ref=ref) for d in own)
        if not own:
            rule = next(
                (r for s in re.split("[。\n]", script.text) if len(s) < 120 and (r := blanket(s))), None
            )
            if rule and script.where:
                blankets.append((script.where[0], ref, rule))
        commitments.extend(
            replace(c, ref=ref) for c in commitments_of(script, text, [*spans, *(d.span for d in own)])
        )
        for entity in entities_of(script, text):
            if entity.name not in named:
                named.add(entity.name)
                entities.append(replace(entity, ref=ref))
    targets += [*typed, *_word_tables(loaded.tables, lines, outline, past)]
    targets.sort(key=lambda t: t.span)
    duties = _with_blankets(duties, blankets)
    findings = [*loaded.findings, *outline.findings, *_whole_checks(text, outline, targets, duties)]
    return Plan(
        text,
        title,
        status,
        loaded.sha256,
        tuple(outline.headings),
        tuple(targets),
        tuple(duties),
        tuple(commitments),
        tuple(entities),
        tuple(findings),
    )


def _typed_tables(lines: list[Line], outline: Outline, past: int) -> tuple[list[Target], set[int]]:
    """Targets of tables typed in a text, cells parted by | or tabs, and the lines of those tables."""
    found: list[Target] = []
    taken: set[int] = set()
    block: list[Line] = []
    for line in [*lines, Line(0, 0, "")]:
        if line.text.count("|") >= 3 or line.text.strip().count("\t") >= 2:
            block.append(line)
            continue
        rows = [line for line in block if not re.fullmatch(r"[\s|:+-]*", line.text)]
        block = []
        for number, target in read_table([_cells(row.text) for row in rows], past) if len(rows) > 1 else ():
            row = rows[number]
            indent = len(row.text) - len(row.text.lstrip())
            quote = row.text.strip()
            heading = outline.at(row.start)
            span = (row.start + indent, row.start + indent + len(quote))
            found.append(replace(target, quote=quote, span=span, ref=heading.ref if heading else None))
            taken.update(r.number for r in rows)
    return found, taken


def _cells(row: str) -> list[str]:
    return [c.strip() for c in (row.strip().strip("|").split("|") if "|" in row else row.split("\t"))]


def _word_tables(
    tables: list[tuple[int, list[list[str]]]], lines: list[Line], outline: Outline, past: int
) -> Iterator[Target]:
    """Targets of the tables of a .docx. They stand outside the text: their span is the empty one where the table is."""
    for following, rows in tables:
        place = (
            lines[following - 1].start if following <= len(lines) else lines[-1].start + len(lines[-1].text)
        )
        heading = outline.at(max(place - 1, 0))
        for number, target in read_table(rows, past):
            quote = "｜".join(c for c in rows[number] if c)
            yield replace(target, quote=quote, span=(place, place), ref=heading.ref if heading else None)


def _looking_back(outline: Outline) -> set[str]:
    """Refs of the parts that tell what has been done (发展基础, 主要成效): their figures are no targets."""
    behind: set[str] = set()
    for heading in outline.headings:
        if _RETROSPECT.search(heading.title) or heading.parent in behind:
            behind.add(heading.ref)
    return behind


def _paragraphs(lines: list[Line], outline: Outline, wraps: bool) -> Iterator[Paragraph]:
    by_line = {h.line: h for h in outline.headings}
    heading: Heading | None = None
    pending: Script | None = None
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if line.number in outline.skipped:
            continue
        own = by_line.get(line.number)
        script = regularise(line.text, line.start)
        joins = wraps and pending is not None and own is None and bool(script.text)
        if pending is not None and not joins:
            yield Paragraph(pending, heading, pending.text.endswith("："))
            pending = None
        if own is not None:
            heading = own
            script = _without_number(script, bool(line.label))
        elif pending is not None:
            script = Script(pending.text + script.text, pending.where + script.where)
            pending = None
        if not script.text:
            continue
        if wraps and (own is None or own.inline_body) and _runs_on(line, script, following):
            pending = script
            continue
        yield Paragraph(script, heading, script.text.endswith("："))
    if pending is not None:
        yield Paragraph(pending, heading, False)


def _labels_joined(paragraphs: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Label lines that follow one another say one duty: 牵头单位：… and below it 配合单位：…"""
    held: Paragraph | None = None
    labels: set[str] = set()
    for paragraph in paragraphs:
        label = _LABELLED.match(paragraph.script.text)
        if label and held and held.heading is paragraph.heading and label["role"] not in labels:
            one, two = held.script, paragraph.script
            joint = Script(
                one.text.rstrip("。；") + "；" + two.text,
                [*one.where[: len(one.text.rstrip("。；"))], one.where[-1] + 1, *two.where],
            )
            held = replace(held, script=joint)
            labels.add(label["role"])
            continue
        if held:
            yield held
        held, labels = (paragraph, {label["role"]}) if label else (None, set())
        if not label:
            yield paragraph
    if held:
        yield held


def _runs_on(line: Line, script: Script, following: Line | None) -> bool:
    """Whether a line is broken off in mid-sentence: at a comma, before an indented line, or where lines are wrapped."""
    if following is None or not following.text.strip() or script.text[-1] in "。！？；：）":
        return False
    if script.text[-1] in "，、":
        return True
    if re.match(r" {2,}(?![-*+#])", following.text):
        return True
    return 28 <= len(line.text.strip()) <= 90 and not re.match(r"\s*[-*+#●■]", following.text)


def _without_number(script: Script, automatic: bool) -> Script:
    if automatic:
        return script
    hashes = len(script.text) - len(script.text.lstrip("#*"))
    numbering = read_numbering(script.text[hashes:])
    cut = hashes + (numbering.end if numbering else 0)
    return Script(script.text[cut:], script.where[cut:])


def _with_blankets(duties: list[Duty], prose: list[tuple[int, str | None, DefaultRule]]) -> list[Duty]:
    """Applies blanket statements: to every later clause, or to all where they say so."""
    said = [(d.span[0], d.ref, d.default_rule) for d in duties if d.default_rule] + list(prose)
    out = []
    for duty in duties:
        executors = list(duty.executors)
        for place, ref, rule in said:
            if rule is None or (duty.default_rule is rule and not rule.first_named_leads):
                continue
            if rule.scope == "later" and duty.span[0] < place:
                continue
            have = {e.name for e in executors}
            executors += [Executor(n, "落实", False, ref) for n in rule.names if n not in have]
            if rule.first_named_leads and duty.lead_basis in ("first_named", "none") and duty.bodies:
                lead = duty.bodies[0]
                duty = replace(
                    duty,
                    lead=lead,
                    leads=(lead,),
                    lead_basis="stated",
                    cooperating=tuple(b for b in duty.bodies if b != lead),
                )
        out.append(replace(duty, executors=tuple(executors)))
    return out


def _whole_checks(
    text: str, outline: Outline, targets: list[Target], duties: list[Duty]
) -> Iterator[Finding]:
    chinese = len(re.findall("[一-龥]", text[:50_000]))
    if chinese < 10 or chinese * 20 < len(text[:50_000].strip()):
        yield checks.no_chinese()
        return
    if not outline.headings:
        yield checks.no_structure() if targets or duties else checks.nothing_found()
        return
    parents = {h.parent for h in outline.headings}
    leaves = [h for h in outline.headings if h.ref not in parents and h.level > 1]
    owned = {d.ref for d in duties}
    bare = [h for h in leaves if h.ref not in owned]
    if leaves and len(bare) * 2 < len(leaves):
        for heading in bare:
            yield checks.duty_missing(checks.line_place(heading.line), heading.ref)
