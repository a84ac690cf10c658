"""Targets of one sentence: clauses from left to right, with what the sentence carries along.

A quantity is the anchor. Left of it stands an unbroken chain of predicate words, left of that the noun
phrase back to the clause boundary; what stands right of it decides its office (value, count before its
noun, share of its noun, or a selection that is no target).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from dafeng.plan import nouns, rules
from dafeng.plan.lexer import Token, tokens
from dafeng.plan.model import Target
from dafeng.plan.numbers import DURATIONS, Quantity, tidy
from dafeng.plan.periods import Deadline, Period
from dafeng.plan.predicate import CHAIN, Mode, comparator, read_chain
from dafeng.plan.script import HIDDEN, Script
from dafeng.plan.words import ACHIEVE, LIGHT

Office = Literal["value", "count", "share", "adverbial", "selection"]

_LAST_PAST_YEAR = 2022  # a bare year up to here reports (2020年，…达到…); 到2020年 still orders
_LAST_PAST_PLAN = 2020
_VALUE_TAIL = re.compile(
    rf"的?{HIDDEN}*(?:(?:(?!达到|实现|符合|执行|建成|满足|完成|制定)[^，。；、\d]){{0,8}}?(?:目标|要求|水平|标准|任务|指标|范围|区间|规模|控制线)(?:任务|要求|值)?)?(?=$|[，。；、：！])"
)
_GOES_ON = re.compile(r"(?:和|与|及|以及|并|且|而|以便|从而|时|、|，|；|其中|后|之后|，)")
_ADVERBIAL = re.compile(
    r"(?:要|应|须)?(?:建成|建立|达标|由|停止|不再|禁止|取消|达到|实现|采用|使用|执行|安装|完成|更换|配备|覆盖|落实|接入|纳入|开展|实施|建有|建设|为|替换|投入|通过|具备|设置|淘汰|配置|实行|更新|参与|得到|回收|进行|收集|利用|无害化|资源化|电动化|清洁化|签订|按照|符合|应用)"
)
_LONGEST_NAME = 150  # characters before a predicate that can belong to its indicator
# 由60%提高到80%: where it starts from is not part of the name.
_STARTED = re.compile("(?:由|从)(?:\\d{4}年(?:底|末)?)?的?约?[\\d.]+(?:-[\\d.]+)?[^\\d，由从的]{0,14}$")
_PER_PIECE = re.compile("每(?:新增|推广|替代|建成|改造|节约|使用|利用|回收|减少|增加|生产|消纳|投入)\\d")
_UPON = re.compile("在[^，。；、在]{2,14}基础上$")
_REACHING = {"实现", "达到", "完成", "形成"}
_AT_RATE = re.compile("的(?:比例|标准|要求)(?=[一-龥]{2})")
_SEASON = re.compile("(?:夏季|冬季|春季|秋季|采暖季|非采暖季)$")


@dataclass
class Context:
    """What a sentence carries from clause to clause."""

    deadlines: tuple[Deadline, ...] = ()
    start: int | None = None
    base_year: int | None = None
    base: str = ""
    yearly: bool = False
    past: bool = False
    qualifier: str | None = None
    opened_by_period: bool = False
    subject: str = ""
    scope: str | None = None
    mode: Mode | None = None
    unit: str | None = None
    names: list[str] = field(default_factory=list)

    def heir(self, own_period: bool) -> Context:
        """What the next sentence of the paragraph starts with."""
        if own_period:
            return Context()
        if self.opened_by_period and not self.past:
            return Context(
                deadlines=self.deadlines, start=self.start, opened_by_period=True, qualifier=self.qualifier
            )
        return Context(past=self.past)


@dataclass
class Clause:
    start: int
    end: int
    tokens: list[Token]


class SentenceReader:
    """Reads ``script.text[start:end]``; ``bare``: the sentence was handed in alone, so its undated rules are targets."""

    def __init__(self, script: Script, masked: str, start: int, end: int, context: Context, bare: bool):
        self.script, self.text, self.masked = script, script.text, masked
        self.start, self.end, self.bare = start, end, bare
        self.found: list[Target] = []
        self.tokens = list(tokens(masked, start, end))
        hedged = any(t.kind == "qualifier" for t in self.tokens)
        self.hedged = hedged
        own = any(
            t.kind == "period" and t.period and t.period.office != "base" and not t.period.yearly
            for t in self.tokens
        )
        self.context = context.heir(own)
        self.clause_qualifier: str | None = None
        self.anchor = start
        self.np_start = start
        self.idle_text = ""  # the clause before, where it had no predicate

    # ---- the walk ----

    def read(self) -> list[Target]:
        for number, clause in enumerate(self._clauses()):
            self._read_clause(clause, number)
        return self.found

    def _clauses(self) -> list[Clause]:
        out: list[Clause] = []
        start, inside = self.start, []
        for token in self.tokens:
            if token.kind == "point" and token.text != "、":
                out.append(Clause(start, token.start, inside))
                start, inside = token.end, []
            else:
                inside.append(token)
        out.append(Clause(start, self.end, inside))
        return out

    def _read_clause(self, clause: Clause, number: int) -> None:
        context = self.context
        before = len(self.found)
        self.np_start = clause.start
        if not self._empty_clause:
            self.anchor = clause.start
        self.clause_qualifier = None
        self._dated_before = self._empty_clause and bool(context.deadlines)
        if any(t.kind == "reward" for t in clause.tokens):
            self._empty_clause = False
            return
        consumed = clause.start
        for index, token in enumerate(clause.tokens):
            if token.kind == "period":
                self._apply(token.period, token, clause, number)
            elif token.kind == "past":
                context.past = True
            elif token.kind == "qualifier":
                self.clause_qualifier = self.clause_qualifier or token.text
                context.past = False
            if token.start < consumed:
                continue
            if token.kind == "quantity":
                consumed = max(consumed, self._quantity(clause, index))
            elif token.kind in rules.KINDS:
                consumed = max(consumed, self._rule(clause, index))
        if len(self.found) == before:
            consumed = max(consumed, self._assigned(clause))
        begin = max(clause.start, clause.end - _LONGEST_NAME)
        said = self.masked[begin : clause.end]
        for token in reversed(clause.tokens):
            if token.kind in ("period", "qualifier") and token.start >= begin:
                at = token.start - begin
                said = said[:at] + said[at + len(token.text) :]
        if len(self.found) == before:
            bare_text, _ = nouns.clean(said)
            self._empty_clause = not bare_text
            if bare_text:
                self.idle_text = bare_text
                self._idle_start = self.anchor
        else:
            self._empty_clause = False
            self.idle_text = ""

    _empty_clause = False
    _dated_before = False
    _idle_start = 0

    def _apply(self, period: Period | None, token: Token, clause: Clause, number: int) -> None:
        context = self.context
        if period is None:
            return
        if period.yearly:
            context.yearly = True
        if period.office == "base":
            context.base_year, context.base = period.base_year, period.base
        elif period.office == "past":
            context.past, context.deadlines = True, ()
        elif period.office == "start":
            context.start, context.deadlines, context.past = period.start, (), False
        elif period.office == "deadline":
            last = max(d.year for d in period.deadlines)
            is_year = period.start is None
            limit = _LAST_PAST_YEAR if is_year else _LAST_PAST_PLAN
            if period.extra.get("since"):
                limit = 2024
            reports = period.plain and any(t.text in ("同比", "环比") for t in self.tokens)
            context.past = period.plain and (last <= limit or reports) and not self.hedged
            context.deadlines, context.start = period.deadlines, period.start
            context.yearly = period.yearly or (
                context.yearly and token.start > clause.start and self._yearly_in(clause, token)
            )
            # A hedge before the date holds as far as the date does; a new date ends an old hedge.
            hedge = self.text[clause.start : token.start]
            context.qualifier = (
                self.clause_qualifier if self.clause_qualifier and self.clause_qualifier in hedge else None
            )
            if number == 0 and not nouns.clean(hedge)[0]:
                context.opened_by_period = True

    @staticmethod
    def _yearly_in(clause: Clause, token: Token) -> bool:
        return any(t.period and t.period.yearly for t in clause.tokens if t.start < token.start)

    # ---- quantities ----

    def _chain(self, clause: Clause, index: int) -> list[Token]:
        chain: list[Token] = []
        edge = clause.tokens[index].start
        for token in reversed(clause.tokens[:index]):
            if token.kind not in CHAIN or token.end != edge or token.start < self.np_start:
                break
            if token.kind == "allof" and not token.text.endswith(("执行", "达到")):
                break
            chain.append(token)
            edge = token.start
        return chain[::-1]

    def _noun_phrase(self, clause: Clause, end: int) -> str:
        """Text from the last boundary to ``end`` without the dates and hedges inside it."""
        begin = max(self.np_start, end - _LONGEST_NAME)
        pieces, position = [], begin
        for token in clause.tokens:
            if token.start < begin or token.end > end:
                continue
            if token.kind in ("period", "qualifier", "past") and token.text[0] not in "由从":
                pieces.append(self.text[position : token.start])
                position = token.end
        pieces.append(self.text[position:end])
        name = _STARTED.sub("", "".join(pieces))
        return _UPON.sub("", name)

    def _office(self, clause: Clause, index: int, chain: list[Token], phrase: str) -> Office:
        token = clause.tokens[index]
        quantity = token.quantity
        assert quantity is not None
        rest = self.masked[token.end : clause.end].lstrip(HIDDEN)
        if not rest or rest[0] in "、" or _VALUE_TAIL.match(rest):
            return "selection" if rest == "的" else "value"
        if _GOES_ON.match(rest):
            return "value"
        telling = read_chain(chain)
        if rest[0] in "级型类档" or re.match("[^，。；]{0,6}全覆盖", rest):
            return "selection"
        if quantity.ratio and telling.sign and _AT_RATE.match(rest):
            return "adverbial"
        if rest[0] == "的":
            if quantity.ratio and not phrase and not telling.direction:
                return "share"
            return "selection"
        if (
            quantity.ratio
            and quantity.unit not in ("", None)
            and (_ADVERBIAL.match(rest) or (_ADVERBIAL.search(rest[:12]) and phrase))
            and not telling.direction
        ):
            return "adverbial"
        listed = self.np_start >= token.start - 1 and self.masked[token.start - 1] in "、和及与"
        if listed and quantity.counts and self.context.mode and self.context.mode.verb:
            return "count"  # 建成10个园区、30个社区
        last = next((t for t in reversed(chain) if t.kind in ("add", "reach", "floor")), None)
        if quantity.ratio and quantity.unit and phrase and last is not None and last.kind == "reach":
            return "value"  # 出力达到30%额定负荷以下
        if last is not None and last.kind in ("add", "floor", "reach"):
            measure = not quantity.counts
            if measure and token.post and last.text not in ACHIEVE:
                return "selection"
            if last.kind == "reach" and last.text not in ACHIEVE:
                return "selection"
            return "count"
        if quantity.ratio and quantity.unit and not phrase:
            return "share"
        return "selection"

    def _quantity(self, clause: Clause, index: int) -> int:
        """Reads the predicate around a quantity; returns the position up to which the clause is used."""
        token = clause.tokens[index]
        quantity = token.quantity
        assert quantity is not None
        context = self.context
        chain = self._chain(clause, index)
        np_end = chain[0].start if chain else token.start
        phrase, scope = nouns.clean(self._noun_phrase(clause, np_end))
        office = self._office(clause, index, chain, phrase)
        if office == "selection":
            return token.start
        if self._no_target(clause, token, quantity, chain):
            if context.past and phrase:
                context.subject, _ = self._verb_in_phrase(
                    clause, np_end, phrase, read_chain(chain), quantity, chain
                )
            return token.start
        mode = read_chain(chain)
        if office == "count":
            return self._count(clause, index, chain, mode, phrase)
        if office == "share":
            return self._share(clause, token, mode, scope)
        phrase, mode, whole = self._part_of_whole(clause, np_end, phrase, mode)
        phrase, mode = self._verb_in_phrase(clause, np_end, phrase, mode, quantity, chain)
        if mode.verb == "新建" and quantity.ratio:
            mode = replace(mode, verb="")
        subject_from_before = False
        if not phrase:
            phrase, subject_from_before = self._subject(mode), True
            if mode.verb == "完成" and quantity.ratio and context.mode is not None:
                mode = context.mode  # 下降13%，力争完成14.5%
            scope = scope or context.scope
        phrase = self._completed(clause, phrase, quantity)
        if office == "adverbial":
            return self._adverbial(clause, token, mode, phrase, scope)
        if not mode.tells and context.mode is not None and self.found:
            same = context.unit == quantity.unit or not context.mode.direction
            if same:
                # A word of its own (以上) outweighs the comparator taken over.
                mode = replace(context.mode, about=False, sign="" if token.post else context.mode.sign)
        if not self._accept(mode, token, quantity, phrase):
            return token.start
        values, used = self._more_values(clause, index, mode)
        if quantity.unit is None and len(values) > 1:
            unit = next((v[0].unit for v in values if v[0].unit), None)
            values = [(replace(v[0], unit=v[0].unit or unit), *v[1:]) for v in values]
        edge = used
        behind_noun = re.compile(
            f"[^，。；、{HIDDEN}]{{1,8}}?(?P<post>以上|以下|以内|左右)(?=$|[，。；、])"
        ).match(self.masked, used, clause.end)
        if behind_noun and len(values) == 1 and not values[0][1]:
            values = [(values[0][0], behind_noun["post"], *values[0][2:])]
            used = behind_noun.end()
        tail = _VALUE_TAIL.match(self.masked, used, clause.end)
        if tail and tail.end() > used:
            used = tail.end()
            # 达到83%节能要求: what the number measures stands behind it.
            behind = self.masked[edge:used].replace(HIDDEN, "").removeprefix("的")
            if len(behind) > 2 and not behind.endswith(("目标", "任务", "规模")):
                phrase += behind
        apart = "分别" in self.masked[self.np_start : used] or (len(values) > 1)
        first = len(self.found)
        self._emit_values(clause, phrase, scope, values, used, apart, subject_from_before)
        if whole:
            for target in self.found[first:]:
                target.more["relative_to"] = whole
        context.mode, context.unit = mode, values[-1][0].unit
        self._move_on(used)
        return used

    def _move_on(self, used: int) -> None:
        self.np_start = used
        self.anchor = used
        while self.anchor < self.end and self.text[self.anchor] in "、和及与，":
            self.anchor += 1

    def _no_target(self, clause: Clause, token: Token, quantity: Quantity, chain: list[Token]) -> bool:
        if self.context.past or _PER_PIECE.search(self.masked, clause.start, clause.end):
            return True
        if any(
            t.kind == "past" for t in clause.tokens if t.start <= token.start and t.start >= self.np_start
        ):
            return True
        mode = read_chain(chain)
        following = self.masked[token.end : token.end + 2]
        if quantity.unit in DURATIONS and (
            not mode.tells or mode.verb or following[:1] in ("内", "前", "后", "起")
        ):
            return True
        if quantity.unit in DURATIONS and quantity.unit in ("日", "月") and not mode.sign:
            return True
        if (
            quantity.unit is None
            and not quantity.chinese
            and not (mode.sign or mode.direction)
            and not self._listed(clause, token)
        ):
            return True
        if (
            quantity.chinese
            and quantity.value == 1
            and quantity.counts
            and (quantity.unit or "")[0] not in "万亿"
            and not (mode.verb and (self.context.deadlines or self.context.yearly))
        ):
            return True
        return False

    def _listed(self, clause: Clause, token: Token) -> bool:
        return "分别" in self.masked[self.np_start : token.start]

    def _verb_in_phrase(
        self, clause: Clause, np_end: int, phrase: str, mode: Mode, quantity: Quantity, chain: list[Token]
    ) -> tuple[str, Mode]:
        """Finds the verb where it stands before its noun: 新增充电站10个, 提高覆盖率5个百分点, 既有建筑改造100万平方米."""
        makers = [t for t in chain if t.kind == "add"]
        if makers and not phrase and not mode.direction:
            # 新增造林5万亩: the last making verb is the noun itself.
            first, name = makers[0], self.text[makers[0].start : makers[-1].end]
            if first.text in LIGHT and len(makers) > 1:
                return self.text[first.end : makers[-1].end], replace(mode, verb=first.text)
            return ("" if first.text in LIGHT else name), replace(mode, verb=first.text)
        if chain and chain[-1].kind == "add" and mode.verb and not mode.direction and phrase:
            # 既有建筑节能改造100万平方米: the verb is the noun's end; 充电站新增10个: it is not.
            if mode.verb not in LIGHT:
                phrase += mode.verb
            return phrase, mode
        inside = [t for t in clause.tokens if t.start >= self.np_start and t.end <= np_end]
        if not quantity.ratio and mode.sign in ("", ">=", "<=", ">") and not mode.direction:
            makers = [t for t in inside if t.kind == "add"]
            # The verb that opens the phrase governs it; else the one nearest to the noun (…改造形成节能量).
            opening = next((t for t in makers if phrase.startswith(t.text)), None)
            verb = opening or (makers[-1] if makers else None)
            if verb is not None and self._governs(verb, phrase, mode):
                after = self.text[verb.end : np_end]
                name, _ = nouns.clean(after)
                if name:
                    kept = name if verb.text in LIGHT else verb.text + name
                    return kept, replace(mode, sign=mode.sign or "==", verb=verb.text)
        first = next(
            (
                t
                for t in inside
                if t.kind not in ("period", "about", "qualifier", "adverb", "conjunction", "point")
            ),
            None,
        )
        if first is not None and phrase.startswith(first.text) and not mode.direction:
            name, _ = nouns.clean(phrase[len(first.text) :])
            if first.kind in ("reduce", "increase") and not mode.sign and name:
                return name, replace(mode, direction=first.kind, direction_word=first.text)
            if first.kind == "limit" and name:
                return name, replace(mode, sign="<=")
            governs = self.masked[first.end : first.end + 1] not in tuple("并的后及和、且")
            governs = governs and (not quantity.ratio or first.text in _REACHING)
            if first.kind in ("reach", "add") and first.text in LIGHT and name and governs:
                return name, replace(mode, sign=mode.sign or ">=")
        elif first is None or not phrase.startswith(first.text):
            lead = next((t for t in inside if t.kind == "reach"), None)
            if (
                lead is not None
                and not mode.tells
                and lead.text in ("实现", "达到", "保持")
                and lead.end < np_end
            ):
                mode = replace(mode, sign=">=")
        if mode.direction_word == "提升" and not quantity.ratio and not self.context.base_year:
            # 森林质量精准提升20万亩: what is improved is counted, it does not grow.
            return phrase + "提升", replace(mode, direction="", sign=mode.sign or "==")
        if mode.direction == "increase" and mode.sign == "<=":
            # 年均增长不超过2%: the growth itself is what is bounded.
            return phrase + mode.direction_word, replace(mode, direction="")
        return phrase, mode

    def _part_of_whole(self, clause: Clause, np_end: int, phrase: str, mode: Mode) -> tuple[str, Mode, str]:
        """响应能力达到最大用电负荷的5%: the verb stands before the whole of which the number is a part."""
        if (mode.tells and mode.sign != "") or self.text[np_end : np_end + 1] != "的":
            return phrase, mode, ""
        verb = next(
            (
                t
                for t in clause.tokens
                if t.kind in ("reach", "limit") and self.np_start < t.start and t.end < np_end
            ),
            None,
        )
        if verb is None:
            return phrase, mode, ""
        told = replace(mode, sign="<=" if verb.kind == "limit" else ">=")
        if verb.text.startswith("占"):
            return phrase, told, ""
        name, _ = nouns.clean(self.text[self.np_start : verb.start])
        return (name or phrase), told, self.text[verb.end : np_end]

    def _governs(self, verb: Token, phrase: str, mode: Mode) -> bool:
        """Whether a making verb inside a phrase governs it (新增…10个) rather than qualifying a noun in it."""
        if self.masked[verb.end : verb.end + 1] in tuple("并的后及和、且"):
            return False
        return not (mode.sign and mode.sign != "==" and verb.text not in ACHIEVE)

    def _subject(self, mode: Mode) -> str:
        if self.idle_text and nouns.nounlike(self.idle_text):
            self.anchor = min(self.anchor, self._idle_start)
            return re.sub("^(?:提高|提升|增加|降低|减少|控制|扩大|优化|改善)+", "", self.idle_text)
        return self.context.subject

    def _completed(self, clause: Clause, phrase: str, quantity: Quantity) -> str:
        """A phrase that leans on the subject before it: 其中，城区; 占能源消费总量; 夏季…，冬季."""
        before = self.context.subject
        if not before or phrase == before:
            return phrase
        if phrase.startswith("占"):
            return before + phrase
        season = _SEASON.search(before)
        if season and _SEASON.fullmatch(phrase):
            return before[: season.start()] + phrase
        part = self.text[max(self.start, clause.start - 3) : clause.start + 2]
        if (
            "其中" in part
            and not nouns.nounlike(phrase)
            and (nouns.nounlike(before) or (quantity.counts and quantity.unit == self.context.unit))
        ):
            return phrase + before
        return phrase

    def _accept(self, mode: Mode, token: Token, quantity: Quantity, phrase: str) -> bool:
        """Whether words or a date make the quantity an order; a bare description (面积101平方公里) is none."""
        dated = bool(self.context.deadlines) or self.context.yearly
        if not phrase:
            return False
        hedge = self.clause_qualifier or self.context.qualifier
        if mode.sign or mode.direction or hedge:
            return not (mode.sign == "==" and not dated and not hedge and mode.verb == "")
        if mode.about or "左右" in token.post:
            return dated
        return dated or bool(token.post)

    def _more_values(
        self, clause: Clause, index: int, mode: Mode
    ) -> tuple[list[tuple[Quantity, str, Mode, int]], int]:
        """The quantity and those listed behind it: (quantity, words behind it, mode, end) each."""
        first = clause.tokens[index]
        assert first.quantity is not None
        values = [(first.quantity, first.post, mode, first.end)]
        apart = "分别" in self.masked[self.np_start : first.start]
        everything = [t for t in self.tokens if t.start >= first.end]
        position, edge = 0, first.end
        while True:
            run = everything[position:]
            if (
                not run
                or run[0].start != self._past_hidden(edge)
                or run[0].kind not in ("point", "conjunction")
            ):
                break
            if run[0].text not in "、和与及以及" and not (apart and run[0].text == "，"):
                break
            step, own, last = 1, [], run[0].end
            while step < len(run) and run[step].kind in CHAIN and run[step].start == last and apart:
                own.append(run[step])
                last = run[step].end
                step += 1
            if step >= len(run) or run[step].kind != "quantity" or run[step].start != last:
                break
            item = run[step]
            rest = self.masked[item.end : item.end + 6].lstrip(HIDDEN)
            ends = not rest or rest[0] in "，。；、：！" or _GOES_ON.match(rest) or _VALUE_TAIL.match(rest)
            if item.quantity is None or not ends or any(t.period for t in own):
                break
            own_mode = read_chain(own)
            values.append((item.quantity, item.post, own_mode if own_mode.tells else mode, item.end))
            edge = item.end
            position += step + 1
        # 分别达到20%、25%左右: what stands behind the last holds for all that have nothing of their own.
        if len(values) > 1 and values[-1][1] and not any(v[1] for v in values[:-1]):
            values = [(q, values[-1][1], m, e) for q, _, m, e in values]
        return values, edge

    def _past_hidden(self, position: int) -> int:
        while position < self.end and self.masked[position] == HIDDEN:
            position += 1
        return position

    def _count(self, clause: Clause, index: int, chain: list[Token], mode: Mode, phrase: str) -> int:
        """建成5个零碳园区: the noun follows its number."""
        token = clause.tokens[index]
        quantity = token.quantity
        assert quantity is not None
        end = clause.end
        later = clause.tokens[index + 1 :]
        for number, item in enumerate(later):
            nxt = later[number + 1] if number + 1 < len(later) else None
            joins = item.kind == "conjunction" or item.kind == "point"
            if (
                joins
                and nxt is not None
                and nxt.start == item.end
                and nxt.kind in ("quantity", "add", "qualifier")
            ):
                end = item.start
                break
        name, scope = nouns.clean(self.text[token.end : end])
        verb = mode.verb or (self.context.mode.verb if self.context.mode and not chain else "")
        if not name:
            return token.start
        if verb and verb not in LIGHT:
            name = verb + name
        if not mode.tells:
            mode = Mode(sign="==", verb=verb)
        if (
            mode.sign == ">="
            and not mode.verb
            and chain
            and chain[-1].kind == "reach"
            and chain[-1].text == "实现"
        ):
            mode = replace(mode, sign="==")
        values = [(quantity, token.post, mode, token.end)]
        self._emit_values(clause, name, scope, values, end, False, False)
        self.context.mode, self.context.unit = mode, quantity.unit
        self._move_on(end)
        return end

    def _share(self, clause: Clause, token: Token, mode: Mode, scope: str | None) -> int:
        """80%以上的党政机关建成节约型机关: the noun and its predicate follow the share."""
        name, inner = nouns.clean(self.text[token.end : clause.end].removeprefix("的"))
        if len(name) < 3 or not self._accept(
            replace(mode, sign=mode.sign or ">="), token, token.quantity, name
        ):  # type: ignore[arg-type]
            return token.start
        if not (mode.tells or token.post or self.context.deadlines or self.clause_qualifier or self.bare):
            return token.start
        assert token.quantity is not None
        values = [
            (
                token.quantity,
                token.post,
                Mode(sign=mode.sign if mode.sign != ">=" else "", about=mode.about),
                token.end,
            )
        ]
        self._emit_values(clause, name, scope or inner, values, clause.end, False, False)
        self._move_on(clause.end)
        return clause.end

    def _adverbial(self, clause: Clause, token: Token, mode: Mode, phrase: str, scope: str | None) -> int:
        """新建建筑100%执行绿色建筑标准."""
        assert token.quantity is not None
        end = clause.end
        cut = re.search("、(?=[^、]{2,20}\\d)", self.masked[token.end : clause.end])
        if cut:
            end = token.end + cut.start()
        rest = _AT_RATE.sub("", self.text[token.end : end].strip(HIDDEN))
        name = (re.sub("(?:按照?|以)$", "", phrase) + rest).rstrip("的")
        if not phrase or not self._accept(replace(mode, sign=mode.sign or ">="), token, token.quantity, name):
            return token.start
        sign = mode.sign if mode.sign and not mode.verb else ""
        values = [(token.quantity, token.post, Mode(sign=sign, about=mode.about), token.end)]
        self._emit_values(clause, name, scope, values, end, False, False)
        self._move_on(end)
        return end

    # ---- what comes out ----

    def _emit_values(
        self,
        clause: Clause,
        phrase: str,
        scope: str | None,
        values: list[tuple[Quantity, str, Mode, int]],
        end: int,
        apart: bool,
        inherited: bool,
    ) -> None:
        context = self.context
        deadlines: list[Deadline | None] = list(context.deadlines) or [None]
        names = [phrase]
        if (
            len(deadlines) == 1
            and deadlines[0]
            and context.start
            and len(values) == deadlines[0].year - context.start + 1 > 1
        ):
            # 2023至2025年…分别为a、b和c: one value a year.
            deadlines = [Deadline(context.start + n) for n in range(len(values))]
        if apart:
            wanted = len(values) if len(values) > 1 else None
            if inherited and wanted and len(context.names) >= wanted:
                names = context.names[-wanted:]
            elif wanted and len(deadlines) == wanted and len(nouns.members(phrase, wanted)) == 1:
                names = [phrase]
            else:
                names = nouns.members(phrase, wanted)
                if wanted and len(names) == 1 and len(deadlines) > 1 and wanted % len(deadlines) == 0:
                    names = nouns.members(phrase, wanted // len(deadlines))
        cells: list[tuple[str, Deadline | None, tuple[Quantity, str, Mode, int]]] = []
        if len(values) == 1:
            cells = [(n, d, values[0]) for d in deadlines for n in names]
        elif len(names) == len(values):
            cells = [(n, d, v) for d in deadlines for n, v in zip(names, values, strict=True)]
        elif len(names) == 1 and len(deadlines) == len(values):
            cells = [(phrase, d, v) for d, v in zip(deadlines, values, strict=True)]
        elif len(names) * len(deadlines) == len(values):
            grid = [(n, d) for n in names for d in deadlines]
            cells = [(n, d, v) for (n, d), v in zip(grid, values, strict=True)]
        else:
            cells = [(phrase, deadlines[-1], v) for v in values]
        for name, deadline, (quantity, post, mode, _) in cells:
            self._emit_one(name, phrase, scope, deadline, quantity, post, mode, end)
        context.subject, context.scope = phrase, scope
        context.names.extend(names)

    def _emit_one(
        self,
        name: str,
        phrase: str,
        scope: str | None,
        deadline: Deadline | None,
        quantity: Quantity,
        post: str,
        mode: Mode,
        end: int,
    ) -> None:
        context = self.context
        sign = comparator(mode, post, quantity.maximum is not None, quantity.more)
        kind = (
            "change"
            if mode.direction
            else "share"
            if quantity.ratio and quantity.unit
            else "count"
            if quantity.counts
            else "level"
        )
        more: dict[str, Any] = {}
        times = quantity.unit == "倍" and context.base_year is not None and not mode.direction
        if times:
            sign, kind = "multiply>=", "change"
        if mode.increment or (name.startswith("新增") and not quantity.ratio):
            more["increment"] = True
        if context.yearly:
            more["recurrence"] = "yearly"
        if name == phrase and "、" in name:
            parts = nouns.members(name)
            if len(parts) > 1:
                more["members"] = parts
        based = mode.direction or times
        self.add(
            rules.Found(
                name, sign, tidy(quantity.value), quantity.unit or None, kind, more=more, scope=scope
            ),
            end,
            deadline,
            value_max=None if quantity.maximum is None else tidy(quantity.maximum),
            based=bool(based),
        )

    def add(
        self,
        found: rules.Found,
        end: int,
        deadline: Deadline | None,
        value_max: float | None = None,
        based: bool = False,
    ) -> None:
        """Adds a target that ends at ``end``; its quote starts where the clause (or its date) does."""
        context = self.context
        start = self.anchor
        while start < end - 1 and self.text[start] in "、，；：和及与":
            start += 1
        span = self.script.span(start, end)
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
        if based and context.base and context.base_year is None:
            more["base"] = context.base
        self.found.append(
            Target(
                quote="",
                span=span,
                indicator=found.indicator,
                comparator=found.comparator,
                value=found.value,
                unit=found.unit,
                kind=found.kind,
                value_max=value_max,
                base_year=context.base_year if based else None,
                deadline=deadline.year if deadline else None,
                qualifier=self.clause_qualifier or context.qualifier,
                more=more,
            )
        )

    # ---- targets without a quantity ----

    def _rule(self, clause: Clause, index: int) -> int:
        token = clause.tokens[index]
        chain = self._chain(clause, index)
        np_end = chain[0].start if chain else token.start
        phrase, scope = nouns.clean(self._noun_phrase(clause, np_end))
        view = rules.View(
            self.text,
            self.masked,
            clause.start,
            clause.end,
            token,
            chain,
            phrase,
            scope,
            clause.tokens,
            self._dated_before,
        )
        found = rules.read(
            view, self.context.past, bool(self.context.deadlines), self.bare, self.context.subject
        )
        if found is None:
            return token.start
        if not found.indicator:
            if not self.context.subject and not self.idle_text:
                return token.start
            found = replace(found, indicator=self._subject(Mode()) or self.idle_text)
        if found.comparator == "peak_before":
            return self._peak(found, clause, token)
        if found.yearly or self.context.yearly:
            found.more.setdefault("recurrence", "yearly")
        deadlines: list[Deadline | None] = list(self.context.deadlines) or [None]
        if deadlines == [None] and self.context.start and found.kind == "rule":
            deadlines = [Deadline(self.context.start)]
        apart = "分别" in self.masked[self.np_start : token.start]
        names = nouns.members(found.indicator) if apart else [found.indicator]
        for deadline in deadlines:
            for name in names:
                self.add(
                    replace(found, indicator=name),
                    found.end,
                    deadline,
                    based=found.comparator == "multiply>=",
                )
        self.context.subject = found.indicator
        self._move_on(found.end)
        return found.end

    def _peak(self, found: rules.Found, clause: Clause, token: Token) -> int:
        if not self.context.deadlines:
            return token.start
        for deadline in self.context.deadlines:
            self.add(replace(found, value=deadline.year), found.end, deadline)
        self.context.subject = found.indicator
        self._move_on(found.end)
        return found.end

    def _assigned(self, clause: Clause) -> int:
        found = rules.assigned(self.text, self.masked, clause.start, clause.end, clause.tokens)
        if found is None or self.context.past:
            return clause.start
        if not found.indicator:
            found = replace(found, indicator=self._subject(Mode()))
        if not found.indicator:
            return clause.start
        deadlines: list[Deadline | None] = list(self.context.deadlines) or [None]
        for deadline in deadlines:
            self.add(found, found.end, deadline)
        self.context.subject = found.indicator
        self._move_on(found.end)
        return found.end
