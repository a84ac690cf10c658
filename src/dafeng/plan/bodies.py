"""Names of bodies in a duty clause: parting a list, telling a body from any other noun."""

from __future__ import annotations

import re

_PAIRS = {"（": "）", "《": "》", "“": "”"}
_ENDING = re.compile(
    r"(?:局|委|办|部|厅|院|署|会|处|科|股|室|站|所|队|校|馆|行|司|社|台|报|公司|集团|企业|中心|政府|街道|办公室|办事处|部门|单位|机构|法院|检察院|银行|支行|分行|大队|支队|总队|"
    r"工会|总工会|团委|妇联|共青团|科协|工商联|残联|文联|侨联|红十字会|协会|学会|商会|联合会|委员会|管委会|指挥部|领导小组|专班|党校|学校|高校|大学|学院|研究院|集聚区管委会|"
    r"各镇|各乡|乡镇|各区|各县|区县|县区|市区|区市|县市区|镇街|镇乡|镇办|开发区|功能区|高新区|经开区|示范区|新区|园区|街镇|各市|各地|各级|村|社区|国资委|发改委|电网|电力|热力|供电|水务|燃气|税务|海关|气象|消防|"
    r"发展改革|工业和信息化|生态环境|住房城乡建设|交通运输|农业农村|自然资源|财政|科技|商务|教育|民政|统计|市场监管|机关事务|文化和旅游|卫生健康|应急管理|林业|水利|城市管理|园林|司法|公安|审计|人社|人力资源社会保障|金融监管|宣传|组织|网信|人行|文旅|体育|大数据|乡村振兴|邮政|铁路|民航|海事)$"
)
_NOT_A_BODY = re.compile(
    r"^(?:[A-Za-z0-9.%-]+|.*(?:模型|技术|工程|项目|行动|方案|计划|系统|工艺|设施|产业集群|集聚区|建筑|车辆|材料|资源|指标|能力|意见稿|修订|试行|简称|以下|包括|不含|含|例如|比如|其中|详见|见附件|截至|见|如|即|上报|折合|绿色企业|会议|社会)"
    r"|(?:教|开)?(?:展|办)会)$|^(?:含|不含|包括|即|如|例如|以下简称|以下|其中|指|见|原|单位[:：]|按|注)"
)
_VAGUE = re.compile(
    r"^(?:国家|市|区|县|省)?(?:直属|直|属|级)?(?:机关)?(?:各|有|相|其他|其它|其余|等)?(?:有关|相关|各有关|各相关|各)?(?:市级|区级|县级|省级|职能|成员|责任|行业|业务|主管)?(?:职能)?(?:部门|单位|方面|部门单位|部门和单位|部门及单位|成员单位|主管部门|部门（单位）|行业主管部门|单位和部门)$"
)
_JOINED = re.compile(r"(?:和|与|及|以及|会同|暨)(?=(?:各|有关|相关|其他|市|区|县|省|国|镇|街道|州))")


_SURE = re.compile(
    r"(?:局|委|办|部|厅|署|院|中心|公司|政府|街道|办公室|办事处|部门|单位|领导小组|分局|大队|支队|银行|支行|分行|工会|妇联|共青团|团委|科协|工商联|管委会|委员会|党校|集团|指挥部|专班|各镇|各乡|各乡镇|各镇街|各街镇|各区县|各县区|各市|各县|各区)$"
)
_UNSURE = re.compile(
    r"(?:用能|事业|企业|企事业|排放|排污|建设|施工|设计|运营|业主|监理|产权|使用|管理|试点|示范|先进|重点|医)(?:单位|院)$|(?:干|全|内|外|大|上|下|东|西|南|北|中|局|顶|底|头|腹)部$|(?:主|承|协|举|开|创|兴|督|筹|自|试)办$|医院|学院|法院$|影院|布局|格局|结局"
)


def split_names(text: str) -> tuple[list[str], bool]:
    """The names of a list in order, as written; and whether the list is open (等, 有关部门).

    Brackets inside a name hold: 各区县人民政府（管委会） is one name.
    """
    names: list[str] = []
    depth, piece = 0, ""
    closing = set(_PAIRS.values())
    for char in text:
        depth += char in _PAIRS
        depth -= char in closing and depth > 0
        if depth == 0 and char in "、，,；;\n/":
            names.append(piece)
            piece = ""
        else:
            piece += char
    names.append(piece)
    out: list[str] = []
    open_ended = False
    for name in names:
        for part in _parted(name.strip("。：:. ")):
            bare = re.sub(
                r"等(?:有关|相关|\d+个)?(?:部门|单位|部门和单位|部门（单位）|部门单位|市直部门|区直部门|职能部门|成员单位)*$",
                "",
                part,
            )
            bare = bare.removeprefix("由").removeprefix("请")
            open_ended = (
                open_ended or bare != part.removeprefix("由").removeprefix("请") or bool(_VAGUE.match(bare))
            )
            if bare:
                out.append(bare)
    return out, open_ended


def _parted(name: str) -> list[str]:
    """市财政局和各区县政府 → two names; 市发展和改革委员会 stays one."""
    match = _JOINED.search(name)
    if match and is_body(name[: match.start()]) and "（" not in name[: match.start()]:
        return [name[: match.start()], *_parted(name[match.end() :])]
    return [name]


def is_surely_body(name: str) -> bool:
    """Whether a name stands for a body where no verb says so: （区发改局、各有关部门）, but not （学校、产业园区）."""
    plain = re.sub(r"（[^（）]*）$", "", name)
    return len(plain) > 2 and is_body(name) and bool(_SURE.search(plain)) and not _UNSURE.search(plain)


def is_body(name: str) -> bool:
    """Whether a name can be that of a body."""
    plain = re.sub(r"（[^（）]*）$", "", name)
    if not 2 <= len(plain) <= 40 or _NOT_A_BODY.match(plain) or re.search("[。！？=]", plain):
        return False
    if re.match("为|对|将|把|要|应|在|以|加强|推进|推动|实施|开展|完善|建立|健全|落实|制定|组织实施", plain):
        return False
    return bool(
        re.match("各[一-龥]{1,8}[市县区州盟旗镇乡]$", plain)
        or _ENDING.search(plain)
        or _VAGUE.match(plain)
        or re.match("国网|国家电网|南方电网|中石油|中石化|中国", plain)
    )
