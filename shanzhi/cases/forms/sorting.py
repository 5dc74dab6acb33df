"""Forms of stages and kinds."""

from typing import Any

from django import forms
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.kinds.answers import holds
from shanzhi.cases.kinds.fields import AnswersMixin, name_of
from shanzhi.cases.kinds.refit import readable, refitted
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.kinds.schema import FieldBody, KindBody
from shanzhi.cases.models import Case
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local


class StageForm(ActForm):
    """Which stage comes next; the only one is chosen already."""

    inline = frozenset({"stage"})
    stage = forms.ChoiceField(
        label="进入哪个环节", widget=forms.RadioSelect,
        error_messages={"required": "请选下一个环节。", "invalid_choice": "请在列出的环节里选一个。"},
    )  # fmt: skip

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
    kind = forms.ChoiceField(
        label="改成哪一类", widget=forms.RadioSelect,
        error_messages={"required": "请选一个类别。", "invalid_choice": "请在列出的类别里选一个。"},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, case=case, **kwargs)
        self.kinds = {code: kind.body for code, kind in kinds_now().items() if code != case.kind}
        self.fields["kind"].choices = [(code, body.label) for code, body in self.kinds.items()]  # type: ignore[attr-defined]
        self.was = kind_of(case).label
        self.whole = self.kinds.get(str(self.data.get("kind", ""))) if self.is_bound else None
        if self.whole is not None:
            self.ask(self.whole.model_copy(update={"fields": tuple(self._open(self.whole))}))

    @property
    def shown(self) -> list[forms.BoundField]:
        return [bound for bound in super().shown if bound.name == "text"]

    @property
    def asks(self) -> bool:
        """Whether the page that comes back has to ask something."""
        return bool(self.questions()) and bool(self.errors)

    def _open(self, body: KindBody) -> list[FieldBody]:
        """Questions without an old answer, unless an old answer already hides them."""
        fits = readable(body, self.case.answers, today=local(timezone.now()).date())
        asked: list[FieldBody] = []
        for field in body.fields:
            codes = {one.code for one in asked}
            known = {code: values for code, values in field.shown_if.items() if code not in codes}
            if field.code not in fits and holds(known, fits):
                asked.append(field)
        return asked

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.whole is None or self.kind_body is None:
            return cleaned
        given = {field.code: cleaned.get(name_of(field.code)) for field in self.kind_body.fields}
        for field in self.kind_body.fields:
            if field.type == "photo":
                given[field.code] = self._photos(field, given[field.code] or {})
        cleaned["answers"] = {code: value for code, value in given.items() if value not in (None, "", [], {})}
        try:
            today = local(timezone.now()).date()
            refitted(self.whole, self.case.answers, cleaned["answers"], today=today, strict=False)
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
