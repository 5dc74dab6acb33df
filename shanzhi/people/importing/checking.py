"""A row of a population list against the rules: a person with a place, or one sentence that says what to mend."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from shanzhi.lib.idcards import LENGTH, id_born_on, id_problem, id_sex
from shanzhi.lib.phones import phone_read
from shanzhi.people.catalogue import Papers, Relation, Sex
from shanzhi.people.importing.columns import COLUMNS
from shanzhi.people.importing.memory import Numbers
from shanzhi.people.importing.places import Places, Spot, Unplaced
from shanzhi.people.importing.reading import Lost
from shanzhi.people.numbers import PAPER, paper_read

PHONE: Final = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}[0-9]{7,8}|[0-9]{7,8}")
NAME: Final = re.compile(r"[^\W\d_]+(?:[·•. ][^\W\d_]+)*")
DAY: Final = re.compile(r"([12][0-9]{3})(?:[-/.年]([01]?[0-9])[-/.月]([0-3]?[0-9])日?|([01][0-9])([0-3][0-9]))")
HAN_APART: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
SHORTENED: Final = re.compile(r"[0-9.]+E\+[0-9]+", re.IGNORECASE)
LONGEST_NAME: Final = 40
LOST: Final = "号码的后几位丢了：表格把它当成了数字。请把这一列设为文本格式，重新填号码"
SEXES: Final = {
    **{one.label: one for one in Sex}, "1": Sex.MALE, "2": Sex.FEMALE, "男性": Sex.MALE, "女性": Sex.FEMALE,
}  # fmt: skip
PAPERS: Final = {
    "": Papers.ID_CARD, **{one.label: one for one in Papers}, "身份证": Papers.ID_CARD,
    "出生证": Papers.BIRTH, "护照": Papers.PASSPORT, "港澳居民居住证": Papers.HONG_KONG_MACAO,
    "回乡证": Papers.HONG_KONG_MACAO, "台胞证": Papers.TAIWAN, "台湾居民居住证": Papers.TAIWAN, "无": Papers.NONE,
    "外国人永久居留证": Papers.PASSPORT,
}  # fmt: skip
RELATIONS: Final[dict[str, Relation]] = {
    **{one.label: one for one in Relation}, **{one.value: one for one in Relation},
    "本人": Relation.HEAD, "户主本人": Relation.HEAD, "妻": Relation.SPOUSE, "夫": Relation.SPOUSE,
    "妻子": Relation.SPOUSE, "丈夫": Relation.SPOUSE, "儿子": Relation.SON, "长子": Relation.SON, "次子": Relation.SON,
    "三子": Relation.SON, "独生子": Relation.SON, "女儿": Relation.DAUGHTER, "长女": Relation.DAUGHTER,
    "次女": Relation.DAUGHTER, "三女": Relation.DAUGHTER, "独生女": Relation.DAUGHTER, "孙子": Relation.GRANDCHILD,
    "孙女": Relation.GRANDCHILD, "外孙": Relation.GRANDCHILD, "外孙子": Relation.GRANDCHILD,
    "外孙女": Relation.GRANDCHILD, "父": Relation.PARENT, "母": Relation.PARENT, "父亲": Relation.PARENT,
    "母亲": Relation.PARENT, "岳父": Relation.PARENT, "岳母": Relation.PARENT, "公公": Relation.PARENT,
    "婆婆": Relation.PARENT, "祖父": Relation.GRANDPARENT, "祖母": Relation.GRANDPARENT,
    "外祖父": Relation.GRANDPARENT, "外祖母": Relation.GRANDPARENT, "兄": Relation.SIBLING, "弟": Relation.SIBLING,
    "姐": Relation.SIBLING, "妹": Relation.SIBLING, "哥哥": Relation.SIBLING, "弟弟": Relation.SIBLING,
    "姐姐": Relation.SIBLING, "妹妹": Relation.SIBLING, "儿媳": Relation.OTHER, "女婿": Relation.OTHER,
    "媳妇": Relation.OTHER, "非亲属": Relation.OTHER, "其他亲属": Relation.OTHER,
}  # fmt: skip


class Person(NamedTuple):
    """A good row. What a row does not say is empty and leaves alone what is known."""

    number: int
    name: str
    sex: str
    born: date | None
    papers: str
    paper: str
    phone: str
    lives: Spot | None
    lives_elsewhere: str
    registered: Spot | None
    registered_elsewhere: str
    road: str
    door: str
    household: str
    relation: str
    cells: Sequence[str]

    @property
    def place(self) -> Spot:
        """Where in the county the row belongs: where the person lives, else is registered."""
        found = self.lives or self.registered
        assert found is not None
        return found


class Fault(NamedTuple):
    """A bad row: its number, the column in Chinese, what to do, and its cells as they came."""

    number: int
    column: str
    sentence: str
    cells: Sequence[str]


class Wrong(Exception):
    """A field that breaks a rule."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field, self.sentence = field, sentence


