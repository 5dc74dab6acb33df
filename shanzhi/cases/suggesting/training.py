"""Learning from what people have decided: which kind a text ended up as, and which unit handled it in the end.

One pass over the newest 20,000 cases, newest first, a thousand at a time: the newest fifth is kept aside, the older
rest is learned from, the fifth is then used to see how good that is, and learned from too. So what is measured has
never been seen, and the past is judged by the future as in use.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Case, SuggestionModel
from shanzhi.cases.suggesting.words import LIKELY
from shanzhi.lib.bayes import Model, Trainer
from shanzhi.tenancy.context import county, current

NEWEST: Final = 20_000
OLDEST: Final = timedelta(days=5 * 365)
CHUNK: Final = 1000
LEAST: Final = 30
FIFTH: Final = 5
CONFUSIONS: Final = 50
UNDECIDED: Final = (State.REPORTED, State.REJECTED, State.MERGED)  # nobody has confirmed what it is
HANDLED: Final = (State.HANDLED, State.VERIFIED, State.CLOSED)
Family = SuggestionModel.Family
Progress = Callable[[int, int], None]
Pair = tuple[str, str]


@dataclass
class Accuracy:
    """Counts on cases that had not been seen; see SuggestionModel."""

    tested: int = 0
    spoke: int = 0
    spoke_right: int = 0
    right_first: int = 0
    right_top3: int = 0
    commonest: int = 0
    by_label: dict[str, list[int]] = field(default_factory=dict)
    confusions: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Learned:
    """A model of all the cases, and how good one without the newest fifth was on that fifth."""

    model: Model
    cases: int
    accuracy: dict[str, Any]


def text_of(title: str, body: str) -> str:
    """What is learned of a case: a title that is only the beginning of the text says nothing more."""
    return body if body.startswith(title.rstrip("…")) else f"{title}。{body}"


def unit_label(name: str, place: str) -> str:
    """A unit without its place's name, so that the same station of every township is one: 杨村镇水务站 → 水务站."""
    bare = name.removeprefix(place)
    return bare if len(bare) >= 2 else name


def examples(family: str, *, at: datetime) -> QuerySet[Case]:
    """The cases that teach this family something: those of which people have confirmed it, of the last five years."""
    rows = Case.objects.filter(received_at__gte=at - OLDEST, received_at__lte=at)
    if family == Family.KIND:
        return rows.filter(kind__in=list(kinds_now())).exclude(state__in=UNDECIDED)
    return rows.filter(state__in=HANDLED, handler_unit__isnull=False, handler_unit__valid_to=None)


def pairs(family: str, *, at: datetime) -> Iterator[Pair]:
    """(text, label) of at most 20,000 cases, the newest first, a thousand a statement, each in its own transaction."""
    names = ["received_at", "id", "title", "body", "kind"]
    if family == Family.UNIT:
        names += ["handler_unit__name", "handler_unit__area__name"]
    last: tuple[datetime, int] | None = None
    for _ in range(NEWEST // CHUNK):
        with county(current()):
            rows = examples(family, at=at)
            if last is not None:
                rows = rows.filter(Q(received_at__lt=last[0]) | Q(received_at=last[0], id__lt=last[1]))
            chunk = list(rows.order_by("-received_at", "-id").values_list(*names)[:CHUNK])
        for row in chunk:
            label = row[4] if family == Family.KIND else unit_label(row[5], row[6])
            yield text_of(row[2], row[3]), label
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0], chunk[-1][1]


def example_count(family: str, *, at: datetime) -> int:
    with county(current()):
        return examples(family, at=at)[:NEWEST].count()


def learn(family: str, *, at: datetime, progress: Progress = lambda done, total: None) -> Learned | None:
    """Learn from this county's cases; None if there are fewer than 30 of them.

    `progress(done, total)` is called as it goes and may raise to stop. Outside of transactions.
    """
    total = example_count(family, at=at)
    if total < LEAST:
        return None
    trainer, aside = Trainer(), []
    for number, (text, label) in enumerate(pairs(family, at=at)):
        if number < total // FIFTH:
            aside.append((text, label))
        else:
            trainer.add(text, label)
        if number % CHUNK == 0:
            progress(number, total)
    tried = trainer.model().calibrated(aside)
    accuracy = measured(tried, aside, trainer.texts_by_label())
    for text, label in aside:
        trainer.add(text, label)
    progress(total, total)
    if trainer.cases < LEAST:
        return None
    return Learned(trainer.model(tried.temperature), trainer.cases, asdict(accuracy))


def measured(model: Model, unseen: list[Pair], taught: dict[str, int]) -> Accuracy:
    """How often the model is right on these pairs; `commonest` is how often the commonest taught label would be.

    A text on which it says nothing counts as not right. `spoke` are those on which it was sure.
    """
    out, confused = Accuracy(tested=len(unseen)), Counter[Pair]()
    commonest = max(sorted(taught), key=taught.__getitem__, default="")
    for text, label in unseen:
        found = model.predict(text)
        labels = [name for name, _ in found]
        first, top3 = labels[:1] == [label], label in labels
        row = out.by_label.setdefault(label, [0, 0, 0])
        for place, right in enumerate((True, first, top3)):
            row[place] += right
        out.right_first += first
        out.right_top3 += top3
        out.commonest += label == commonest
        if found and found[0][1] >= LIKELY:
            out.spoke += 1
            out.spoke_right += first
        if labels and not first:
            confused[label, labels[0]] += 1
    ranked = sorted(confused.items(), key=lambda one: (-one[1], one[0]))[:CONFUSIONS]
    out.confusions = [[was, said, times] for (was, said), times in ranked]
    return out
