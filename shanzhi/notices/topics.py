"""What notices are about: a person chooses for each topic through which channels it is to reach them.

An app declares its topics at import, beside its permissions: `topic("cases.assigned", "派给我的", channels=("wechat",))`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Topic:
    """`channels` are on unless a person switches them off; `at_night` topics disregard everybody's quiet hours.

    What is `inside` is told in the product alone, to whom it is for: nothing leaves the house, so no list of deliveries
    has it, and nobody is asked about it.
    """

    code: str
    label: str
    channels: frozenset[str] = frozenset()
    at_night: bool = False
    inside: bool = False


TOPICS: dict[str, Topic] = {}
CODE: Final = "notices.code"
MESSAGE: Final = "notices.message"
# What is sent without anybody's choice, as the log calls it.
UNCHOSEN: Final = {CODE: "验证码", MESSAGE: "给没有账号的人"}


def topic(code: str, label: str, *, channels: Iterable[str] = (), at_night: bool = False, inside: bool = False) -> str:
    """Declare a topic once, at import; a second declaration is a programming error. Pages list them in this order."""
    if code in TOPICS or code in UNCHOSEN:
        raise ValueError(f"topic {code} is declared twice")
    TOPICS[code] = Topic(code, label, frozenset(channels), at_night, inside)
    return code


def topic_label(code: str) -> str:
    """Words for a topic, also for one that is declared no more."""
    return TOPICS[code].label if code in TOPICS else UNCHOSEN.get(code, "其他")


def listed() -> list[Topic]:
    """All topics as the settings list them: the system's own last."""
    return sorted((one for one in TOPICS.values() if not one.inside), key=lambda one: one.code == SYSTEM)


SYSTEM: Final = topic("system", "系统")
