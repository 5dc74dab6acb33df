"""Words that the registers share: what a person is to the head of the household, why somebody moved, which numbers.

Sources: GB/T 4761 (family relationships, first digit), GB/T 2261.1 (sex), and the sheets of the villages.
"""

from typing import Final

from django.db.models import TextChoices


class Sex(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


class Relation(TextChoices):
    """To the head of the household; the first digit of GB/T 4761."""

    HEAD = "0", "户主"
    SPOUSE = "1", "配偶"
    SON = "2", "子"
    DAUGHTER = "3", "女"
    GRANDCHILD = "4", "孙子女、外孙子女"
    PARENT = "5", "父母"
    GRANDPARENT = "6", "祖父母、外祖父母"
    SIBLING = "7", "兄弟姐妹"
    OTHER = "8", "其他"


class Papers(TextChoices):
    """Which number says who a person is."""

    ID_CARD = "id", "居民身份证"
    BIRTH = "birth", "出生医学证明"
    HONG_KONG_MACAO = "hkm", "港澳居民居住证或来往内地通行证"
    TAIWAN = "tw", "台湾居民居住证或来往大陆通行证"
    PASSPORT = "passport", "护照或外国人永久居留证"
    NONE = "none", "没有证件"


OVERSEAS: Final = frozenset({Papers.HONG_KONG_MACAO, Papers.TAIWAN, Papers.PASSPORT})


class Population(TextChoices):
    """What a person counts as now. It follows from papers, registration and residence; nobody types it."""

    SETTLED = "settled", "户籍常住"
    INFLOW = "inflow", "流入"
    AWAY = "away", "外出"
    OVERSEAS = "overseas", "境外人员"
    GONE = "gone", "已迁出"
    DEAD = "dead", "已去世"


HERE: Final = (Population.SETTLED, Population.INFLOW, Population.OVERSEAS)  # who lives in the county


def population_of(*, papers: str, lives_here: bool, registered_here: bool, dead: bool = False) -> Population:
    """常住, 流入, 外出 or 境外, by where a person is registered and lives; 已迁出 is neither of both."""
    if dead:
        return Population.DEAD
    if lives_here:
        if papers in OVERSEAS:
            return Population.OVERSEAS
        return Population.SETTLED if registered_here else Population.INFLOW
    return Population.AWAY if registered_here else Population.GONE


class Change(TextChoices):
    """Why what is known of where a person lives and is registered begins to hold."""

    FIRST = "first", "首次登记"
    IMPORTED = "imported", "按名册导入"
    BORN = "born", "出生"
    MOVED_IN = "moved_in", "迁入"
    MOVED = "moved", "搬家"
    LEFT = "left", "外出"
    BACK = "back", "返回"
    MOVED_OUT = "moved_out", "迁出"
    REGISTERED = "registered", "户籍迁移"
    HOUSEHOLD = "household", "分户、并户、变更关系"
    DIED = "died", "去世"
    CORRECTED = "corrected", "更正"
