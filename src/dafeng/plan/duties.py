"""Duty clauses: who leads, who cooperates, who carries out.

A clause stands in a bracket at the end of a paragraph (（A、B按职责分工负责）) or on a line of its own
(责任单位：A、B; 牵头单位：A；配合单位：B). It is parted at commas and semicolons into statements of the form
*names + verb* or *label + names*; the statements together give the rule. Text that does not part that way
is no duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dafeng.plan.bodies import is_body, is_surely_body, split_names
from dafeng.plan.model import DefaultRule, Duty, Executor
from dafeng.plan.script import Script, regularise

_BY_SHARE = (
    r"(?:按照?|根据|依据|依照|依)(?:各自|本)?(?:的)?(?:职责|职能|职责权限|工作职责|分工|职责分工)(?:和?分工)?"
)
_DIVISION = rf"(?:{_BY_SHARE}(?:，)?(?:分别|共同|抓好|做好|具体|组织|协同|各自)?(?:负责|落实|推进|推进落实|组织实施|实施|抓好落实|牵头负责|负责落实|配合|参与|做好相关工作|各司其职|开展工作|分工负责)(?:实施|推进)?)|分工负责|各负其责|分别负责"
_VERB = re.compile(
    rf"(?P<names>.*?)(?:(?P<division>{_DIVISION})"
    r"|(?P<lead>(?:共同|联合|分别)?(?:负责牵头(?:落实|推进|组织实施)?|牵头负责|牵头落实|牵头推进|牵头组织实施|牵头组织|牵头实施|牵头抓总|牵头)|作为牵头(?:单位|部门)|为牵头(?:单位|部门)|总牵头|(?<!不)主办|统筹负责|总负责)"
    r"|(?P<carry>(?:按照?职责)?(?:负责)?(?:具体|抓好|组织|贯彻|推进|推动|认真|抓|共同|分别)?(?:落实(?:属地|主体|监管|管理)责任|落实|组织实施|实施|承办|执行)(?:到位)?|负责(?:落实|组织实施|具体实施|实施|具体落实|推进落实))"
    r"|(?P<help>(?:协同|积极|共同)?(?:配合|参与|参加|协助|协办|协同|支持|协作)(?:配合|落实|实施|推进|负责)?)"
    r"|(?P<all>(?:共同|联合|具体|全面)?负责(?:推进)?))$"
)
_LABEL = re.compile(
    r"(?P<label>(?:主要)?(?:牵头|责任|配合|参与|参加|协办|协助|主办|承办|落实|实施|协同|支持|组织实施|主责|具体实施)(?:和(?:配合|责任|参与))?(?:责任)?(?:单位|部门|主体|机构|地区|人|科室|领导)?(?:（[^（）]{0,8}）)?：)"
)
_FIRST_LEADS = re.compile(
    r"(?:(?:排|列)(?:在|名)?(?:第一位?|首位|第一名|第一顺位|在前)|第一(?:个|位|家)?|首位|排名第一|名列第一)的?(?:单位|部门|责任单位)?(?:的)?(?:作)?为(?:总)?牵头(?:单位|部门|责任单位)?|第一(?:个)?(?:单位|部门)(?:牵头|为牵头)"
)
_BLANKET = re.compile(
    r"(?P<scope>以下|下述|下列|上述|以上|各|所有|全部|本方案|其他|其余)?(?:各项|所有|全部|重点|工作|任务|措施|内容|涉及|的){0,4}(?:任务|工作|措施|内容|事项)?(?:均|都|皆|全部)?(?:需|须|由|要|应)(?:要)?(?P<names>[^，。；需由]{2,60}?)(?:共同|具体|负责|组织|抓好|分别|认真|按照?职责(?:分工)?|贯彻|配合)*(?:落实|实施|执行|推进)"
)
_DUTY_WORD = re.compile(r"负责|牵头|配合|落实|参与|组织实施|主办|协办|承办|协助|责任(?:单位|部门|主体)")
# What a clause adds about time: 完成时限：2025年底; 2025年底前完成; 持续推进.
_TIMED = re.compile(
    r"[，；。、]?(?:完成)?(?:时限|时间|期限)：?[^，；。]*$|[，；](?:长期|持续)(?:坚持|推进|实施)?$|[，；]20\d{2}年[^，；]{0,10}(?:完成)?$"
)
_LABEL_LINE = re.compile(
    r"^(?:[（\[【〔]?)(?:主要)?(?:牵头|责任|配合|主办|承办|实施|落实|协办|主责|组织实施)(?:和配合)?(?:责任)?(?:单位|部门|主体|科室)"
)


_POSSIBLE = re.compile("[局委办部厅院署会公司府道心位处队校行社团联站所区县市镇乡]")
_LONGEST = 800  # the longest clauses name some thirty bodies


@dataclass(frozen=True)
class Statement:
    """``role``: lead, help, carry, division, all, names; ``verb`` as written."""

    role: str
    names: tuple[str, ...]
    verb: str | None
    open_ended: bool


_OPENING, _CLOSING = "（〔【[", "）〕】]"


def brackets(text: str) -> Iterator[tuple[int, int]]:
    """Outermost brackets of a regular text, [start, end) with the brackets."""
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char == "\n":
            depth = 0
        elif char in _OPENING:
            if depth == 0:
                start = index
            depth += 1
        elif char in _CLOSING and depth:
            depth -= 1
            if depth == 0:
                yield start, index + 1


def _unwrapped(line: str) -> str:
    """A line without the one pair of brackets around it."""
    line = line.rstrip("。\n")
    if line[:1] in tuple(_OPENING):
        return line[1:].removesuffix(_CLOSING[_OPENING.index(line[0])])
    return line


def find_duties(passage: str) -> list[Duty]:
    """Duty clauses of a passage handed in alone, with or without the bracket around them."""
    script = regularise(passage)
    found = duties_of(script, passage)
    bare = script.text.strip("。\n")
    if not found and bare and not re.search(r"[\n]", bare):
        # A clause written without its bracket: all of it must read as one, and it must say who does what.
        inner = bare[1:-1] if bare.startswith("（") and bare.endswith("）") else bare
        duty = read_clause(inner)
        if duty and duty.verb:
            start, end = script.span(script.text.index(bare), script.text.index(bare) + len(bare))
            found = [replace(duty, raw=passage[start:end], span=(start, end))]
    return found


def duties_of(script: Script, text: str) -> list[Duty]:
    """Duty clauses of one paragraph; ``text`` is the whole text its positions lead back to."""
    out: list[Duty] = []
    if _LABEL_LINE.match(script.text):
        duty = read_clause(_unwrapped(script.text))
        if duty:
            end = len(script.text.rstrip("\n"))
            start_at, end_at = script.span(0, end)
            return [replace(duty, raw=text[start_at:end_at], span=(start_at, end_at))]
    for start, end in brackets(script.text):
        # A duty closes its sentence; what goes on behind the bracket makes it an aside.
        behind = script.text[end : end + 1]
        if behind and behind not in "。；，\n（〔【[！":
            continue
        duty = read_clause(script.text[start + 1 : end - 1])
        if duty:
            first, last = script.span(start, end)
            out.append(replace(duty, raw=text[first:last], span=(first, last)))
    if not out:
        label = re.search(r"(?<=[。；）])(?:牵头|责任)(?:责任)?(?:单位|部门)：", script.text)
        if label:
            duty = read_clause(script.text[label.start() :].rstrip("\n"))
            if duty:
                first, last = script.span(label.start(), len(script.text.rstrip("\n")))
                out.append(replace(duty, raw=text[first:last], span=(first, last)))
    return out


def read_clause(clause: str) -> Duty | None:
    """The duty that a clause in regular form states; None where it states none. Span and raw are empty."""
    sentences = [s for s in re.split("。", clause[: _LONGEST + 1]) if s]
    if not sentences or len(clause) > _LONGEST or not _POSSIBLE.search(clause):
        return None
    default, kept = _default_rule(sentences[1:])
    first = sentences[0]
    if kept:
        first = "；".join([first, *kept])
    leads_first = _FIRST_LEADS.search(first)
    if leads_first:
        first = re.sub(r"[，；]?[^，；]*$", "", first[: leads_first.start()]) or first[: leads_first.start()]
        default = default or DefaultRule(leads_first.group(), first_named_leads=True, scope="all")
    first = _TIMED.sub("", first)
    statements = _statements(first)
    if not statements:
        return None
    if not any(s.verb for s in statements) and not all(
        is_surely_body(n) for s in statements for n in s.names
    ):
        return None
    return _duty(statements, default)


def _default_rule(sentences: list[str]) -> tuple[DefaultRule | None, list[str]]:
    kept: list[str] = []
    rule: DefaultRule | None = None
    for sentence in sentences:
        found = blanket(sentence)
        if found:
            rule = found
        elif _DUTY_WORD.search(sentence):
            kept.append(sentence)
    return rule, kept


def blanket(sentence: str) -> DefaultRule | None:
    """以下各项任务均需各街道落实; 列第一位的为牵头单位."""
    if _FIRST_LEADS.search(sentence):
        return DefaultRule(
            sentence, first_named_leads=True, scope="later" if re.match("以下|下述|下列", sentence) else "all"
        )
    match = _BLANKET.search(sentence)
    if match and (match["scope"] or "任务" in sentence or "工作" in sentence):
        names, _ = split_names(match["names"])
        if names and all(is_body(n) for n in names):
            return DefaultRule(
                sentence,
                tuple(names),
                scope="later" if re.match("以下|下述|下列|其[他余]", match.group()) else "all",
            )
    return None


def _statements(clause: str) -> list[Statement]:
    """The clause parted into statements, or nothing where a part is none."""
    if _LABEL.match(clause):
        return _labelled(clause)
    together = re.match(
        r"^由?(?P<lead>.+?)(?:牵头，?)?(?:会同|商|联合)(?P<help>.+?)(?P<verb>(?:共同|具体|抓好|组织|按照?职责分工)*(?:负责|落实|组织实施|实施|推进|制定|牵头)(?:落实|实施)?)$",
        clause,
    )
    if together and is_body(together["lead"].split("、")[-1]):
        lead, one = split_names(together["lead"])
        aid, two = split_names(together["help"])
        if all(map(is_body, [*lead, *aid])):
            return [
                Statement("lead", tuple(lead), "会同" + together["verb"], one),
                Statement("help", tuple(aid), None, two),
            ]
    out: list[Statement] = []
    pending = ""
    for part in re.split("(?<=[，；])", clause):
        pending += part
        body = pending.rstrip("，；")
        if not body:
            continue
        # 各街道负责落实 closes at its verb; names parted by commas wait for theirs.
        read = _statement(body)
        if read is not None:
            out.extend(read)
            pending = ""
    if pending.strip("，；"):
        names, open_ended = split_names(pending)
        if names and all(is_body(n) for n in names):
            out.append(Statement("names", tuple(names), None, open_ended))
        elif not out or _DUTY_WORD.search(pending) is None:
            return []
    return out


def _statement(body: str) -> list[Statement] | None:
    # A牵头、B配合 and A牵头B、C配合 hold two statements in one part.
    inner = re.match(
        r"^(?P<one>[^，；]+?(?:牵头负责|牵头))、?(?P<two>[^，；]+(?:配合|参与|协助|协同|落实|负责|协办))$",
        body,
    )
    if inner and not re.match("负责|落实|组织|推进|实施|抓", inner["two"]):
        one, two = _statement(inner["one"]), _statement(inner["two"])
        if one and two:
            return [*one, *two]
    match = _VERB.match(body)
    if not match:
        return None
    names, open_ended = split_names(match["names"])
    role = next(r for r in ("division", "lead", "carry", "help", "all") if match[r])
    if (
        role == "division"
        and re.search("落实|实施", match["division"])
        and re.match("各", match["names"])
        and len(names) == 1
    ):
        role = "carry"
    if not names or not all(is_body(n) for n in names):
        return None
    return [Statement(role, tuple(names), match[role], open_ended)]


_LABEL_ROLE = (
    ("配合|参与|参加|协办|协助|协同|支持", "help"),
    ("牵头|主办|主责", "lead"),
    ("落实|实施|承办", "carry"),
    ("责任", "names"),
)


def _labelled(clause: str) -> list[Statement]:
    out: list[Statement] = []
    marks = list(_LABEL.finditer(clause))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        text = clause[mark.end() : following.start() if following else len(clause)].strip("；，、。 ")
        if text.count("（") != text.count("）"):
            text = text.strip("（）")
        role = next(
            (r for pattern, r in _LABEL_ROLE if re.match(rf"(?:主要)?(?:{pattern})", mark["label"])), "names"
        )
        verb = mark["label"].rstrip("：")
        if _VERB.match(text) and role in ("names", "lead"):
            inner = _statements(text)
            if inner:
                out.extend(inner)
                continue
        names, open_ended = split_names(text)
        if not names or not any(is_body(n) for n in names):
            return []
        out.append(Statement(role, tuple(names), verb, open_ended))
    return out


def _duty(statements: list[Statement], default: DefaultRule | None) -> Duty | None:
    by_role: dict[str, list[Statement]] = {}
    for statement in statements:
        by_role.setdefault(statement.role, []).append(statement)

    def names(*roles: str) -> list[str]:
        return [n for s in statements if s.role in roles for n in s.names]

    leads, helpers, others = names("lead"), names("help"), names("division", "all", "names")
    carriers = names("carry")
    told = [s for s in statements if s.role != "carry"]
    executors = tuple(Executor(n, "落实", True) for n in carriers)
    verb = "；".join(s.verb for s in statements if s.verb) or None
    open_ended = any(s.open_ended for s in told or statements)
    if leads:
        rule = (
            "lead_cooperate"
            if helpers
            else "lead_division"
            if others
            else "joint_lead"
            if len(leads) > 1
            else "lead_only"
        )
        basis = "stated"
    elif "division" in by_role:
        rule, basis = "division_of_duties", "first_named"
    elif others and helpers:
        # A负责，B配合: who answers is said, and who helps him.
        rule, basis, leads = "lead_cooperate", "stated", others
        others = []
    elif "all" in by_role:
        together = re.match("共同|联合", by_role["all"][0].verb or "")
        if len(others) == 1:
            rule, basis = "sole", "sole"
        elif together:
            rule, basis, leads, others = "joint_lead", "stated", others, []
        else:
            rule, basis = "division_of_duties", "first_named"
    elif "names" in by_role:
        rule, basis = ("sole", "sole") if len(others) == 1 and verb else ("unspecified", "none")
    elif carriers:
        # Nobody but those who carry out: they are the bodies of the clause as well.
        told = statements
        others = carriers
        rule, basis = ("sole", "sole") if len(carriers) == 1 else ("unspecified", "none")
    else:
        return None
    everyone = [*leads, *others, *helpers]
    if not leads:
        lead_name = None if basis == "none" else everyone[0]
    else:
        lead_name = leads[0]
    if default and default.first_named_leads and lead_name is not None and basis != "stated":
        basis = "stated"
    elif default and default.first_named_leads and everyone:
        lead_name, basis = everyone[0], "stated"
    bodies = tuple(n for s in told for n in s.names)
    cooperating = tuple(n for n in bodies if n != lead_name and n not in leads) if lead_name else ()
    return Duty(
        raw="",
        span=(0, 0),
        bodies=bodies,
        lead=lead_name,
        lead_basis=basis,
        cooperating=cooperating,
        rule=rule,
        verb=verb,
        open_ended=open_ended,
        executors=executors,
        default_rule=default,
        leads=tuple(leads) if leads else ((lead_name,) if lead_name else ()),
    )
