"""One object of each kind in the own area, another area and the other county, made ready for what is tried on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import ApiToken, StandIn
from shanzhi.areas.models import Area, DivisionImport, OutlineImport
from shanzhi.cases import services
from shanzhi.cases.acts import Act
from shanzhi.cases.gate.receiving import packed
from shanzhi.cases.models import ActBatch, Block, CallBack, Case, Draw, Flood, Held, SavedFilter
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.clues.models import ClueOfficer
from shanzhi.clues.services import Given, clue_give, officer_appoint
from shanzhi.duties.choosing import Receiver
from shanzhi.duties.services import Order, duty_issue
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.files import storage
from shanzhi.files.models import StoredFile
from shanzhi.jobs.models import Job
from shanzhi.lib.clocks import Span
from shanzhi.notices.models import Delivery, Notice
from shanzhi.packs.loading import load_files
from shanzhi.packs.shipped import SHIPPED
from shanzhi.people.services import request_take
from shanzhi.people.services.kinship import Relative, kin_add
from shanzhi.people.tests import world as people
from shanzhi.people.tests.importing import world as lists
from shanzhi.staffing.models import Assignment
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Seal
from shanzhi.visits.tests import world as visits
from tests.cast import Cast, Person, report
from tests.kinds import kind_add


def moved(cast: Cast, case: Case, place: str, acts: tuple[str, ...]) -> Case:
    """Take a case so far that the act that is tried next is possible."""
    other = place == "other"
    office, grid, above = ("other_clerk", "other_worker", "other_officer") if other else (
        "village_clerk", "grid_worker", "township_officer"
    )  # fmt: skip
    for name in acts:
        case = Case.objects.select_related("owner__parent").get(id=case.id)
        who = {"start": grid, "ask": grid, "supervise": above}.get(name, office)
        extra: dict[str, Any] = {
            "dispatch": {"area": case.area}, "handle": {"text": "好了"},
            "ask": {"text": "x", "amount": Span.parse("3 days")},
            "suspend": {"text": "x", "until": timezone.localdate() + timedelta(days=3)}, "supervise": {"text": "x"},
            "whistle": {"text": "x", "units": [cast.units["t2" if other else "t1"]]}, "merge": {"text": "x"},
        }.get(name, {})  # fmt: skip
        if name == "merge":
            extra["into"] = report(cast, place="g3" if other else "g1", by=grid)
        services.case_act(actor=cast.actor(who), case=case, act=Act(name), version=case.version, **extra)
    return Case.objects.get(id=case.id)


# What was done with the case before the act is tried.
TAKEN = ("accept", "dispatch")
BEFORE: dict[str, tuple[str, ...]] = {
    "dispatches": ("accept",),
    "starts": TAKEN,
    "stages": (*TAKEN, "start"),
    "handlings": TAKEN,
    "releases": (*TAKEN, "start"),
    "returns": TAKEN,
    "verifications": ("accept", "handle"),
    "closures": ("accept", "handle", "verify"),
    "reopenings": ("accept", "handle", "verify", "close"),
    "suspensions": ("accept",),
    "resumptions": ("accept", "suspend"),
    "extensions": TAKEN,
    "grants": (*TAKEN, "ask"),
    "refusals": (*TAKEN, "ask"),
    "answers": ("supervise",),
    "dismissals": ("whistle",),
    "parts": ("accept",),
    "unmerges": ("merge",),
}
LISTED = ("register_import", "register_export", "search")
REGISTERED = (
    *LISTED, "resident", "stay", "dwelling", "household", "membership", "kin", "data_request", "visited", "visit",
)  # fmt: skip
STAGED = {"label": "有环节的", "stages": [{"code": "a", "label": "甲", "next": ["b"]}, {"code": "b", "label": "乙"}],
          "clocks": {"handle": "7 days"}}  # fmt: skip


@dataclass
class World:
    """Both counties with one object of each kind in the own area, another area and the other county."""

    own: Cast
    foreign: Cast
    resource: str
    taken_down: bool = False

    def called_in(self, place: str) -> Case:
        """What somebody without an account told the village, of a kind that has a paper."""
        cast, at = self.cast(place), timezone.now()
        clerk, where = ("other_clerk", "g3") if place == "other" else ("village_clerk", "g1")
        with county(cast.county.id):
            paper = {"code": "notice", "label": "告知书", "text": "{number}"}
            kind_add(f"paper_{place}", {"label": "有文书的", "papers": [paper]}, at=at)
            said = services.Report(body="路口井盖断裂", kind=f"paper_{place}", source="phone")
            who = ContactIn("钱小凤", "13955501234", True)
            return services.case_report(actor=cast.actor(clerk), report=said, area=cast.areas[where], contact=who)

    def case(self, place: str) -> Case:
        if self.taken_down:
            return self.called_in(place)
        cast, other = self.cast(place), place == "other"
        with county(cast.county.id):
            kind = "facilities"
            if self.resource in ("stages", "extensions", "grants", "refusals"):
                kind = f"staged_{place}"
                kind_add(kind, STAGED)
            case = report(cast, place="g3" if other else "g1", by="other_worker" if other else "grid_worker", kind=kind)
            if self.resource == "call-back":
                CallBack.objects.create(case=case, opened_at=timezone.now())
            return case if place == "foreign" else moved(cast, case, place, BEFORE.get(self.resource, ()))

    def cast(self, place: str) -> Cast:
        return self.foreign if place == "foreign" else self.own

    def step_photo(self, place: str) -> int:
        case = self.case(place)
        with county(self.cast(place).county.id):
            step = case.steps.first()
            photo = StoredFile.objects.create(
                kind="photo", name="a.jpg", content_type="image/jpeg", size=1, sha256="0" * 64, owner_type="cases.step",
                owner_id=step.id, created_by=case.reporter_id, created_at=timezone.now(),
            )  # fmt: skip
            for size in (storage.WHOLE, storage.THUMB):
                storage.write(photo.path(size), [b"x"])
            return photo.id

    def define(self, place: str) -> None:
        """A department and the holidays of a year, as the county of this place has them."""
        number = self.cast(place).county.id
        table = SHIPPED["county"].directory / "holidays" / "2026.yaml"
        files = {"department/zhujian.yaml": b"name: x\nlevel: township\n", "holidays/2026.yaml": table.read_bytes()}
        with county(number):
            assert not load_files(files, actor=Actor.system(number), whole=False).faults

    def kept(self, kind: str, place: str, person: Person) -> str:
        """What is somebody's own: a batch, a kept list, or one that was deleted."""
        at = timezone.now()
        if kind == "batch":
            return str(ActBatch.objects.create(user=person.user, act="accept", created_at=at).id)
        gone = at if kind == "erased" else None
        row = SavedFilter(
            user=person.user, name=f"{place}{kind}", query="tab=open", created_at=at, deleted_at=gone
        )  # fmt: skip
        row.save()
        return str(row.id)

    def at_gate(self, kind: str, place: str, person: Person) -> str:
        """What came too fast at a village, or who is kept out at a township."""
        cast, at, other = self.cast(place), timezone.now(), place == "other"
        if kind == "block":
            town = cast.areas["t2" if other else "t1"]
            until = at + timedelta(days=1)
            row = Block(
                what="device", digest=f"{place}{person.user.pk}", reason="flood", text="x", area=town,
                area_path=town.path, user=person.user, by="x", at=at, until=until,
            )  # fmt: skip
            row.save()
            return str(row.id)
        village = cast.areas["v3" if other else "v1"]
        flood, _ = Flood.objects.get_or_create(area=village, ended_at=None, defaults={"began_at": at})
        said = services.Report(body="路口井盖断裂", kind="facilities")
        held = Held(
            flood=flood, area=village, area_path=village.path, village_path=village.path, secret="x",
            body=packed(said, None, "d"), digest=f"{place}{at}", address="a", received_at=at,
        )  # fmt: skip
        held.save()
        return str(held.id)

    def hook(self, kind: str, at: datetime) -> str:
        """An address that is told of changes, or something that was sent there; call it inside the county."""
        hook = Hook.objects.create(
            name="x", url="https://example.cn/", secret="x", created_by=1, created_by_name="x", created_at=at
        )
        if kind == "hook":
            return str(hook.id)
        row = HookDelivery(
            hook=hook, event_id=1, status="open", notes="x", changed_at=at, created_at=at, ended_at=at, state="failed"
        )
        row.save()
        return str(row.id)

    def duty(self, kind: str, place: str) -> str:
        """An instruction of a township's officer to a village, or its line; call it inside the county."""
        cast, other = self.cast(place), place == "other"
        order = Order(title="排查河道", body="沿河走一遍。", due_on=timezone.localdate() + timedelta(days=3))
        village = cast.areas["v3" if other else "v1"]
        issuer = cast.actor("other_officer" if other else "township_officer")
        made = duty_issue(actor=issuer, order=order, receivers=[Receiver(area=village)])
        return str(made.id if kind == "duty" else made.lines.get().id)

    def clue_lead(self, place: str) -> ClueOfficer:
        """The lead of the clue desk of a county, named once."""
        cast = self.cast(place)
        with county(cast.county.id):
            user = cast["county_leader"].user
            found = ClueOfficer.objects.filter(user=user).first()
            if found is not None:
                return found
            return officer_appoint(actor=cast.actor("security_admin"), login=user.username, lead=True)

    def clue(self, kind: str, place: str) -> str:
        """What somebody handed in without a name, or the lead who reads it; call it inside the county."""
        lead = self.clue_lead(place)
        return str(lead.id if kind == "clue_officer" else clue_give(given=Given("x"), address="x").id)

    def staff(self, area: Area, at: datetime) -> str:
        """One of the staff of a place; call it inside the county."""
        row = Assignment(
            role="police", name="x", phone="13955501234", phone_index="x", area=area, area_path=area.path,
            valid_from=at.date(), created_at=at,
        )  # fmt: skip
        row.save()
        return str(row.id)

    def care(self, place: str) -> Cast:
        """The county of this place with its care groups."""
        cast = self.cast(place)
        with county(cast.county.id):
            people.groups(cast)
        return cast

    def registered(self, kind: str, place: str) -> str:
        """Something of the register at a grid; call it inside the county."""
        cast, other = self.cast(place), place == "other"
        clerk, grid = ("other_clerk", "g3") if other else ("village_clerk", "g1")
        if kind in ("visited", "visit"):
            return self.visited(kind, place)
        if kind in LISTED:
            return lists.thing(kind, cast, by=clerk, place="v3" if other else "v1")
        if kind == "dwelling":
            return str(people.dwelling(cast, by=clerk, place=grid).id)
        if kind == "household":
            return str(people.household(cast, by=clerk, place=grid).id)
        row = people.resident(cast, by=clerk, place=grid)
        if kind == "stay":
            return str(row.stays.get().id)
        if kind == "membership":
            return str(people.member(self.care(place), row, by=clerk).id)
        if kind == "kin":
            return str(kin_add(actor=cast.actor(clerk), resident=row.id, relative=Relative("李建军", "parent")).id)
        if kind == "data_request":
            return str(request_take(actor=cast.actor(clerk), resident=row.id, kind="copy").id)
        return str(row.id)

    def visited(self, kind: str, place: str) -> str:
        """Somebody at a grid who is to be visited, or a visit to them; call it inside the county."""
        cast, other = self.cast(place), place == "other"
        visits.groups(cast)
        where, by = ("g3", "other_clerk") if other else ("g1", "village_clerk")
        row = visits.due(cast, place=where, by=by, order=201 + other + 2 * (kind == "visit"))
        if kind == "visited":
            return str(row.id)
        return str(visits.make(cast, row, by="other_worker" if other else "grid_worker").id)

    def draw(self, place: str, person: Person, at: datetime) -> str:
        """A draw of call-backs at a township; call it inside the county."""
        town, day = self.cast(place).areas["t2" if place == "other" else "t1"], at.date()
        made = Draw.objects.create(
            area=town, first_on=day, last_on=day, seed="0" * 16, size=0, pool=0, user=person.user, by="x", at=at
        )
        return str(made.id)

    def sent(self, kind: str, owner: int, at: datetime) -> str:
        """A register or outlines that somebody sent; call it inside the county."""
        upload = StoredFile.objects.create(
            kind="upload", name="a.csv", content_type="text/csv", size=1, sha256="0" * 64, created_by=owner,
            created_at=at,
        )  # fmt: skip
        told = {"file": upload, "name": "a.csv", "effective_on": at.date(), "created_by_name": "x"}
        if kind == "import":
            return str(DivisionImport.objects.create(created_at=at, **told).id)
        return str(OutlineImport.objects.create(created_at=at, state="checked", datum="cgcs2000", **told).id)

    def value(self, kind: str, place: str) -> str:
        """The parameter of an address that names the object of this kind at this place."""
        cast, at = self.cast(place), timezone.now()
        village, unit = ("v3", "t2") if place == "other" else ("v1", "t1")
        if kind == "case":
            return self.case(place).number
        if kind == "case_photo":
            return str(self.step_photo(place))
        if kind in ("area", "unit"):
            return cast.areas[village].code if kind == "area" else cast.units[unit].code
        person = cast["other_clerk" if place == "other" else "village_clerk"]
        if kind in ("user", "post", "list"):
            return str(person.user.pk if kind == "user" else person.post.id)
        with county(cast.county.id):
            if kind == "token":
                token = ApiToken.objects.create(
                    user=person.user, county_id=cast.county.id, name="x", digest=f"{place}{kind}", created_at=at,
                    expires_at=at,
                )  # fmt: skip
                return str(token.pk)
            if kind == "stand_in":
                day, instead = timezone.localdate(), cast["other_officer" if place == "other" else "branch_secretary"]
                standin = StandIn.objects.create(
                    post=person.post, substitute=instead.user, valid_from=day, valid_to=day, reason="x", created_at=at
                )
                return str(standin.id)
            if kind == "delivery":
                return str(Delivery.objects.create(channel="sms", topic="system", state="failed", created_at=at).id)
            if kind in ("hook", "hook_delivery"):
                return self.hook(kind, at)
            if kind == "notice":
                told = {"title": "x", "path": "/", "created_at": at, "event_id": 1}
                return str(Notice.objects.create(recipient_id=person.user.pk, **told).id)
            if kind in REGISTERED:
                return self.registered(kind, place)
            if kind in ("duty", "duty_line", "clue", "clue_officer"):
                return self.duty(kind, place) if kind.startswith("duty") else self.clue(kind, place)
            if kind == "draw":
                return self.draw(place, person, at)
            if kind in ("batch", "saved", "erased"):
                return self.kept(kind, place, person)
            if kind in ("held", "block"):
                return self.at_gate(kind, place, person)
            if kind == "staff":
                return self.staff(cast.areas[village], at)
            owner = cast["system_admin"].user.pk if place != "other" else person.user.pk
            if kind == "job":
                return str(
                    Job.objects.create(kind="areas.check", args={}, created_by=owner, created_at=at, lease_until=at).id
                )
            if kind == "seal":
                blank = bytes(32)
                Seal.objects.get_or_create(
                    number=1, defaults={"root": blank, "count": 1, "previous": blank, "digest": blank, "sealed_at": at}
                )
                return "1"
            if kind in ("import", "outline_import"):
                return self.sent(kind, owner, at)
        raise AssertionError(kind)
