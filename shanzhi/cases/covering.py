"""What is shown instead of words and photos that were covered: one overlay for pages, API and files.

Covered words of the case itself (title, report, place) stand in its own columns, so that lists, searches, exports and
everything else show them without looking. Steps and photos never change: here they are read through their covers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from shanzhi.access.actor import Actor
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Assignment, Case, Moderation, Step
from shanzhi.cases.selectors import steps_of
from shanzhi.cases.turns import inside
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import photo_strip

HIDDEN: Final = "（内容不宜公开，已隐藏）"
AUDITOR: Final = "auditor"
# What those who work with a case say to one another; the forms of these acts promise as much.
AMONG_STAFF: Final = frozenset({
    Act.NOTE, Act.ASK, Act.GRANT, Act.REFUSE, Act.SUPERVISE, Act.ANSWER, Act.WHISTLE, Act.ARRIVE, Act.FINISH,
    Act.DISMISS, Act.RELEASE,
})  # fmt: skip

Strips = Mapping[int, Sequence[StoredFile]]


@dataclass(frozen=True)
class Covers:
    """The covers of a case that hold now."""

    rows: tuple[Moderation, ...] = ()
    steps: Mapping[int, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)
    files: frozenset[int] = frozenset()

    def words(self, step: Step) -> str:
        """The words of a step as they are shown."""
        return self.steps.get(step.id, step.text)

    def text(self, words: str) -> str:
        """The same for a copy of a step's words, such as what a unit answered, wherever it is kept."""
        return self.originals.get(words, words)

    def call(self, call: Assignment) -> Assignment:
        """The same for what a unit was called for and what it did."""
        call.task, call.result = self.text(call.task), self.text(call.result)
        return call

    def strips(self, photos: Strips) -> dict[int, list[StoredFile]]:
        """Photos by step without the covered ones."""
        if not self.files:
            return {step_id: list(files) for step_id, files in photos.items()}
        kept = {step_id: [file for file in files if file.id not in self.files] for step_id, files in photos.items()}
        return {step_id: files for step_id, files in kept.items() if files}


NONE: Final = Covers()


@dataclass(frozen=True)
class Story:
    """The steps of a case with the newest first, and their photos, as one reader reads them."""

    steps: list[Step]
    photos: dict[int, list[StoredFile]]
    covers: Covers


def story_of(actor: Actor, case: Case, *, photos: bool = True) -> Story:
    """Two statements, a third where something is covered. `photos` is False where there can be none.

    The rows hold the words that are shown: they are to be read, never to be saved.
    """
    written = steps_of(case)
    covers = covers_of(case, written)
    steps = steps_for(actor, case, written)
    strips = photo_strip("cases.step", [step.id for step in steps] if photos else [])
    for step in steps:
        step.text = covers.words(step)
    return Story(steps, covers.strips(strips), covers)


def covers_of(case: Case, steps: Sequence[Step]) -> Covers:
    """One statement, none for a case whose steps say that nothing was ever covered."""
    if not any(step.act == Act.MODERATE for step in steps):
        return NONE
    found = Moderation.objects.filter(case_id=case.id, lifted_at=None).select_related("step", "file")
    rows = tuple(found.order_by("id"))
    worded = [row for row in rows if row.step_id is not None]
    return Covers(
        rows=rows,
        steps={row.step_id: row.shown for row in worded if row.step_id is not None},
        originals={row.original: row.shown for row in worded if row.original},
        files=frozenset(row.file_id for row in rows if row.file_id is not None),
    )


def called_as_shown(calls: Iterable[Assignment]) -> list[Assignment]:
    """Calls of many cases with their words as they are shown; one statement. To be read, never to be saved."""
    rows = list(calls)
    held = Moderation.objects.filter(case_id__in={row.case_id for row in rows}, lifted_at=None, step__isnull=False)
    originals: dict[int, dict[str, str]] = {}
    for case_id, original, shown in held.values_list("case_id", "original", "shown") if rows else ():
        originals.setdefault(case_id, {})[original] = shown
    return [Covers(originals=originals.get(row.case_id, {})).call(row) for row in rows]


def sees_originals(actor: Actor, case: Case) -> bool:
    """The people of the level in charge who may cover, and auditors in whose county or place it is."""
    return actor.is_system or any(
        post.unit_id is None
        and (
            (post.allows(permissions.MODERATE) and post.area_path == case.owner_path)
            or (post.role == AUDITOR and case.area_path.startswith(post.area_path))
        )
        for post in actor.posts
    )


def is_insider(actor: Actor, case: Case) -> bool:
    """Whether somebody who sees the case works with it, and does not see it only as its reporter."""
    return actor.is_system or bool(inside(permissions.VIEW)(actor, case))


def steps_for(actor: Actor, case: Case, steps: Sequence[Step]) -> list[Step]:
    """The steps that this reader may read: what is said among staff is for those who work with the case."""
    if is_insider(actor, case):
        return list(steps)
    return [step for step in steps if step.act not in AMONG_STAFF]


def is_open_to(actor: Actor, case: Case, step: Step, file_id: int) -> bool:
    """Whether a photo of a step may be served to somebody who sees the case; one statement."""
    if step.act in AMONG_STAFF and not is_insider(actor, case):
        return False
    covered = Moderation.objects.filter(Q(file_id=file_id), case_id=case.id, lifted_at=None)
    return sees_originals(actor, case) or not covered.exists()
