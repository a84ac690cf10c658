"""The noun phrase a target speaks of: cleaned of what is not its name, and parted into its members."""

from __future__ import annotations

import re

from dafeng.plan.script import HIDDEN

# Words that may stand before the name of an indicator without being part of it.
_LEAD = re.compile(
    r"^(?:[、，；：]|或者?|其中|同时|并且|以及|此外|另外|并(?!网)|且|及(?!时|格)|和(?!谐|平)|与(?!会)|使得?(?!用)|推动|促进|带动|推进|鼓励|引导(?!性)|"
    r"加快(?:推进|推动)?|努力|力争|确保|原则上|保证|争取|实现(?!率)|保持|保障(?!性)|要求|要(?!素|求)|将(?!军)|把(?!关)|应当|应(?!用|急|对|届)|"
    r"(?:国家|上级|自治区|省|市|区|县)级?(?:对我.)?下达(?:给)?(?:我?[省市区县](?=的))?的?|须|需(?!求|水|氧)|不断|持续|进一步|逐步|稳步|大力|积极|严格|有序|着力|切实|全力|有效(?!期|灌|发明|利用|耕|投)|合理(?!率)|均(?!衡|质)|"
    r"都(?!市)|到(?!位|港|达|户|岗)|对(?!外|口|标)|在(?!线|运|网|建|用|册|营|校|岗|产|役)|各地|达到|新建成的|预计|预期|完成(?!率|量|投资|额)|"
    r"累计|总计|合计|基本实现|基本建成|基本完成|基本形成|基本(?!农田|公共|草原|建设|养老|单元)|主要目标是|目标是|主要目标|目标(?!值|任务|责任)|具体目标|"
    r"约束性指标|预期性指标|主要指标|为此|顺利|圆满|如期|按期|提前|率先|高质量|高标准(?!农田)|[一二三四五六七八]是|用[一二三四五六七八九十两\d]{1,2}年(?:左右)?(?:的)?时间|[一-龥]{0,6}方面(?=.{3})|\d{1,2}[.、](?!\d)|[-*+·●■◆](?=.)|[①-⑳])"
)
_SCOPE = re.compile(
    r"^(?:我?全(?:国|省|市|区|县|州|旗|域|镇|乡|社会口径)(?!性)|我(?:国|省|市|区|县|州)|全社会(?=新增)|各(?:设区市|地级市|县区|区县|乡镇|镇街|街道|市|区|县|镇)(?:（[^（）]{1,6}）)?|本(?:市|区|省|县))(?:范围内|内|域内)?的?|^(?:辖区(?:范围)?|[市区县省]域(?:范围)?)内的?|^所有的?(?!权|制)|^全年(?!无)"
)
_TAIL = re.compile(
    r"(?:的|(?<!主)(?<!需)要|应当|(?<![供效反响适])应|须|(?<!必|急)需|将|(?<![人平年])均|(?<![首成])都|总体上?|逐步|稳步|持续|进一步|不断|力争|确保|原则上|分别|"
    r"累计|[三五十]年|回升|总计|合计|(?<!公)共|同比|达到|(?<!发)达|(?<!行)为|占|(?<![存潜所])在|是|(?<!自)由|较|(?<![中饱])和|(?<!参)与|(?<!普)及|、|，|：|"
    r"实现|完成|每|(?<![国所占拥具])有|能够|(?<!许)可|可以|大幅|明显|显著|从|至|于|也|再|当年|按照?|全部|全面)$"
)
_HEAD = re.compile(
    r"(?:率|比重|占比|比例|消耗|能耗|物耗|水耗|电耗|煤耗|排放|排放量|强度|消费量|消费总量|总量|总规模|规模|面积|浓度|水平|能力|产值|增加值|总额|余额|容量|数量|里程|长度|(?<!质)量|"
    r"蓄积量|保有量|发电量|用电量|用水量|产量|系数|指数|占有率|天数|覆盖面|份额|总数|化率|成本|周期|费用|拥有量|用地|用量|装机|收入|投资|产出)$"
)
_HEAD_START = re.compile(
    r"(?:年均|年平均|平均)?(?:可再生能源|非化石能源|资源化|综合|循环|无害化|集中|重复|回收|清洁)?"
    r"(?:(?:二氧化碳|温室气体|污染物|碳|能源|能耗|煤炭|石油|天然气|电力|用能)(?:排放|消费|消耗|使用)?(?:总量|强度|量|规模)|(?:累计)?(?:减排|削减|节能|节约|填埋|贮存|产生|使用|保有|发电|装机|处理|回收|利用|施用|投放|货运|客运|周转)(?:总量|强度|量|规模|容量|能力)|"
    r"(?:(?:综合|回收|循环|资源化|无害化|重复|安全|有效)*(?:[一-龥]{2}化率|[一-龥]{2}率)|[一-龥]{0,2}比重|占比|比例|消费量|消费总量|排放总量|排放量|浓度|能耗|产量|装机规模|装机容量|总装机|装机|面积|规模|总量|能力|消耗|强度|水平))$"
)
_SHARED_PREFIX = re.compile(
    r"^(?:(?:规模以上)?(?:工业)?(?:企业)?单位(?:地区生产总值|国内生产总值|GDP|工业增加值|增加值|产值|产品|建筑面积|周转量)|每?万元(?:地区生产总值|国内生产总值|GDP|工业增加值)|规模以上(?:工业)?单位(?:工业)?增加值|人均|"
    r"营运(?:车辆|船舶)?单位(?:运输)?周转量|公共机构(?=单位建筑面积|人均))"
)
# 钢铁、水泥行业…: from the class word on, the last member speaks for all.
_CLASS = re.compile(r"(?:行业|领域|企业|产业|建筑|车辆|机组|园区|村庄|社区|产品|污染物|重点工程)(?=.{2})")
_CONJUNCTION = re.compile(r"以及|和|与|及")


