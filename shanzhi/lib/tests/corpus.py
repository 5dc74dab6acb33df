"""Invented reports as people write them: several ways to say a thing, places and small talk that say nothing of the
kind, words that two kinds share, kinds of very different frequency, and some that were filed wrongly."""

from collections.abc import Iterator, Sequence
from random import Random

PLACES = (
    "张庄组路口", "村部东侧", "小学门口", "桥头", "晒场边", "老槐树下", "二组塘埂上", "卫生室旁", "菜市场后门",
    "李庄组西头", "205 国道边", "老街中段", "养老院门前", "文化广场", "汽车站对面", "王家洼", "水库南坝", "供销社院里",
)  # fmt: skip
TALK = (
    "", "麻烦尽快处理。", "已经好几天了。", "群众反映强烈！", "请镇里来看看，谢谢。", "老人和孩子不方便。", "昨天下雨以后更厉害，",
    "打过电话没人管。", "我是住在旁边的居民，", "大家都看到了。", "希望领导重视", "上次也报过一回，", "电话13955512345",
)  # fmt: skip
MATTERS: dict[str, tuple[int, Sequence[str]]] = {
    "facilities": (
        26,
        (
            "路灯不亮，晚上看不清路", "路灯坏了三盏一直没修", "井盖断裂，骑车容易摔", "路面塌了一个坑", "水管破了往外冒水",
            "自来水停了两天", "电线垂下来快碰到车顶", "水泥路开裂坑坑洼洼", "变压器跳闸停电", "护栏被车撞歪了",
        ),
    ),
    "sanitation": (
        24,
        (
            "垃圾堆了没人拉，味道大", "垃圾桶满出来了", "沟里全是生活垃圾，又臭又黑", "沟渠堵了污水漫到院子", "公厕没人打扫",
            "有人往塘里倒垃圾", "死鸡扔在路边发臭", "建筑垃圾倒在绿化带里", "养猪的粪水排到河里",
        ),
    ),
    "dispute": (
        14,
        (
            "两家为地界吵起来了", "邻居盖房挡了光，吵了几次", "夜里施工太吵，劝了不听", "拖欠工钱不给", "离婚后为孩子争执",
            "承包田到期不退，两家闹矛盾", "放水浇地起了争执，差点动手",
        ),
    ),
    "security": (
        7, ("陌生人上门推销保健品骗老人", "夜里有人偷电瓶", "有人聚在一起打牌赌钱", "外来的车一直在村里转，像踩点", "家里进了小偷"),
    ),
    "fire": (
        6, ("电动车飞线充电", "楼道里堆柴火堵了通道", "上坟烧纸点着了山边的草", "灭火器过期了", "煤气罐放在灶台边有味道"),
    ),
    "drowning": (3, ("塘边没有护栏，孩子在那里玩水", "几个学生下河游泳", "水库警示牌倒了", "有小孩在沟边钓虾没大人看")),
    "straw": (4, ("田里在烧秸秆，烟很大", "有人点了麦茬，火还没灭", "晚上偷偷烧稻草", "地头冒烟，像是烧玉米秆")),
    "building": (3, ("耕地上搭了彩钢棚", "基本农田里挖塘养鱼", "没审批就加盖一层", "占了公路边的地砌墙")),
    "care": (4, ("独居老人两天没出门，电话没人接", "精神病人在街上砸东西", "留守儿童没人照看", "残疾人家里断了药")),
    "livelihood": (
        5, ("低保怎么申请，家里有人生病", "房子漏雨没钱修", "高龄补贴没发到卡上", "想办残疾证不知道要什么材料", "孩子上学困难"),
    ),
    "policy": (3, ("宅基地翻建要什么手续", "医保今年交多少钱", "土地确权证在哪里补", "退休金认证怎么弄")),
    "farming": (2, ("麦田积水发黄", "稻子上有稻飞虱", "大棚被风刮倒了", "一夜死了十几头猪")),
    "food": (1, ("小卖部卖过期牛奶", "吃了酒席拉肚子", "药店卖的药没有批号", "肉摊的肉有味道")),
}  # fmt: skip
WRONG = 0.06


def reports(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(text, label) pairs, the same for the same seed."""
    dice = Random(seed)
    labels = list(MATTERS)
    weights = [MATTERS[label][0] for label in labels]
    for _ in range(count):
        label = dice.choices(labels, weights)[0]
        said = dice.choice(MATTERS[label][1])
        if dice.random() < 0.3:  # part of it only, as in a hurry
            said = said[: max(5, len(said) // 2)]
        parts = [dice.choice(PLACES), dice.choice(TALK), said, dice.choice("，。；！"), dice.choice(TALK)]
        text = "".join(parts if dice.random() < 0.7 else parts[2:])
        yield text, dice.choice(labels) if dice.random() < WRONG else label


def wide(labels: int, count: int, length: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Longer texts over many labels, each with words of its own among common ones; for measuring."""
    dice = Random(seed)
    common = [chr(0x4E00 + dice.randrange(2500)) + chr(0x4E00 + dice.randrange(2500)) for _ in range(800)]
    own = [[chr(0x4E00 + dice.randrange(4000)) + chr(0x4E00 + dice.randrange(2500)) for _ in range(60)]
           for _ in range(labels)]  # fmt: skip
    for number in range(count):
        label = number % labels
        words = [dice.choice(own[label] if dice.random() < 0.25 else common) for _ in range(length // 2)]
        yield "".join(words), f"kind{label:02}"
