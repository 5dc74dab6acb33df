"""Writing a demo county through the services that everybody uses, so that its trail, steps and numbers are real ones.

All counties of a pack go in as one transaction: a load that is killed leaves none of it, and the next one starts anew.
Notices are made for open cases only, at once; nothing of the past is left in the queue.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db.models import F
from django.db.transaction import atomic
from django_q.models import OrmQ

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ADMINISTRATORS
from shanzhi.accounts.events import STANDIN_SET
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.selectors import actor_for
from shanzhi.accounts.services import NewPost, NewUser, posts_bulk_grant, users_bulk_create
from shanzhi.accounts.services.stand_ins import standin_set
from shanzhi.areas.households.pasting import Row
from shanzhi.areas.households.services import households_state
from shanzhi.areas.models import Area, Outline, Unit
from shanzhi.areas.selectors.examining import Wish
from shanzhi.areas.services import area_add, county_open, outlines_put, register_import, unit_add
from shanzhi.areas.source import source_open
from shanzhi.cases.models import Case, Step, SuggestionModel
from shanzhi.cases.suggesting.services import model_save
from shanzhi.cases.suggesting.training import learn
from shanzhi.cases.telling_calls import missing_told
from shanzhi.cases.watching import watch
from shanzhi.clues.services import officer_appoint
from shanzhi.demo.acting import Players
from shanzhi.demo.cast import demo_password, tokens_issue
from shanzhi.demo.chance import chance
from shanzhi.demo.orders import orders_give
from shanzhi.demo.packs import Pack
from shanzhi.demo.pictures import picture
from shanzhi.demo.plan import CountyPlan
from shanzhi.demo.register import Register
from shanzhi.demo.staffing import plan_staff
from shanzhi.demo.visiting import visits_write
from shanzhi.duties.jobs import watch as watch_lines
from shanzhi.duties.models import Duty, Line
from shanzhi.files.services import photo_store
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.times import local
from shanzhi.notices.models import Notice
from shanzhi.packs.loading import load_pack
from shanzhi.staffing.services import assignments_bulk_add
from shanzhi.tenancy import outbox
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.sealing import seal_county

Say = Callable[[str], None]
REASON: Final = "演示数据"
HOUSEHOLDS: Final = (140, 420)  # of a grid
REAL: Final = "县界取自公开的县级边界数据"
INVENTED: Final = "示意边界（合成），不是勘界成果"
AWAY: Final = "到县里培训一周。"
DELIVER: Final = "shanzhi.tenancy.outbox.deliver"
DELIVER_MANY: Final = f"{DELIVER}_many"
EVERY: Final = 500


def is_loaded(pack: Pack) -> bool:
    """Whether every county of the pack is there as the demo made it.

    Conflict if one of them is in use without it: invented people and cases are never mixed with real ones.
    """
    open_counties = set(
        County.objects.filter(id__in=[one.number for one in pack.counties]).values_list("id", flat=True)
    )
    ours = {
        one.number
        for one in pack.counties
        if User.objects.filter(home_county=one.number, username=f"{one.login}.system_admin").exists()
    }
    if open_counties - ours:
        codes = "、".join(str(number) for number in sorted(open_counties - ours))
        message = f"{codes} 已经开通并在使用，演示数据只装进空的平台；请换一个新的数据库。"
        raise Conflict(message, code="county_in_use")
    return len(ours) == len(pack.counties)


def load(pack: Pack, plans: Sequence[CountyPlan], *, now: datetime, say: Say) -> None:
    """Register, places, people and cases of every county, then a seal over each trail."""
    _register(pack, say)
    with atomic():
        for plan in plans:
            _county(plan, say)
    for plan in plans:
        _learn(plan, say)
        sealed = seal_county(plan.number, at=now, everything=True)
        say(f"{plan.pack.code} 留痕已封存 {sealed:,} 条")


def _register(pack: Pack, say: Say) -> None:
    source = source_open(lambda: pack.divisions.open("rb"))
    outcome = register_import(source, dry_run=False, progress=lambda done, total: None)
    if outcome.faults:
        raise Invalid(f"区划文件第 {outcome.faults[0].number} 行有错：{outcome.faults[0].sentence}", code="pack_broken")
    say(f"官方区划 {outcome.counts.rows:,} 行")


def _county(plan: CountyPlan, say: Say) -> None:
    row, made = county_open(code=plan.pack.code, since=local(plan.start).date(), at=plan.start)
    say(f"{row.name}（{row.code}）：区划 {made:,} 个")
    with county(plan.number):
        loader = _Loader(plan, say)
        loader.administrators()
        loader.places()
        loader.outlines()
        loader.households()
        loader.definitions()
        loader.people()
        loader.staff()
        loader.clue_desk()
        loader.register()
        loader.visits()
        loader.cases()
        loader.orders()
        loader.stand_in()
        loader.settle()


class _Loader:
    """One county, step by step; each step needs those before it."""

    def __init__(self, plan: CountyPlan, say: Say) -> None:
        self.plan, self.say = plan, say
        self.areas: dict[str, Area] = {}
        self.units: dict[tuple[str, str], Unit] = {}
        self.users: dict[str, User] = {}
        self.open_ids: set[int] = set()
        self._look()

    def _look(self) -> None:
        self.areas = {area.code: area for area in Area.objects.filter(valid_to=None).select_related("parent")}

    def _actor(self, login: str) -> Actor:
        return actor_for(user=self.users[login], county_id=self.plan.number, at=self.plan.end)

    def administrators(self) -> None:
        """The platform makes the three administrators; everything after them is done by one of them."""
        self._seat(Actor.system(self.plan.number), lambda role: role in ADMINISTRATORS)

    def people(self) -> None:
        keeper = self._actor(self.plan.login_of("security_admin"))
        self._seat(keeper, lambda role: role not in ADMINISTRATORS)
        cast = [self.users[seat.login] for seat in self.plan.cast]
        tokens_issue(actor=keeper, users=cast, at=self.plan.start)
        self.say(f"  人员和岗位 {len(self.users):,} 个，其中可登录的演示账号 {len(cast)} 个")

    def staff(self) -> None:
        """Those who serve in the grids without an account, appointed by the county's command centre."""
        centre = self.plan.seats_at("command_centre", self.plan.pack.code.ljust(12, "0"))[0].login
        rows = plan_staff(self.plan, self.areas)
        assignments_bulk_add(actor=self._actor(centre), rows=rows, at=self.plan.start)
        self.say(f"  不用登录的网格人员 {len(rows):,} 人")

    def clue_desk(self) -> None:
        """A lead of the county's command centre and an officer of the first township; no clue is invented."""
        keeper = self._actor(self.plan.login_of("security_admin"))
        top, town = self.plan.pack.code.ljust(12, "0"), self.plan.townships[0].code
        for role, place, lead in (("command_centre", top, True), ("township_officer", town, False)):
            login = self.plan.seats_at(role, place)[0].login
            officer_appoint(actor=keeper, login=login, lead=lead, at=self.plan.start)
        self.say("  线索专办员 2 人，其中牵头 1 人")

    def register(self) -> None:
        """Dwellings, families and care groups of a few villages, each by its own clerk."""
        dwellings, residents = Register(self.plan, self._actor).write()
        self.say(f"  房屋 {dwellings:,} 座，居民 {residents:,} 人")

    def visits(self) -> None:
        """Of the workers of the grids and the clerks, to those who are looked after."""
        self.say(f"  走访 {visits_write(self.plan, self._actor):,} 次")

    def _seat(self, actor: Actor, wanted: Callable[[str], bool]) -> None:
        seats = [seat for seat in self.plan.seats if wanted(seat.role)]
        rows = [NewUser(seat.login, seat.name, demo_password() if seat.cast else None) for seat in seats]
        users = users_bulk_create(actor=actor, rows=rows, at=self.plan.start)
        self.users |= {user.username: user for user in users}
        since = local(self.plan.start).date()
        posts = [
            NewPost(
                user=self.users[seat.login],
                role=seat.role,
                area=None if seat.unit else self.areas[seat.area],
                unit=self.units[seat.area, seat.unit] if seat.unit else None,
                valid_from=since,
            )
            for seat in seats
        ]
        posts_bulk_grant(actor=actor, rows=posts, at=self.plan.start)

    def places(self) -> None:
        """Grids and units, as the county's system administrator."""
        actor, at = self._actor(self.plan.login_of("system_admin")), self.plan.start
        since = local(at).date()
        for township in self.plan.townships:
            for village in township.villages:
                for grid in village.grids:
                    parent = self.areas[village.code]
                    area_add(actor=actor, parent=parent, name=grid.name, code=grid.code, reason=REASON, on=since, at=at)
        top = self.plan.pack.code.ljust(12, "0")
        units = [(top, name) for name in self.plan.pack.departments]
        units += [(township.code, name) for township in self.plan.townships for name in township.pack.units]
        self._look()
        for code, name in units:
            kind = Unit.Kind.CENTRE if name.endswith("中心") else Unit.Kind.DEPARTMENT
            place = self.areas[code]
            unit = unit_add(actor=actor, area=place, kind=kind, name=name, reason=REASON, on=since, at=at)
            self.units[code, name] = unit
        self.say(
            f"  网格 {sum(len(v.grids) for t in self.plan.townships for v in t.villages)} 个，部门和中心 {len(units)} 个"
        )

    def outlines(self) -> None:
        """The county's own outline, and invented ones of everything below it."""
        actor, at = self._actor(self.plan.login_of("system_admin")), self.plan.start
        wishes = [Wish(self.areas[code], shape) for code, shape in self.plan.land.items()]
        for real, reason in ((True, REAL), (False, INVENTED)):
            chosen = [wish for wish in wishes if (wish.area.level == Area.Level.COUNTY) == real]
            outlines_put(
                actor=actor, wishes=chosen, seen={}, on=local(at).date(), reason=reason,
                source=Outline.Source.IMPORTED, synthetic=not real, at=at,
            )  # fmt: skip
        self.say(f"  边界 {len(wishes):,} 个，县界以下是示意的")

    def households(self) -> None:
        """Invented numbers of households for each grid; the villages follow from them."""
        actor, at = self._actor(self.plan.login_of("system_admin")), self.plan.start
        grids = [area.code for area in self.areas.values() if area.level == Area.Level.GRID]
        numbers = {code: chance("households", code).randint(*HOUSEHOLDS) for code in sorted(grids)}
        rows = [Row(line, code, number) for line, (code, number) in enumerate(numbers.items(), 1)]
        households_state(actor=actor, rows=rows, on=local(at).date(), source=REASON, at=at)
        self.say(f"  户数 {sum(numbers.values()):,} 户，登记到 {len(rows)} 个网格")

    def definitions(self) -> None:
        """Kinds of cases, departments and holidays of the pack that comes with the platform, with the first day."""
        actor, at = self._actor(self.plan.login_of("system_admin")), self.plan.start
        loaded = load_pack(Path(settings.PACKS_DIR) / "county", actor=actor, at=at)
        if loaded.faults:
            raise Invalid(f"规则包有错：{loaded.faults[0]}", code="pack_broken")
        self.say(f"  事项类别等规则 {len(loaded.published)} 条")

    def cases(self) -> None:
        """Every deed of every story, in the order in which they happened."""
        players = Players(actor_of=self._actor, areas=self.areas, units=self.units, seats=self.plan.seats)
        done: dict[int, Case] = {}
        total = sum(len(story.deeds) + len(story.asides) for story in self.plan.stories)
        for number, (index, deed) in enumerate(self.plan.deeds(), 1):
            story = self.plan.stories[index]
            if index in done:
                done[index] = players.act(done[index], deed, done.get(index - 1))
            else:
                photos = self._photos(index, players.actor(deed.who)) if story.photo else []
                done[index] = players.report(story, photos)
            if number % EVERY == 0:
                self.say(f"  办理步骤 {number:,} / {total:,}")
        self.open_ids = set(Case.objects.filter(ended_at=None).values_list("id", flat=True))
        self.say(f"  事件 {Case.objects.count()} 件，未办结 {len(self.open_ids)} 件，步骤 {Step.objects.count():,} 个")

    def orders(self) -> None:
        """Two instructions of the first township; what is open of them is told of like open cases."""
        self.open_ids |= orders_give(plan=self.plan, actor_of=self._actor, areas=self.areas)
        self.say(f"  交办 {Duty.objects.count()} 件，清单 {Line.objects.count()} 行")

    def _photos(self, index: int, actor: Actor) -> list[int]:
        story = self.plan.stories[index]
        content = picture(story.kind, f"{self.plan.number}:{index}:{story.title}")
        upload = ContentFile(content, name=f"{story.place[:20]}.jpg")
        return [photo_store(actor=actor, upload=upload, at=story.deeds[0].at).id]

    def stand_in(self) -> None:
        """An officer of the first township is away for a week, from today; its command centre works that list."""
        first = self.plan.townships[0].code
        away = self.plan.seats_at("township_officer", first)[-1].login
        instead = self.plan.seats_at("command_centre", first)[0].login
        post = Post.objects.get(user=self.users[away], role="township_officer")
        day = local(self.plan.end).date()
        standin_set(
            actor=self._actor(away), post_id=post.id, substitute_id=self.users[instead].pk, valid_from=day,
            valid_to=day + timedelta(days=6), reason=AWAY, at=self.plan.end,
        )  # fmt: skip

    def settle(self) -> None:
        """Notices of what is open, as if the queue had run; what concerns ended cases counts as delivered long ago.

        The clocks are looked at once more at the end of the time. Nothing of all this ever leaves the platform.
        """
        rows = OutboxEvent.objects.filter(delivered_at=None).order_by("at", "id")
        waiting = list(rows.values_list("id", "subject_id", "code"))
        kept = {event_id for event_id, subject, code in waiting if subject in self.open_ids or code == STANDIN_SET.code}
        OutboxEvent.objects.filter(delivered_at=None).exclude(id__in=kept).update(delivered_at=F("at"))
        for event_id, _, _ in waiting:
            if event_id in kept:
                outbox.deliver(event_id, self.plan.number)
        last = self.plan.end - timedelta(minutes=1)
        missing_told(at=last)
        watch(last)
        watch_lines(last)
        Notice.objects.filter(planned=False).update(planned=True)
        _unqueue({event_id for event_id, _, _ in waiting})


def _learn(plan: CountyPlan, say: Say) -> None:
    """What the words of the reports say about kind and unit, so that suggestions are there at once."""
    with county(plan.number, atomic=False):
        for family in SuggestionModel.Family:
            learned = learn(family, at=plan.end)
            if learned is not None:
                model_save(actor=Actor.system(plan.number), family=family, learned=learned, at=plan.end)
                say(f"{plan.pack.code} {family.label}的推荐学了 {learned.cases:,} 件")


def _unqueue(events: Iterable[int]) -> None:
    """Take the deliveries of these events off the queue; tasks of anybody else stay."""
    wanted = set(events)
    for row in OrmQ.objects.order_by("id").iterator(chunk_size=500):
        task = row.task
        many = task["args"][0] if task["func"] == DELIVER_MANY else task["args"][:1]
        if task["func"] in (DELIVER, DELIVER_MANY) and wanted.issuperset(many):
            row.delete()
