"""What can be run in the background: kinds of jobs that somebody starts, and work that recurs in every county.

An app declares both in its `jobs.py`, which is imported at start:

    @job("areas.import", title="导入区划")
    def run(task: JobRun) -> dict[str, object]: ...

    @every(5, title="清理旧标识")
    def purge_keys(at: datetime) -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shanzhi.access.actor import Actor


class JobStopped(Exception):
    """The job was cancelled by its owner, or another worker has taken it over: stop without a trace."""


@dataclass
class JobRun:
    """A job while it is run, inside its county but outside of any transaction.

    A handler opens its own transactions (on PostgreSQL for reading too), is written so that a second run does no
    harm, and calls `progress` as it goes. What it returns is shown to the owner: `message` (a sentence), `path` and
    `path_label` (a link), `notes` (a list of sentences).
    """

    job_id: int
    county_id: int
    kind: str
    args: dict[str, Any]
    created_by: int
    attempt: int
    at: datetime
    done: int = 0
    total: int = 0
    stopped: bool = False
    on_progress: Callable[["JobRun"], None] | None = None
    _actor: Actor | None = field(default=None, repr=False)

    @property
    def actor(self) -> Actor:
        """The person who started the job, with the posts held now."""
        if self._actor is None:
            self._actor = actor_for(self.created_by, self.county_id)
        return self._actor

    def progress(self, done: int, total: int) -> None:
        """Show how far it is; cheap, call it as often as you like. Raises JobStopped if the job is to stop.

        A heartbeat of its own connection commits the numbers about once a second, so they show while a transaction
        of the handler is still open (on SQLite only between transactions: there is one writer).
        """
        self.done, self.total = done, total
        if self.on_progress is not None:
            self.on_progress(self)
        self.check_cancelled()

    def check_cancelled(self) -> None:
        """Raises JobStopped if the owner cancelled the job or it was lost to another worker."""
        if self.stopped:
            raise JobStopped


Handler = Callable[[JobRun], dict[str, Any] | None]
PeriodicHandler = Callable[[datetime], object]


@dataclass(frozen=True)
class Kind:
    """A kind of job: `title` is what its owner reads."""

    code: str
    title: str
    handler: Handler


@dataclass(frozen=True)
class Periodic:
    """Work that is done every so many minutes in each active county, outside of any transaction."""

    name: str
    title: str
    minutes: int
    handler: PeriodicHandler


KINDS: dict[str, Kind] = {}
PERIODICS: dict[str, Periodic] = {}
_actor_resolvers: list[Callable[[int, int], Actor]] = []


def job(code: str, *, title: str = "后台任务") -> Callable[[Handler], Handler]:
    """Declare a kind of job once; a second declaration is a programming error."""

    def register(handler: Handler) -> Handler:
        if code in KINDS:
            raise ValueError(f"job {code} is declared twice")
        KINDS[code] = Kind(code, title, handler)
        return handler

    return register


def every(minutes: int, *, title: str = "") -> Callable[[PeriodicHandler], PeriodicHandler]:
    """Declare recurring work; it may be run late, twice, or in two processes at once, and must not mind."""
    if minutes < 1:
        raise ValueError("the shortest interval is a minute")

    def register(handler: PeriodicHandler) -> PeriodicHandler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        if name in PERIODICS:
            raise ValueError(f"{name} is declared twice")
        PERIODICS[name] = Periodic(name, title or name, minutes, handler)
        return handler

    return register


def kind_title(code: str) -> str:
    return KINDS[code].title if code in KINDS else "后台任务"


def resolve_actors(resolver: Callable[[int, int], Actor]) -> None:
    """Let the app that owns posts make the actor of (user id, county id) for a job."""
    _actor_resolvers[:] = [resolver]


def actor_for(user_id: int, county_id: int) -> Actor:
    """The person behind a job; without a resolver, one who holds no post and so may do nothing more."""
    if user_id == 0:
        return Actor.system(county_id)
    if _actor_resolvers:
        return _actor_resolvers[0](user_id, county_id)
    return Actor(user_id=user_id, name="", county_id=county_id)