# 化学需氧量、氨氮等重点工程减排量: 等 closes the list, it belongs to no member.
_AND_OTHERS = re.compile(
    "(?<![高初中平同对劣优])等(?:[一二三四五六七八九十两\\d]+(?:个|项|类|种|大)?)?(?![级离效量温高]|于)(?=[一-龥A-Za-z]{2})"
)
# A place before what is measured there: 汾渭平原PM2.5浓度.
_PLACE = re.compile(
    "^(?!单位)[一-龥]{0,10}?(?:区域|地区|平原|三角洲?|城市群|城市|流域|省|市|县城|农村|城镇|乡镇|园区|县|城区|建成区|郊区|新区)+(?![级场值民容政直属外内际管委])(?=[一-龥A-Za-z0-9])"
)
_ENDS_PLACE = re.compile(
    "(?:区域|地区|平原|三角洲?|城市群|城市|流域|省|市|县城|农村|城镇|乡镇|园区|县|城区|郊区|新区|区)$"
)


_SHORT = "车船站厂村校园楼"
_MOST_WORDS = 12


def clean(phrase: str) -> tuple[str, str | None]:
    """The name as written without leading and trailing function words; and the scope before it (全市)."""
    text = phrase.strip()
    scope: str | None = None
    for _ in range(_MOST_WORDS):
        lead = _LEAD.match(text)
        place = None if lead else _SCOPE.match(text)
        if lead and lead.end() < len(text):
            text = text[lead.end() :]
        elif place:
            scope, text = place.group().rstrip("的"), text[place.end() :]
        elif lead:
            text = ""
        else:
            break
    # A real phrase carries a handful of such words; the bound keeps a text of nothing else cheap.
    for _ in range(_MOST_WORDS):
        tail = _TAIL.search(text, max(0, len(text) - 6))
        if tail is None:
            break
        text = text[: tail.start()]
    return text.strip(HIDDEN), scope


def nounlike(phrase: str) -> bool:
    """Whether a clause without a predicate can be the subject of the next one."""
    return 2 <= len(phrase) <= 40 and bool(_HEAD.search(phrase))


