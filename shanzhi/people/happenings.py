"""What happens to a person's whereabouts: which event is possible when, and what has to be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shanzhi.people.catalogue import Change, Population

LIVING: Final = (Population.SETTLED, Population.INFLOW, Population.OVERSEAS)
KNOWN: Final = (*LIVING, Population.AWAY)


@dataclass(frozen=True, slots=True)
class Happening:
    """`asks`: home (inside), away (a name outside), register (either); `whole`: can be said of a household at once."""

    change: Change
    act: str
    asks: tuple[str, ...]
    of: tuple[Population, ...]
    hint: str
    whole: bool = False
    harms: bool = False

    @property
    def code(self) -> str:
        return str(self.change).replace("_", "-")

    @property
    def label(self) -> str:
        return str(self.change.label)


def _all() -> Mapping[str, Happening]:
    rows = (
        Happening(Change.MOVED, "登记搬家", ("home",), LIVING, "在县里换了住处。户籍不变。", whole=True),
        Happening(Change.LEFT, "登记外出", ("away",), LIVING, "户籍还在本县，人到县外去住、去打工、去上学。", whole=True),
        Happening(Change.BACK, "登记返回", ("home",), (Population.AWAY,), "外出的人回到县里来住。", whole=True),
        Happening(Change.REGISTERED, "登记户籍迁移", ("register",), KNOWN, "户口迁到别处；住的地方不变。"),
        Happening(
            Change.MOVED_OUT, "登记迁出", ("away", "register_away"), KNOWN,
            "人和户籍都不在本县了。资料保留，关爱登记随之结束。", whole=True, harms=True,
        ),
        Happening(Change.MOVED_IN, "登记迁入", ("home", "register"), (Population.GONE,), "以前迁出的人又回来了。"),
        Happening(
            Change.DIED, "登记去世", (), KNOWN, "登记后不再计入人口，关爱登记随之结束。登错了可以撤回。", harms=True
        ),
    )  # fmt: skip
    return {row.code: row for row in rows}


HAPPENINGS: Final = _all()


def possible(population: str) -> list[Happening]:
    """What can happen next to somebody of this population, in the order in which it is offered."""
    return [one for one in HAPPENINGS.values() if population in one.of]