@dataclass(slots=True)
class Grouping:
    """Which rows are one household: the same number in the list, else those that follow their head."""

    numbered: bool
    related: bool
    _key: str = ""
    _head: str = ""
    _place: str = ""

    def key(self, number: int, told: str, head: str, relation: str, place: Spot) -> str:
        if told:
            return f"n{told}"
        if self.numbered or not self.related:
            return ""
        opens = relation == Relation.HEAD or place.path != self._place or (head and self._head and head != self._head)
        if opens:
            self._key = f"r{number}" if relation == Relation.HEAD else ""
            self._place = place.path
        self._head = head
        return self._key


class Checker:
    """Good rows and faults in the order of the file. Memory grows by one number for each person of the list."""

    def __init__(self, columns: Mapping[str, int], places: Places, today: date) -> None:
        self.places, self.today = places, today
        self._at = [columns.get(field, -1) for field in COLUMNS]
        self._papers, self._heads = Numbers(), Numbers()
        self._grouping = Grouping("household" in columns, "relation" in columns)

    def rows(self, rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[Person | Fault]:
        for number, cells in rows:
            try:
                yield self.check(number, cells)
            except Wrong as wrong:
                label = COLUMNS[wrong.field].label if wrong.field else "整行"
                yield Fault(number, label, wrong.sentence, [str(cell) for cell in cells])

    def check(self, number: int, cells: Sequence[str]) -> Person:
        """Raises Wrong for the first rule that the row breaks."""
        width = len(cells)
        (name, sex, paper, papers, born, phone, registered, lives, village, grid, door, relation, household, head,
         _population) = [cells[at] if 0 <= at < width else "" for at in self._at]  # fmt: skip
        name = _name(name)
        kind, paper = self._paper(paper, papers)
        day, gender = self._born(born, kind, paper), _sex(sex)
        if kind == Papers.ID_CARD and paper:
            if gender not in (Sex.UNKNOWN, Sex.UNSTATED, id_sex(paper)):
                raise Wrong("sex", "性别和身份证号第 17 位不一致，请核对")
            gender = id_sex(paper)
        place, road = self._place(village, grid)
        live, outside = self._where("lives", lives, place)
        origin, far = self._where("registered", registered, place or live)
        if live is None and not outside:
            live = origin
        self._in_scope(live, origin)
        if relation and relation not in RELATIONS:
            raise Wrong("relation", f"不认识与户主关系“{relation[:20]}”，请填户主、配偶、子、女、父母等")
        role = RELATIONS[relation].value if relation else ""
        if len(road) > 60 or len(door) > 60:
            raise Wrong("grid" if len(road) > 60 else "door", "最多 60 个字，请缩短")
        at = live or origin
        assert at is not None
        digits = self._phone(phone)
        who = self._once(kind, paper, name, day, at)
        if role == Relation.HEAD and household and self._heads.get(hash(household)):
            raise Wrong("relation", "这一户前面已经有户主，一户只有一个户主，请改正关系或户编号")
        self._papers.put(who, number)
        if role == Relation.HEAD and household:
            self._heads.put(hash(household), number)
        key = self._grouping.key(number, household, head, role, at)
        return Person(
            number, name, gender, day, kind, paper, digits, live, outside, origin, far,
            road if live else "", door if live else "", key, role if key else "", cells,
        )  # fmt: skip

    def _paper(self, text: str, kind: str) -> tuple[str, str]:
        if isinstance(text, Lost) or SHORTENED.fullmatch(text):
            raise Wrong("paper", LOST)
        papers = PAPERS.get(kind)
        if papers is None:
            raise Wrong("papers", f"不认识证件类型“{kind[:20]}”，请填居民身份证、出生医学证明、护照等")
        number = paper_read(text)
        if not number:
            return Papers.NONE, ""
        if papers == Papers.ID_CARD:
            problem = id_problem(number, self.today)
            if problem:
                if len(number) == LENGTH and number.endswith("000"):
                    raise Wrong("paper", LOST)
                raise Wrong("paper", problem.rstrip("。"))
        elif papers == Papers.NONE:
            raise Wrong("papers", "证件类型填了没有证件，却有证件号码，请改正其中一个")
        elif not PAPER.fullmatch(number):
            raise Wrong("paper", "证件号码应是 5 到 20 位字母和数字，请核对")
        return papers, number

    def _born(self, text: str, papers: str, paper: str) -> date | None:
        day = None
        if text:
            day = _day(text)
            if day is None:
                raise Wrong("born", "出生日期读不懂，请写成 1980-01-02 这样")
            if day > self.today:
                raise Wrong("born", "出生日期在今天以后，请核对")
            if day.year < 1850:
                raise Wrong("born", "出生日期太早，请核对年份")
        if papers == Papers.ID_CARD and paper:
            known = id_born_on(paper)
            if day is not None and day != known:
                raise Wrong("born", "出生日期和身份证号第 7 到 14 位不一致，请核对")
            return known
        if not paper and day is None:
            raise Wrong("paper", "没有证件号码时要填出生日期，否则分不清同名的人")
        return day

    def _phone(self, text: str) -> str:
        phone = phone_read(text) if text else ""
        if phone and (isinstance(text, Lost) or not PHONE.fullmatch(phone)):
            raise Wrong("phone", "电话不对，请核对：手机号 11 位，座机带区号")
        return phone

    def _place(self, village: str, grid: str) -> tuple[Spot | None, str]:
        try:
            if village:
                return self.places.grid(self.places.village(village), grid) if grid else (
                    self.places.village(village), "")  # fmt: skip
        except Unplaced as problem:
            raise Wrong("village", str(problem)) from None
        return None, grid

    def _where(self, field: str, text: str, place: Spot | None) -> tuple[Spot | None, str]:
        """A column of its own counts; without one the place of the row does."""
        if not text:
            return place, ""
        try:
            spot = self.places.address(text)
        except Unplaced as problem:
            raise Wrong(field, str(problem)) from None
        if spot is None:
            if len(text) > 80:
                raise Wrong(field, "县外的地址最多 80 个字，请缩短")
            return None, text
        inner = place is not None and place.path.startswith(spot.path)  # the row's own grid says more
        return (place if inner else spot), ""

    def _in_scope(self, lives: Spot | None, registered: Spot | None) -> None:
        spots = [spot for spot in (lives, registered) if spot is not None]
        if not spots:
            raise Wrong("village", "看不出是本县哪个村、社区，请填村、社区")
        if not any(self.places.scope.covers(spot.path) for spot in spots):
            raise Wrong("village", f"{spots[0].name}不在你的范围，请由那里的乡镇导入")

    def _once(self, kind: str, paper: str, name: str, born: date | None, at: Spot) -> int:
        """Nobody twice in a list: by the number, or by name, birth and village without one. Returns the key of it."""
        if kind == Papers.ID_CARD:
            key = int(paper[:17])
        else:
            key = hash((kind, paper) if paper else (name, born, at.path[:12]))
        if before := self._papers.get(key):
            raise Wrong("paper", f"这个人在第 {before} 行已经有了，同一个人只留一行")
        return key


def _name(text: str) -> str:
    """张　三, written so that names of two and of three stand below one another, is 张三."""
    name = HAN_APART.sub("", text.replace("•", "·"))
    if not name:
        raise Wrong("name", "姓名没有填，请补上")
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise Wrong("name", "姓名只能是汉字、字母和间隔号，最多 40 个字，请核对")
    return name


def _sex(text: str) -> str:
    if not text:
        return Sex.UNKNOWN
    if text not in SEXES:
        raise Wrong("sex", f"不认识性别“{text[:10]}”，请填男或女")
    return SEXES[text]


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text.split(" ", maxsplit=1)[0])
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None
