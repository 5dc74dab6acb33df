"""A step on a case that was filled in without a signal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import JsonResponse
from django.utils import timezone

from shanzhi.access.pages import CountyRequest
from shanzhi.cases.acts import BESIDE, Act, require
from shanzhi.cases.catalogue import State
from shanzhi.cases.forms import ActForm, ActSpec, refused
from shanzhi.cases.models import Case, Step
from shanzhi.cases.phone.late import Answer, done_at_of, invalid_answer, key_of, photos_gone, refused_answer
from shanzhi.cases.presenters import act_label
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.services import case_act
from shanzhi.cases.services.engine import STALE, TEXT_LENGTH
from shanzhi.cases.services.talking import NOTHING_SAID
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, Stale
from shanzhi.tenancy.idempotency import earlier

MakeForm = Callable[[CountyRequest, ActSpec, Case], ActForm]
TRIES: Final = 3


def step_late(request: CountyRequest, spec: ActSpec, number: str, make: MakeForm) -> JsonResponse:
    """Do it, or keep it as a note, or say why it can't be; see `late`."""
    now = timezone.now()
    try:
        case = case_get_for(request.actor, number)
        request.actor.require(spec.act.permission)  # without it there is no step that could have come too late
        key, done_at = key_of(request), done_at_of(request, now=now)
        return (_before(request, spec, case, key) or _acted(request, spec, case, make, key, done_at, now)).response()
    except DomainError as error:
        return refused_answer(error).response()


def _before(request: CountyRequest, spec: ActSpec, case: Case, key: str) -> Answer | None:
    """What became of this very item the first time, if it came before."""
    found = earlier(key=key, actor=request.actor)
    if found is None:
        return None
    if found[0] == f"cases.{spec.act}:{case.id}":
        return _done(case, "这一条之前已经传上去了")
    if found[0] == f"cases.{Act.NOTE}:{case.id}":
        return _noted(request, spec, case)
    return None


def _done(case: Case, words: str) -> Answer:
    return Answer("done", words, number=case.number, county_id=case.county_id)


def _noted(request: CountyRequest, spec: ActSpec, case: Case) -> Answer:
    label, state = act_label(request.actor, case, spec.act).rstrip("…"), State(case.state).label
    words = f"到晚了：这件事现在是“{state}”，“{label}”没有办成。你写的内容和照片已作为备注留在这件事上，没有丢。"
    return Answer("note", words, number=case.number, county_id=case.county_id)


def _acted(
    request: CountyRequest, spec: ActSpec, case: Case, make: MakeForm, key: str, done_at: datetime | None, now: datetime
) -> Answer:
    for left in reversed(range(TRIES)):
        form = make(request, spec, case)
        valid = form.is_valid()
        try:
            require(request.actor, case, spec.act)
            version = _version(request, spec, case, form)
            if not valid:
                return invalid_answer(form)
            case = case_act(
                actor=request.actor, case=case, act=spec.act, version=version, key=key, at=now, done_at=done_at,
                **form.arguments(),
            )  # fmt: skip
            return _done(case, spec.told(case, form))
        except Invalid as error:
            refused(form, error)
            return _before(request, spec, case, key) or invalid_answer(form, error.message)
        except (Conflict, Forbidden) as error:
            again = _before(request, spec, case, key)
            if again is not None:
                return again
            if error.code == "photo_gone":
                return photos_gone()
            case = case_get_for(request.actor, case.number)
            if isinstance(error, Stale) and left:
                continue  # somebody wrote at this very moment: look once more whether it matters
            return _kept(request, spec, case, form, key, done_at, now, error)
    raise AssertionError("unreachable")


def _version(request: CountyRequest, spec: ActSpec, case: Case, form: ActForm) -> int | None:
    """The version to act on. What the person did meanwhile, and words that others wrote, make no step stale."""
    if not spec.takes_version:
        return None
    seen = form.cleaned_data.get("version", case.version)
    if seen == case.version:
        return case.version
    since = Step.objects.filter(case_id=case.id, version__gt=seen).values_list("act", "actor_id")
    if seen > case.version or any(act not in BESIDE and who != request.actor.user_id for act, who in since):
        raise Stale(STALE, code="stale")
    return case.version


def _kept(
    request: CountyRequest, spec: ActSpec, case: Case, form: ActForm, key: str, done_at: datetime | None,
    now: datetime, error: DomainError,
) -> Answer:  # fmt: skip
    """An internal note with its words and photos; if the person may not note here, the refusal of the step itself."""
    label = act_label(request.actor, case, spec.act).rstrip("…")
    photos = form.cleaned_data.get("photo_ids", [])
    try:
        case_act(
            actor=request.actor, case=case, act=Act.NOTE, key=key, at=now, done_at=done_at, text=_words(form),
            photo_ids=photos, instead_of=label,
        )  # fmt: skip
    except (Conflict, Forbidden) as other:
        again = _before(request, spec, case, key)
        if again is not None:
            return again
        return photos_gone() if other.code == "photo_gone" else refused_answer(error)
    except Invalid as other:
        return _before(request, spec, case, key) or invalid_answer(form, other.message)
    return _noted(request, spec, case)


def _words(form: ActForm) -> str:
    """What was written, then what was chosen in the form's other fields, as far as there is room."""
    written = str(form.data.get("text", "")).strip()
    chosen = [line for bound in form.shown if bound.name != "text" and (line := _chosen(form, bound))]
    room = TEXT_LENGTH - len(written) - 1
    extra = "\n".join(chosen)[: max(0, room)]
    return "\n".join(part for part in (written, extra) if part) or NOTHING_SAID


def _chosen(form: ActForm, bound: Any) -> str:
    values = form.data.getlist(bound.html_name) if hasattr(form.data, "getlist") else []
    labels = {str(value): str(label) for value, label in getattr(bound.field, "choices", ())}
    words = "、".join(labels.get(value, value) for value in values if value)
    return f"{bound.label}：{words}" if words else ""
