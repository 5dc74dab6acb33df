"""The form of a batch: filled in once, held for every case."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from shanzhi.cases.acts import Act
from shanzhi.cases.forms.specs import SPECS
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import Targets, dispatch_targets
from shanzhi.cases.worklists.batches import Wish
from shanzhi.lib.clocks import Span

OWN: Final = "own"
LIMITS: Final = ("2 hours", "24 hours", "3 days", "7 days", "3 working days", "15 working days")
REPLIES: Final = 12


class BatchForm(forms.Form):
    """The words, with the replies that the kinds of these cases offer; for dispatching the target and its limit too."""

    target = forms.ChoiceField(
        label="派给", widget=forms.RadioSelect,
        error_messages={
            "required": "请选一个网格、下级或单位来处理。", "invalid_choice": "请在列出的网格、下级或单位里选一个。",
        },
    )  # fmt: skip
    limit = forms.ChoiceField(
        label="处理时限", required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请在列出的时限里选一个。"},
    )  # fmt: skip
    helpers = forms.MultipleChoiceField(
        label="请这些单位配合（可以不选）", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请在列出的单位里选。"},
    )  # fmt: skip
    reply = forms.ChoiceField(label="常用的话", required=False, widget=forms.RadioSelect)
    text = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, act: Act, cases: Sequence[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act = act
        fields: dict[str, Any] = self.fields
        label, hint, self.missing = SPECS[act].words
        fields["text"].label, fields["text"].help_text = label, hint
        replies = replies_of(act, cases)
        fields["reply"].choices = [*((words, words) for words in replies), ("", "不用，我自己写")]
        if not replies:
            del fields["reply"]
        elif self.missing:
            fields["reply"].initial = ""  # nobody signs words that they have not chosen
            fields["text"].label, fields["text"].help_text = "补充（可以不填）", "选了常用的话，就接在它后面。"
        if act == Act.DISPATCH:
            self._dispatching(fields, targets_of(cases))
        else:
            for name in ("target", "limit", "helpers"):
                del fields[name]

    def _dispatching(self, fields: dict[str, Any], targets: Targets) -> None:
        own = [(OWN, "各自事发的网格或村")]
        areas = [(f"area:{area.code}", area.name) for area in targets.areas]
        units = [(f"unit:{unit.code}", unit.name) for unit in targets.units]
        fields["target"].choices = [*own, *units, *areas]
        fields["target"].initial = OWN
        fields["limit"].choices = [("", "按各类别的规定"), *((text, Span.parse(text).words()) for text in LIMITS)]
        fields["helpers"].choices = [(unit.code, unit.name) for unit in targets.units]
        if not targets.units:
            del fields["helpers"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = "".join(part for part in (data.get("reply", ""), data.get("text", "").strip()) if part)
        if self.missing and not words:
            self.add_error("text", self.missing)
        return {**data, "words": words}

    def wish(self) -> Wish:
        data = self.cleaned_data
        kind, _, code = data.get("target", "").partition(":")
        return Wish(
            text=data["words"], own=kind == OWN, area=code if kind == "area" else "",
            unit=code if kind == "unit" else "", helpers=tuple(data.get("helpers", ())), limit=data.get("limit", ""),
        )  # fmt: skip


def initial_of(wish: Mapping[str, Any]) -> dict[str, Any]:
    """What was wished for, as the form shows it again."""
    target = OWN if wish["own"] else f"area:{wish['area']}" if wish["area"] else f"unit:{wish['unit']}"
    return {**wish, "target": target, "reply": ""}


def replies_of(act: Act, cases: Sequence[Case]) -> list[str]:
    """What the kinds of these cases offer to say at this act, the most usual first."""
    counted = Counter(words for case in cases for words in kind_of(case).replies.get(act.value, ()))
    return [words for words, _ in counted.most_common(REPLIES) if "{" not in words]


def targets_of(cases: Sequence[Case]) -> Targets:
    """Whom the level in charge may give them to; nobody in common if several levels are."""
    if len({case.owner_id for case in cases}) != 1:
        return Targets([], [])
    return dispatch_targets(cases[0])