def measured(phrase: str) -> bool:
    """Whether a noun ends in a word of measure (…比例, …能力)."""
    return bool(_HEAD.search(phrase))


def members(phrase: str, wanted: int | None = None) -> list[str]:
    """The coordinated members of a phrase, each completed by what it shares with the others.

    新建居住建筑、公共建筑节能率 → 新建居住建筑节能率, 公共建筑节能率; 单位地区生产总值能耗和二氧化碳排放 →
    …能耗, 单位地区生产总值二氧化碳排放. ``wanted``: how many there must be; fewer cuts are tried until it fits.
    """
    listed = [p for p in phrase.split("、") if p]
    if not listed:
        return [phrase]
    last = _CONJUNCTION.split(listed[-1])
    every = [q for p in listed for q in _CONJUNCTION.split(p) if q]
    options = [every, [*listed[:-1], *[p for p in last if p]], listed]
    conjunctions = list(_CONJUNCTION.finditer(phrase))
    options += [[phrase[: c.start()], phrase[c.end() :]] for c in reversed(conjunctions)]
    parts = next((o for o in options if len(o) == wanted), None) if wanted else options[1]
    if parts is None or len(parts) < 2 or any(len(p) < 2 for p in parts):
        return [phrase]
    return _completed(parts)


def completed_by(part: str, whole: str) -> str:
    """A member that leaves out what its neighbour measures: …PM2.5浓度降到30, 北京市降到32; 公交车电动化率…, 出租车…."""
    place = _PLACE.match(whole) if _ENDS_PLACE.search(part) else None
    if place:
        return part + whole[place.end() :]
    shared = any(0 < whole.find(part[-size:]) < len(whole) - size for size in (4, 3, 2)) or (
        part[-1:] in _SHORT and 0 < whole.find(part[-1:]) < len(whole) - 1
    )
    return part + _head_after(part, whole) if shared else part


def _completed(parts: list[str]) -> list[str]:
    final = _AND_OTHERS.sub("", parts[-1])
    parts = [*parts[:-1], final]
    head = ""
    if _HEAD.search(final):
        for part in parts[:-1]:
            if _headed(part):
                continue
            head = _head_after(part, final)
            break
    done = [p if _headed(p) or not head else p + head for p in parts]
    place = _PLACE.match(done[0])
    if place and len(done) == 2 and not _PLACE.match(done[1]):
        # 城市建成区绿化覆盖率和绿地率: a short measure of the same place.
        done = [done[0], *[place.group() + p if len(p) <= 10 and _headed(p) else p for p in done[1:]]]
    prefix = _SHARED_PREFIX.match(done[0])
    if prefix:
        opening = prefix.group()
        rest = [
            p if _SHARED_PREFIX.match(p) or len(p) > 12 or p.endswith("强度") else opening + p
            for p in done[1:]
        ]
        done = [done[0], *rest]
    return done


def _headed(part: str) -> bool:
    return bool(_HEAD.search(part)) and not part.endswith("需氧量")


def _head_after(part: str, final: str) -> str:
    """What of the final member the earlier one shares: what follows their last common word, else a measure word."""
    place = _PLACE.match(final) if _ENDS_PLACE.search(part) else None
    if place:
        return final[place.end() :]
    for size in range(min(4, len(part)), 0, -1):
        tail = part[-size:]
        if size == 1 and tail not in _SHORT:
            continue
        at = final.find(tail)
        if at >= 0 and at + size < len(final):
            return final[at + size :]
    latin = re.match(r"[A-Za-z0-9.]+", final)
    if latin and re.fullmatch(r"[A-Za-z0-9.]+", part):
        return final[latin.end() :]
    measured = re.search("(?:单位|人均|年均|万元|每).+$", final)
    if measured and measured.start():
        return measured.group()
    classed = _CLASS.search(final)
    if classed and classed.start() and classed.group() not in part:
        return final[classed.start() :]
    head = _HEAD_START.search(final)
    return head.group() if head and head.start() else ""
