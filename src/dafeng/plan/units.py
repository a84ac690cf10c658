"""Units of policy prose, by what they do: count things or measure them."""

from __future__ import annotations

import re


def _words(text: str) -> list[str]:
    return text.split()


# Units that count things.
COUNTERS = _words(
    """
    把 张 个 座 辆 台套 台 处 家 项 套 条 所 株 棵 人次 家次 台次 车次 架次 场次 户次 辆次 班次 人 户 批 场 名 件
    艘 架 盏 块 栋 幢 间 片 部 组 支 对 只 头 次 门 位 村 镇 乡 枚 标台 标箱 车位 泊位 期 篇 册 本 轮 起 宗
    笔 单
    """
)
MEASURES = _words(
    """
    个百分点 百分点 % ‰ 成 倍 番 千瓦时 度电 千瓦 兆瓦时 兆瓦 吉瓦时 吉瓦 太瓦时 kWh MWh GWh TWh kW MW GW kw
    mw 吨标准煤 吨标煤 吨二氧化碳当量 吨二氧化碳 吨CO2 吨油当量 吨公里 吨 tce tCO2 千克标准煤 公斤标准煤
    千克 公斤 克标准煤 克 毫克 微克 kgce gce kgCO2 kg mg μg ug 标准立方米 标立方米 立方米 方 m3 平方公里
    平方千米 平方米 m2 km2 公顷 亩 公里 千米 千公里 km 车公里 米 人公里 人年 人月 蒸吨 升 元人民币 元 美元 人天 小时
    分钟 天 日 个月 月 年 分贝 摄氏度 ℃ 度 吉焦 百万千焦 千焦 兆焦 GJ MJ kJ 千伏 千伏安 万伏 兆伏安 立方
    标方 分 千瓦安 GWp MWp kWp 户年
    """
)
DURATIONS = {"小时", "分钟", "天", "日", "个月", "月", "年"}
# Units in which a part of a whole is told; a number without unit counts as one.
RATIOS = {"%", "‰", "成", "个百分点", "百分点", None, ""}

# What a rate is told against: 吨/日, 千克标准煤/平方米, 每千瓦时305克.
BELOW = "|".join(
    _words(
        """
        万元地区生产总值 万元GDP 万元增加值 万元产值 万元 亿元 元 平方米 立方米 平方公里 公里 千米 千瓦时 千瓦
        吨标准煤 吨 小时 天 日 年 月 人 户 亩 公顷 台 辆 车 箱 床 张 次 万人 千人 百公里 升 辆次 m2 m3 km2 km
        kWh kwh h a d L Nm3 标准立方米 GJ
        """
    )
)
_COMPOSITE = rf"(?:(?:/|每)(?:[百千万亿]{{0,2}}(?:{BELOW})(?:·(?:{BELOW}))*|（[^（）\n]{{1,12}}）)){{0,2}}"
_BASES = "|".join(re.escape(u) for u in sorted({*COUNTERS, *MEASURES}, key=len, reverse=True))
_SCALE = "(?:[百千万亿]{1,2})?"
# A unit with the scale before it and the rate behind it: 万吨标准煤, 微克/立方米.
NAMED_UNIT = rf"{_SCALE}(?:{_BASES}){_COMPOSITE}"
UNIT = rf"(?:{NAMED_UNIT}|(?:万亿|[万亿]))"
