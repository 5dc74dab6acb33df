"""A desk with a lead and two officers among the cast, a clue that somebody handed in, and its way through the acts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from shanzhi.clues.catalogue import Act
from shanzhi.clues.models import Clue, ClueOfficer
from shanzhi.clues.selectors import Desk, desk_of
from shanzhi.clues.services import Deed, Given, clue_act, clue_give, officer_appoint
from tests.cast import Cast

# Who is on the desk: a leader of the county, an officer of the township, the clerk of a village.
LEAD, OFFICER, OTHER = "county_leader", "township_officer", "village_clerk"
ADDRESS = "203.0.113.7"
BODY = "砂场老板带人堵路收过路费，不给就打人。"


@dataclass
class Office:
    """The desk of one county, named by its security administrator an hour ago."""

    cast: Cast
    rows: dict[str, ClueOfficer] = field(default_factory=dict)

    def appoint(self, who: str, *, lead: bool = False, ago: timedelta = timedelta(hours=1)) -> ClueOfficer:
        row = officer_appoint(
            actor=self.cast.actor("security_admin"), login=self.cast[who].user.username, lead=lead,
            at=timezone.now() - ago,
        )  # fmt: skip
        self.rows[who] = row
        return row

    def desk(self, who: str) -> Desk:
        return desk_of(self.cast.actor(who))

    def id(self, who: str) -> str:
        """Of the officer's row, as forms have it."""
        return str(self.rows[who].id)

    def give(self, body: str = BODY, *, at: datetime | None = None, address: str = ADDRESS, **more: Any) -> Clue:
        barred = [self.id(who) for who in more.pop("barred", ())]
        return clue_give(given=Given(body=body, barred=barred, **more), address=address, at=at)

    def act(self, who: str, clue: Clue, act: Act, *, at: datetime | None = None, **said: Any) -> Clue:
        now = Clue.objects.get(id=clue.id)
        return clue_act(desk=self.desk(who), clue_id=clue.id, act=act, version=now.version, deed=Deed(**said), at=at)

    def assign(self, clue: Clue, *who: str) -> Clue:
        return self.act(LEAD, clue, Act.ASSIGN, officers=[self.id(one) for one in who])

    def moved(self, clue: Clue, acts: Sequence[Act], who: str = OFFICER) -> Clue:
        """Assigned to one officer, then so far."""
        clue = self.assign(clue, who)
        for act in acts:
            clue = self.act(who, clue, act, **SAID.get(act, {}))
        return clue


SAID: dict[Act, dict[str, Any]] = {
    Act.WAIT: {"note": "等派出所的材料"},
    Act.TRANSFER: {
        "organ": "police", "organ_name": "天长市公安局", "document": "天线移〔2026〕3 号", "on": date(2026, 1, 5),
        "receiver": "李警官",
    },
    Act.CONCLUDE: {"result": "confirmed", "note": "查过了，属实"},
    Act.REOPEN: {"note": "有新情况"},
    Act.NOTE: {"note": "问过两个人"},
    Act.TELL: {"told": "正在查，请放心"},
}  # fmt: skip


def office_of(cast: Cast) -> Office:
    """Call it inside the county."""
    office = Office(cast)
    office.appoint(LEAD, lead=True)
    office.appoint(OFFICER)
    office.appoint(OTHER)
    return office
