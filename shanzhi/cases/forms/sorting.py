"""Forms of stages and kinds."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.kinds.answers import holds
from shanzhi.cases.kinds.fields import AnswersMixin, Question, name_of
from shanzhi.cases.kinds.refit import readable, refitted
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.kinds.showing import as_closed
from shanzhi.cases.models import Case
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local


class OpenChoiceField(forms.ChoiceField):
    """Shows what can be chosen now and takes anything: the service refuses what is no choice.

    So a form that is sent twice says the same both times, although its first sending has changed the choices.
    """

    def valid_value(self, value: Any) -> bool:
        return True


class StageForm(ActForm):
    """Which stage comes next; the only one is chosen already."""

    inline = frozenset({"stage"})
    stage = OpenChoiceField(
        label="进入哪个环节", widget=forms.RadioSelect, error_messages={"required": "请选下一个环节。"}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        following = kind_of(case).next_stages(case.stage)
        self.fields["stage"].choices = [(one.code, one.label) for one in following]  # type: ignore[attr-defined]
        if len(following) == 1:
            self.fields["stage"].initial = following[0].code
        self.order_fields(["stage", "text"])

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "stage": self.cleaned_data["stage"]}


class ClassifyForm(ActForm, AnswersMixin):
    """Another kind. What it asks for beyond the old answers is asked in the page that comes back."""

    inner = "cases/parts/act_classify.html"
    kind = OpenChoiceField(label="改成哪一类", widget=forms.RadioSelect, error_messages={"required": "请选一个类别。"})

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, case=case, **kwargs)
        kinds = kinds_now()
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (code, kind.label) for code, kind in kinds.items() if code != case.kind
        ]
        self.was = kind_of(case).label
        chosen = kinds.get(str(self.data.get("kind", ""))) if self.is_bound else None
        if chosen is not None:
            self.ask(chosen.body)

    @property
    def shown(self) -> list[forms.BoundField]:
        return [bound for bound in super().shown if bound.name == "text"]

    @property
    def asks(self) -> bool:
        """Whether the page that comes back has to ask something."""
        return bool(self.questions()) and bool(self.errors)

    def before(self, kind: KindBody) -> Mapping[str, Any]:
        """What was answered and may be kept."""
        return as_closed(kind_of(self.case), kind, self.case.answers)

    def questions(self) -> list[Question]:
        """Those without an old answer, unless an old answer already hides them."""
        if self.kind_body is None:
            return []
        fits = readable(self.kind_body, self.before(self.kind_body), today=local(timezone.now()).date())
        asked: set[str] = set()
        for field in self.kind_body.fields:
            known = {code: values for code, values in field.shown_if.items() if code not in asked}
            if field.code not in fits and holds(known, fits):
                asked.add(field.code)
        return [question for question in super().questions() if question.field.code in asked]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.kind_body is None:
            return cleaned
        given = {field.code: cleaned.get(name_of(field.code)) for field in self.kind_body.fields}
        for field in self.kind_body.fields:
            if field.type == "photo":
                given[field.code] = self._photos(field, given[field.code] or {})
        cleaned["answers"] = {code: value for code, value in given.items() if value not in (None, "", [], {})}
        if cleaned.get("kind") == self.case.kind:  # sent again, or no choice: the service tells them apart
            return cleaned
        try:
            today = local(timezone.now()).date()
            refitted(self.kind_body, self.before(self.kind_body), cleaned["answers"], today=today, strict=False)
        except Invalid as refusal:
            for name, sentences in refusal.fields.items():
                asked = name_of(name.removeprefix("answers."))
                self.add_error(asked if asked in self.fields else None, list(sentences))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **super().arguments(), "kind": data["kind"], "answers": data.get("answers", {}), "from_form": True
        }  # fmt: skip
