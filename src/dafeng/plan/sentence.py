"""Targets of one sentence: clauses from left to right, with what the sentence carries along.

A quantity is the anchor. Left of it stands an unbroken chain of predicate words (``predicate``), left of that the
name back to the boundary (``nouns``, ``verbs``); what stands right of it decides its office (``offices``); 分别
spreads what is listed (``values``). Targets without a quantity come from ``rules``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from dafeng.plan import leaning, nouns, reporting, rules
from dafeng.plan.clauses import Clause, Context, split_clauses
from dafeng.plan.lexer import Token, tokens
from dafeng.plan.model import Target
from dafeng.plan.numbers import Quantity
from dafeng.plan.offices import AT_RATE, VALUE_TAIL, office, reports, unmeasured
from dafeng.plan.periods import Deadline, Period
from dafeng.plan.predicate import BOUNDING, Mode, read_chain
from dafeng.plan.script import HIDDEN, Script
from dafeng.plan.telling import told
from dafeng.plan.values import Value, gather, spread
from dafeng.plan.verbs import part_of_whole, verb_in_phrase
from dafeng.plan.words import LIGHT

_LAST_PAST_YEAR = 2022  # a bare year up to here reports (2020年，…达到…); 到2020年 still orders
_LAST_PAST_PLAN = 2020
_LAST_TOLD_YEAR = 2024  # 2023年地区生产总值1.28万亿元: no verb, a figure of the day
_LAST_PAST_SINCE = 2025  # 截至2025年, “十四五”前三年
_RATE_WORDS = ("年均", "平均每年", "逐年")
_EFFORT = re.compile("(?:努力|时间|左右)$")
_GRADE = re.compile("(?:国家|省|市|区|县)级(?:以上)?")
_GRADED = re.compile("(?:国家|省|市|区|县)级(?:以上)?([^，。；、\\d]{2,})$")  # 3个省级、10个市级低碳试点
_WISH = re.compile("^(?:提高|提升|增加|降低|减少|控制|扩大|优化|改善)+")
_ASIDE_UNIT = re.compile("^（[^（）]{1,4}）")  # 15台（套）设备
_BEHIND_NOUN = re.compile(f"[^，。；、{HIDDEN}]{{1,8}}?(?P<post>以上|以下|以内|左右)(?=$|[，。；、])")


class SentenceReader:
    """Reads ``script.text[start:end]``; ``bare``: the sentence was handed in alone, so its undated rules are targets."""

    def __init__(self, script: Script, masked: str, start: int, end: int, context: Context, bare: bool):
        self.script, self.text, self.masked = script, script.text, masked
        self.start, self.end, self.bare = start, end, bare
        self.found: list[Target] = []
        self.tokens = list(tokens(masked, start, end))
        periods = [t.period for t in self.tokens if t.period]
        self.context = context.heir(any(p.office != "base" and not p.yearly for p in periods))
        self._hedged = any(t.kind == "qualifier" for t in self.tokens)
        self._compares = any(t.text in ("同比", "环比") for t in self.tokens)
        self._quotes = reporting.quotes(masked, start, end)
        self._hedge: str | None = None  # the qualifier of the clause
        self._opening_hedge: str | None = None  # 力争经过三年努力，…: it belongs to the clause that follows
        self._anchor = start  # where the quote of the next target starts
        self._floor = start  # where the name of the next target can start at the earliest
        self._idle = ""  # the clause before, where it had no predicate: a subject for the next
        self._idle_start = start
        self._empty = False  # the clause before held nothing but dates and hedges
        self._dated_before = False
        self._yearly_here = self._yearly_before = False
        self._plain_year = False  # the date is a bare year: 2023年地区生产总值1.28万亿元
        self._rewards = False  # 给予奖补，单个项目不超过300万元: sums paid out, until the next date

    # ---- the walk ----

    def read(self) -> list[Target]:
        for number, clause in enumerate(
            split_clauses(self.text, self.masked, self.start, self.end, self.tokens)
        ):
            self._read_clause(clause, number)
        return self.found

    def _read_clause(self, clause: Clause, number: int) -> None:
        context, before = self.context, len(self.found)
        self._floor = clause.start
        if not self._empty:
            self._anchor = clause.start
        self._hedge, self._opening_hedge = self._opening_hedge, None
        self._dated_before = self._empty and context.dated
        self._rewards = self._rewards or any(t.kind == "reward" for t in clause.tokens)
        if self._rewards and not any(t.period for t in clause.tokens):
            self._empty = False
            return
        self._rewards = False
        self._yearly_before = context.yearly and bool(self.found)
        if self._yearly_here:
            context.yearly = self._yearly_here = False  # 年均增长6%，覆盖率达到55%: only the growth is yearly
        consumed = clause.start
        for index, token in enumerate(clause.tokens):
            if token.period:
                self._apply(token.period, token, clause, number)
            elif token.kind == "past":
                context.past = context.past or not self._behind_predicate(clause, token)
            elif token.kind == "qualifier":
                self._hedge = self._hedge or token.text
                context.past = False
            if token.start < consumed:
                continue
            if token.quantity:
                consumed = max(consumed, self._quantity(clause, index, token.quantity))
            elif token.kind in rules.KINDS:
                consumed = max(consumed, self._rule(clause, index))
        if len(self.found) == before:
            self._assigned(clause)
        self._idle = "" if len(self.found) > before else nouns.clean(clause.said())[0] or self._idle
        self._empty = len(self.found) == before and not nouns.clean(clause.said())[0]
        if not self._empty:
            self._idle_start = self._anchor
        if len(self.found) == before and self._hedge and _EFFORT.search(self.text, clause.start, clause.end):
            self._opening_hedge = self._hedge

    def _apply(self, period: Period, token: Token, clause: Clause, number: int) -> None:
        """Takes a date into the context; a new date ends an old hedge and what was past."""
        context = self.context
        if period.yearly:
            context.yearly = True
            self._yearly_here = token.text in _RATE_WORDS
        if period.office == "base":
            context.base_year, context.base = period.base_year, period.base
        elif period.office == "past":
            context.past, context.deadlines = True, ()
        elif period.office == "start":
            context.start, context.deadlines, context.past = period.start, (), False
        elif period.office == "deadline":
            limit = _LAST_PAST_YEAR if period.start is None else _LAST_PAST_PLAN
            if period.extra.get("since"):
                limit = _LAST_PAST_SINCE
            over = max(d.year for d in period.deadlines) <= limit or self._compares
            # 下降16.2%，提前一年完成目标: what is done is told.
            over = over or reporting.boasts(self.masked, token.end, self.end)
            # 已连续三年下降，2024年降至…: a bare year behind what is past is past as well.
            over = over or (context.past and max(d.year for d in period.deadlines) <= _LAST_PAST_SINCE)
            context.past = period.plain and over and not self._hedged
            self._plain_year = period.plain and period.start is None
            context.deadlines, context.start = period.deadlines, period.start
            earlier = [t.period for t in clause.tokens if t.period and t.start < token.start]
            context.yearly = period.yearly or any(p.yearly for p in earlier)
            # 力争到2025年: the hedge holds as far as the date does.
            ahead = self.text[clause.start : token.start]
            context.qualifier = self._hedge if self._hedge and self._hedge in ahead else None
            if number == 0 and not nouns.clean(ahead)[0]:
                context.opened_by_period = True

    def _behind_predicate(self, clause: Clause, past: Token) -> bool:
        """不应大于现状总面积的20%: behind the verb the word qualifies a noun and reports nothing."""
        return any(t.kind in BOUNDING and self._floor <= t.start < past.start for t in clause.tokens)

    def _move_on(self, used: int) -> int:
        self._floor = self._anchor = used
        while self._anchor < self.end and self.text[self._anchor] in "、和及与，":
            self._anchor += 1
        return used

    # ---- quantities ----

    def _quantity(self, clause: Clause, index: int, quantity: Quantity) -> int:
        """Reads the predicate around a quantity; returns the position up to which the clause is used."""
        token, context, floor = clause.tokens[index], self.context, self._floor
        chain = clause.chain(index, floor)
        edge = chain[0].start if chain else token.start
        phrase, scope = nouns.clean(clause.phrase(floor, edge))
        role = office(clause, index, floor, chain, phrase, context)
        if role == "selection":
            return token.start
        mode, based = read_chain(chain), context.base_year is not None
        if context.past or self._quotes or reports(clause, token, floor):
            if phrase:
                context.subject, _ = verb_in_phrase(clause, floor, edge, phrase, mode, quantity, chain, based)
            return token.start
        if unmeasured(clause, token, floor, chain, context):
            return token.start
        if role == "count":
            return self._count(clause, index, quantity, chain, mode)
        if role == "share":
            return self._share(clause, token, quantity, mode, scope)
        phrase, mode, whole = part_of_whole(clause, floor, edge, phrase, mode)
        phrase, mode = verb_in_phrase(clause, floor, edge, phrase, mode, quantity, chain, based)
        inherited = not phrase
        if inherited:
            phrase, scope = self._subject(), scope or context.scope
            if mode.verb == "完成" and quantity.ratio and context.mode is not None:
                mode = context.mode  # 下降13%，力争完成14.5%
        among = self._idle if self._idle and phrase and self._floor == clause.start else ""
        if among and leaning.AMONG.search(among):
            self._anchor = min(self._anchor, self._idle_start)
            phrase = among + phrase  # 新增公交、出租等车辆中，新能源车比例…
        else:
            within = "其中" in self.text[max(self.start, clause.start - 3) : clause.start + 2]
            phrase = leaning.completed(phrase, quantity, mode, context, within)
        if role == "adverbial":
            return self._adverbial(clause, token, quantity, mode, phrase, scope)
        if self.found:
            if not mode.tells:
                self._hedge = self._hedge or context.hedge
            mode = leaning.taken_over(mode, token, phrase, context, self._floor > clause.start)
        hedged = bool(self._hedge or context.qualifier)
        told = self._plain_year and context.dated and context.deadlines[-1].year <= _LAST_TOLD_YEAR
        dated = (context.dated and not (told and not mode.tells and not token.post)) or context.yearly
        listed = bool(self.found) or quantity.value == 100
        if not phrase or not leaning.orders(mode, token.post, dated, hedged, listed):
            return token.start
        return self._value(clause, token, mode, phrase, scope, whole, inherited)

    def _value(
        self,
        clause: Clause,
        token: Token,
        mode: Mode,
        phrase: str,
        scope: str | None,
        whole: str,
        inherited: bool,
    ) -> int:
        """比重达到20%, with what is listed and what stands behind it (83%节能要求, 30%额定负荷以下)."""
        apart = "分别" in self.masked[self._floor : token.start]
        behind = [t for t in self.tokens if t.start >= token.end]
        listed, used = gather(self.masked, self.end, token, behind, mode, apart)
        edge = used
        late = _BEHIND_NOUN.match(self.masked, used, clause.end)
        if late and len(listed) == 1 and not listed[0].post:
            listed = [replace(listed[0], post=late["post"])]
            used = late.end()
        tail = VALUE_TAIL.match(self.masked, used, clause.end)
        if tail and tail.end() > used:
            used = tail.end()
            noun = self.masked[edge:used].replace(HIDDEN, "").removeprefix("的")
            if len(noun) > 2 and not noun.endswith(("目标", "任务", "规模")):
                phrase += noun
        first = len(self.found)
        self._emit(phrase, scope, listed, used, apart or len(listed) > 1, inherited)
        if whole:
            for target in self.found[first:]:
                target.more["relative_to"] = whole
        self.context.hedge = self._hedge
        return self._move_on(used)

    def _subject(self) -> str:
        """What a predicate without a name speaks of: the clause before it, or the last name."""
        if self._idle and nouns.nounlike(self._idle):
            self._anchor = min(self._anchor, self._idle_start)
            return _WISH.sub("", self._idle)
        if not self.context.subject and self._idle and (self.context.dated or self.context.yearly):
            # 近零能耗建筑规模化推广，累计建成50万平方米: what the clause before spoke of.
            self._anchor = min(self._anchor, self._idle_start)
            return self._idle if len(self._idle) <= 30 else ""
        return self.context.subject

    def _count(self, clause: Clause, index: int, quantity: Quantity, chain: list[Token], mode: Mode) -> int:
        """建成5个零碳园区: the noun follows its number, up to the next number or verb of a list."""
        token, end = clause.tokens[index], clause.end
        later = clause.tokens[index + 1 :]
        for joint, following in pairwise(later):
            opens = following.start == joint.end and following.kind in ("quantity", "add", "qualifier")
            if joint.kind in ("conjunction", "point") and opens:
                end = joint.start
                break
        last = later[-1] if later else None
        if end == clause.end and last and last.quantity and not clause.rest(last):
            # 改造6个断面、检测设备33台: the last number stands behind a noun of its own.
            joints = [t for t in later if t.kind in ("conjunction", "point") and t.start < last.start]
            end = joints[-1].start if joints else end
        name, scope = nouns.clean(_ASIDE_UNIT.sub("", self.text[token.end : end]).removeprefix("的"))
        if not name:
            return token.start
        if _GRADE.fullmatch(name) and (whole := _GRADED.search(self.text, end, clause.end)):
            name += whole[1]
        if chain and chain[-1].text == "突破":
            mode = Mode(sign="==")  # 突破10项技术: they are broken through, not exceeded
        if mode.direction and quantity.counts:
            # 更新提升6个站房: what is improved is counted, it does not grow.
            made = "".join(t.text for t in chain if t.kind in ("add", "reduce", "increase"))
            mode, name = Mode(sign="=="), made + name
        before = self.context.mode
        verb = mode.verb or (before.verb if before and not chain else "")
        if verb and verb not in LIGHT:
            name = verb + name
        achieved = bool(chain) and chain[-1].text == "实现" and not mode.verb
        if not mode.tells:
            mode = Mode(sign="==", verb=verb)
        elif achieved:
            mode = replace(mode, sign="==")
        self._emit(name, scope, [Value(quantity, token.post, mode)], end, False, False)
        return self._move_on(end)

    def _share(self, clause: Clause, token: Token, quantity: Quantity, mode: Mode, scope: str | None) -> int:
        """80%以上的党政机关建成节约型机关: the noun and its predicate follow the share."""
        name, inner = nouns.clean(self.text[token.end : clause.end].removeprefix("的"))
        told = mode.tells or token.post or self.context.dated or self._hedge or self.bare
        if len(name) < 3 or not told:
            return token.start
        value = Value(
            quantity, token.post, Mode(sign="" if mode.sign == ">=" else mode.sign, about=mode.about)
        )
        self._emit(name, scope or inner, [value], clause.end, False, False)
        return self._move_on(clause.end)

    def _adverbial(
        self, clause: Clause, token: Token, quantity: Quantity, mode: Mode, phrase: str, scope: str | None
    ) -> int:
        """新建建筑100%执行绿色建筑标准: the predicate follows the share of what precedes it."""
        if not phrase:
            return token.start
        cut = re.search("、(?=[^、]{2,20}\\d)", self.masked[token.end : clause.end])
        end = token.end + cut.start() if cut else clause.end
        rest = AT_RATE.sub("", self.text[token.end : end].strip(HIDDEN))
        name = (re.sub("(?:按照?|以)$", "", phrase) + rest).rstrip("的")
        value = Value(quantity, token.post, Mode(sign="" if mode.verb else mode.sign, about=mode.about))
        self._emit(name, scope, [value], end, False, False)
        return self._move_on(end)

    # ---- targets without a quantity ----

    def _rule(self, clause: Clause, index: int) -> int:
        token, context, floor = clause.tokens[index], self.context, self._floor
        chain = clause.chain(index, floor)
        phrase, scope = nouns.clean(clause.phrase(floor, chain[0].start if chain else token.start))
        view = rules.View(clause, token, chain, phrase, scope, self._dated_before)
        found = rules.read(view, context.past, context.dated, self.bare, context.subject)
        if found is None or (found.comparator == "peak_before" and not context.dated):
            return token.start
        if not found.indicator:
            found = replace(found, indicator=self._subject() or self._idle)
            if not found.indicator:
                return token.start
        if context.yearly and found.comparator != "peak_before":
            found.more.setdefault("recurrence", "yearly")
        deadlines = context.dates()
        if deadlines == [None] and context.start and found.kind == "rule":
            deadlines = [Deadline(context.start)]  # 2026年起，禁止…: in force by then
        apart = "分别" in self.masked[floor : token.start]
        for deadline in deadlines:
            for name in nouns.members(found.indicator) if apart else [found.indicator]:
                year = deadline.year if deadline and found.comparator == "peak_before" else found.value
                self._add(replace(found, indicator=name, value=year), found.end, deadline)
        context.subject = found.indicator
        return self._move_on(found.end)

    def _assigned(self, clause: Clause) -> None:
        found = rules.assigned(clause)
        if found is None or self.context.past:
            return
        name = found.indicator or self._subject()
        if not name:
            return
        for deadline in self.context.dates():
            self._add(replace(found, indicator=name), found.end, deadline)
        self.context.subject = name
        self._move_on(found.end)

    # ---- what comes out ----

    def _emit(
        self, phrase: str, scope: str | None, listed: list[Value], end: int, apart: bool, inherited: bool
    ) -> None:
        context, mode = self.context, listed[0].mode
        yearly = context.yearly
        if (
            self._yearly_before
            and not (mode.verb or mode.direction)
            and mode.sign
            and listed[0].quantity.ratio
        ):
            context.yearly = False  # 每年新增10万千瓦，覆盖率达到60%: only the first is yearly
        cells = spread(phrase, listed, apart, inherited, context)
        for cell in cells:
            found, top = told(cell, phrase, scope, context)
            self._add(found, end, cell.deadline, top)
        context.subject, context.scope = phrase, scope
        context.names.extend(dict.fromkeys(c.name for c in cells))
        context.yearly = yearly
        context.mode, context.unit = listed[0].mode, listed[-1].quantity.unit

    def _add(self, found: rules.Found, end: int, deadline: Deadline | None, top: float | None = None) -> None:
        """Adds a target that ends at ``end``; its quote starts where the clause (or its date) does."""
        context, start = self.context, self._anchor
        while start < end - 1 and self.text[start] in "、，；：和及与":
            start += 1
        more = dict(found.more)
        if found.scope:
            more["scope"] = found.scope
        if deadline is not None:
            more["deadline_inclusive"] = deadline.inclusive
            if deadline.month:
                more["deadline_month"] = deadline.month
            if deadline.about:
                more["deadline_about"] = True
        if context.start is not None:
            more["start"] = context.start
        based = found.kind == "change"
        if based and context.base and context.base_year is None:
            more["base"] = context.base
        self.found.append(
            Target(
                quote="",  # filled in by the caller, who holds the text as read
                span=self.script.span(start, end),
                indicator=found.indicator,
                comparator=found.comparator,
                value=found.value,
                unit=found.unit,
                kind=found.kind,
                value_max=top,
                base_year=context.base_year if based else None,
                deadline=deadline.year if deadline else None,
                qualifier=self._hedge or context.qualifier,
                more=more,
            )
        )
