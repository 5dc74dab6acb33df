"""Cases of an invented county, as plausible rows: where, when, what, and how far each of them has come.

Pure: the same spots, seed and time give the same cases. Townships differ in size, days and hours differ in load,
what is recent is more often open, and cases go the ways that the demo's go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from random import Random
from typing import Final

YEARS: Final = timedelta(days=730)
HOURS: Final = (1, 1, 1, 1, 1, 2, 5, 9, 12, 12, 10, 8, 6, 7, 10, 11, 11, 10, 9, 8, 6, 4, 2, 1)
MATTERS: Final = (
    ("facilities", "路灯不亮", "晚上走路看不清，老人和孩子出门不方便"),
    ("facilities", "井盖断裂", "骑车经过容易掉下去，夜里更危险"),
    ("facilities", "水管漏水", "路面一直有积水，已经漏了两天"),
    ("facilities", "路面塌陷", "拖拉机和电动车都要绕着走"),
    ("sanitation", "垃圾没有清运", "已经堆到路边，味道很大，苍蝇多"),
    ("sanitation", "沟渠堵塞", "下雨时水漫到院子里，请尽快疏通"),
    ("dispute", "两家为地界争执", "昨天又吵了一次，需要有人去调解"),
    ("dispute", "噪声扰民", "夜里十一点以后还在施工，劝过不听"),
    ("security", "陌生人上门推销", "自称是厂家，专找老年人，已有人受骗"),
    ("fire", "电动车飞线充电", "从三楼拉线下来，雨天容易短路"),
    ("drowning", "塘边没有护栏", "孩子放学常在这里玩，警示牌也倒了"),
    ("straw", "田头焚烧秸秆", "烟很大，已经劝阻，火还没有全灭"),
    ("building", "耕地上搭彩钢棚", "没有看到审批，已经立了柱子"),
    ("care", "独居老人需要探望", "两天没有出门，电话没人接"),
    ("livelihood", "低保证明怎么开", "家里有人生病，想问要准备哪些材料"),
    ("policy", "宅基地翻建怎么申请", "老房子漏雨，想今年翻建"),
    ("farming", "麦田渍涝", "排水沟不通，低处的麦子已经发黄"),
    ("food", "小卖部卖过期食品", "牛奶过期一个月，孩子吃了肚子疼"),
    ("other", "路边发现走失老人", "说不清家住哪里，已请到村部休息"),
)  # fmt: skip
SPOTS: Final = ("村部东侧", "小学门口", "桥头", "晒场边", "卫生室旁", "老槐树下", "二组路口", "塘埂上", "菜市场后门")

# (state, ways there): each way is a chain of acts, with its weight.
ENDED: Final = (
    (55, "closed", "report handle verify close"),
    (18, "closed", "report accept handle verify close"),
    (18, "closed", "report accept dispatch start handle verify close"),
    (4, "closed", "report accept dispatch return dispatch start handle verify close"),
    (5, "rejected", "report reject"),
    (1, "merged", "report accept merge"),
)
OPEN: Final = (
    (28, "reported", "report"),
    (10, "accepted", "report accept"),
    (14, "dispatched", "report accept dispatch"),
    (24, "handling", "report accept dispatch start"),
    (3, "returned", "report accept dispatch return"),
    (9, "handled", "report handle"),
    (12, "verified", "report handle verify"),
    (4, "suspended", "report accept dispatch start suspend"),
)
TO: Final = {"report": "reported", "accept": "accepted", "dispatch": "dispatched", "start": "handling",
             "return": "returned", "handle": "handled", "verify": "verified", "close": "closed",
             "reject": "rejected", "merge": "merged", "suspend": "suspended"}  # fmt: skip
OVER: Final = ("closed", "rejected", "merged")


@dataclass(frozen=True)
class Place:
    """An area as cases refer to it."""

    id: int
    path: str
    name: str


@dataclass(frozen=True)
class Spot:
    """A grid with the levels above it and the worker who reports from it."""

    grid: Place
    village: Place
    township: Place
    user_id: int
    post_id: int
    worker: str
    title: str


@dataclass(frozen=True)
class Deed:
    """A step of a case."""

    act: str
    at: datetime
    before: str
    after: str
    was_due: datetime | None
    due: datetime | None


@dataclass(frozen=True)
class Story:
    """A case with its steps. `level` is in charge; `at_unit` says whether it went to a department, not to the grid."""

    spot: Spot
    owner: Place
    kind: str
    title: str
    body: str
    place: str
    urgent: bool
    lon: int
    lat: int
    at_unit: bool
    deeds: tuple[Deed, ...]

    @property
    def state(self) -> str:
        return self.deeds[-1].after

    @property
    def is_open(self) -> bool:
        return self.state not in OVER


def stories(spots: Sequence[Spot], count: int, *, now: datetime, seed: int) -> Iterator[Story]:
    """So many cases of the two years before `now`, in the order in which they were received."""
    random = Random(seed)
    townships = list(dict.fromkeys(spot.township for spot in spots))
    sizes = {place: 1 / (rank + 1) ** 0.6 for rank, place in enumerate(townships)}
    weights = [sizes[spot.township] * random.uniform(0.3, 1.7) for spot in spots]
    moments = sorted(_moment(random, now) for _ in range(count))
    for at, spot in zip(moments, random.choices(spots, weights, k=count), strict=True):
        yield _story(random, spot, at, now)


def waiting(spots: Sequence[Spot], count: int, *, now: datetime, seed: int) -> Iterator[Story]:
    """Cases that the township of these spots has accepted in the last hours and not given to anybody yet."""
    random = Random(seed)
    moments = sorted(now - timedelta(seconds=random.randint(600, 20_000)) for _ in range(count))
    for at, spot in zip(moments, random.choices(spots, k=count), strict=True):
        story = _story(random, spot, at, now)
        deeds = tuple(_deeds(random, ["report", "accept"], at, now))
        yield replace(story, owner=spot.township, at_unit=False, deeds=deeds)


def _moment(random: Random, now: datetime) -> datetime:
    day = now - YEARS * random.random()
    hour = random.choices(range(24), HOURS)[0]
    at = day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60))
    return min(at, now - timedelta(minutes=5))


def open_share(age: timedelta) -> float:
    """How many of the cases of that age are still open: most of today's, one in thirty of last year's."""
    return 0.03 + 0.85 * exp(-age / timedelta(days=15))


def _story(random: Random, spot: Spot, at: datetime, now: datetime) -> Story:
    ways = OPEN if random.random() < open_share(now - at) else ENDED
    _weight, _state, way = random.choices(ways, [one[0] for one in ways])[0]
    kind, title, body = random.choice(MATTERS)
    place = f"{spot.village.name}{random.choice(SPOTS)}"
    level = random.choices((spot.village, spot.township), (85, 15))[0]
    return Story(
        spot=spot,
        owner=level,
        kind=kind,
        title=title,
        body=f"{place}{title}，{body}。{random.choice(('请来看看。', '麻烦尽快处理。', '附近住户都有反映。'))}",
        place=place,
        urgent=random.random() < 0.03,
        lon=1_189_000_000 + random.randint(-2_000_000, 2_000_000),
        lat=326_000_000 + random.randint(-2_000_000, 2_000_000),
        at_unit=random.random() < 0.4,
        deeds=tuple(_deeds(random, way.split(), at, now)),
    )


def _deeds(random: Random, acts: Sequence[str], at: datetime, now: datetime) -> Iterator[Deed]:
    """Steps between the report and now: a step takes hours, one in ten comes late."""
    room, before, due = (now - at) / (len(acts) + 1), "", None
    for number, act in enumerate(acts):
        if number:
            at += min(room, timedelta(hours=random.expovariate(1 / 14)))
        after = TO[act]
        limit = None if after in OVER else at + timedelta(hours=random.choice((24, 24, 72, 168)))
        yield Deed(act, at, before, after, due, limit)
        before, due = after, limit
