"""What everybody may read of a case: a sentence of staff's own, confirmed by whoever wrote it, and nothing else."""

from typing import Final

from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.showing import readable
from shanzhi.cases.models import Case, Contact, Moderation
from shanzhi.cases.services.engine import Change, Moment, decides
from shanzhi.lib.errors import Invalid
from shanzhi.lib.private_words import private_parts

SHORTEST: Final = 2
LONGEST: Final = 200
WITHDRAWN: Final = "，已撤下"


@decides(Act.PUBLISH)
def publish(moment: Moment, *, text: str = "") -> Change:
    """Two to 200 characters that everybody may read from now on; empty takes back what stands there.

    Refused are numbers of people, the names of whoever reported it and of people in the answers, answers that only
    some may read, and words that were covered, each with a sentence that says what to take out.
    """
    words = " ".join(text.split())
    if not words:
        if not moment.case.summary:
            raise _refused(["请写给群众看的话，2 到 200 字。"], "text_required")
        return Change(target=WITHDRAWN, changes={"summary": ""})
    if not SHORTEST <= len(words) <= LONGEST:
        raise _refused([f"写 {SHORTEST} 到 {LONGEST} 字，现在 {len(words)} 字，请改一改。"], "text_length")
    if words == moment.case.summary:
        raise _refused(["和现在公开的一样，改了再公开；不想公开了就把字全删掉。"], "text_same")
    faults = private_parts(words, names_of(moment.case)) + _kept_back(moment, words)
    if faults:
        raise _refused(faults, "private")
    return Change(text=words, changes={"summary": words})


def names_of(case: Case) -> list[str]:
    """Whoever told it, by an account or to a desk, and people who are named in the answers; one statement."""
    names = [case.reporter_name] if case.reporter_id is not None else []
    told = [one for one in (case.id, case.parent_id) if one is not None]
    names += [row.name for row in Contact.objects.filter(case_id__in=told)]
    people = [value for value in case.answers.values() if isinstance(value, dict)]
    return names + [str(one.get("name", "")) for one in people]


def _kept_back(moment: Moment, words: str) -> list[str]:
    """What was covered, and answers that only some may read, must not come out here; one statement."""
    case = moment.case
    hidden = set(case.answers) - set(readable(moment.kind, case.answers, ()))
    secret = [str(case.answers[code]) for code in sorted(hidden) if isinstance(case.answers[code], str)]
    secret += Moderation.objects.filter(case_id=case.id, lifted_at=None).values_list("original", flat=True)
    found = dict.fromkeys(one.strip() for one in secret if len(one.strip()) > 1 and one.strip() in words)
    return [f"“{one[:20]}”不宜公开，请去掉。" for one in found]


def without_summary(case: Case) -> dict[str, str]:
    """What changes where a summary may not stand any longer: nothing if there is none."""
    return {"summary": ""} if case.summary else {}


def _refused(sentences: list[str], code: str) -> Invalid:
    return Invalid(sentences[0], code=code, fields={"text": sentences})
