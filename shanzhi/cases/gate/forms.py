"""The proof on a public form, and the forms of those who keep the gate."""

from typing import Any, Final

from django import forms

from shanzhi.cases.gate.admitting import ProofNeeded
from shanzhi.cases.gate.blocking import DAYS, TEXT
from shanzhi.cases.gate.challenges import LONGEST, Challenge, Proof
from shanzhi.cases.gate.grouping import BY
from shanzhi.cases.models import Block, Held
from shanzhi.tenancy.ids import id_of

PROOF: Final = ("proof_work", "proof_nonce", "proof_question", "proof_answer")


class GateMixin(forms.Form):
    """A public form that asks for a proof when one is owed; show it with `cases/gate/proof.html`.

    `ask_proof` with what a service raised, or with `challenge_for` before anything was sent. What was typed stays; the
    proof that was sent does not: it served once.
    """

    proof_work = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    proof_nonce = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    proof_question = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    proof_answer = forms.CharField(label="小问题", required=False, max_length=40)

    challenge: Challenge | None = None

    def proof(self) -> Proof:
        """What was sent of a proof: the work if it was done, else the answer. An answer that was typed goes first."""
        data = self.cleaned_data
        if data["proof_nonce"] and not data["proof_answer"].strip():
            return Proof(data["proof_work"], data["proof_nonce"])
        return Proof(data["proof_question"], data["proof_answer"])

    def ask_proof(self, asked: Challenge | ProofNeeded | None) -> None:
        """Show this challenge, with the sentence of the refusal beside the question."""
        if isinstance(asked, ProofNeeded):
            self.add_error("proof_answer", asked.message)
            asked = asked.challenge
        self.challenge = asked


def proof_in(data: Any) -> Proof:
    """The proof of a body that came without a form, such as a program's: `proof: {challenge, answer}`."""
    if not isinstance(data, dict):
        return Proof()
    return Proof(str(data.get("challenge", ""))[: LONGEST + 1], str(data.get("answer", ""))[:40])


class IdField(forms.CharField):
    """The id of a row; what is none counts as one that is not there."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int:
        return id_of(str(value or "")) or 0


class ChooseForm(forms.Form):
    """Which held reports are meant: one, the group of one, or all."""

    ONE, ALL = "one", "all"
    held = IdField(required=False)
    by = forms.ChoiceField(
        choices=[("one", "这一件"), ("all", "全部"), *BY.items()], widget=forms.HiddenInput, required=False,
        error_messages={"invalid_choice": "请回到待甄别的页面重新选。"},
    )  # fmt: skip


class DiscardForm(ChooseForm):
    """Why nothing becomes of them; whoever sent them reads it."""

    reason = forms.ChoiceField(
        label="为什么不登记", choices=Held.Reason.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选不登记的原因，反映人会看到。", "invalid_choice": "请选不登记的原因，反映人会看到。"},
    )  # fmt: skip
    text = forms.CharField(
        label="补充一句", required=False, max_length=TEXT, help_text="反映人查进度时会看到。",
        error_messages={"max_length": f"最多写 {TEXT} 字，请删减。"}, widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip


def _days() -> list[tuple[int, str]]:
    return [(days, f"{days} 天") for days in DAYS]


class DaysForm(forms.Form):
    """How long, or how much longer."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    days = forms.TypedChoiceField(
        label="多久", choices=_days, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "请选多久。", "invalid_choice": "请选 1 天、7 天或 30 天。"},
    )  # fmt: skip


class BlockForm(DaysForm):
    """Whom, why and for how long."""

    what = forms.ChoiceField(
        label="限制什么", choices=Block.What.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选限制什么。", "invalid_choice": "请在列出的里面选。"},
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="为什么", choices=Block.Reason.choices, widget=forms.RadioSelect,
        help_text="被限制的人会看到这一条，看不到下面的说明。",
        error_messages={"required": "请选原因，被限制的人会看到。", "invalid_choice": "请在列出的里面选。"},
    )  # fmt: skip
    text = forms.CharField(
        label="具体情况", widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明具体情况，以后查得到。"},
    )  # fmt: skip
    sure = forms.BooleanField(label="限制整个网络时勾选：我知道会影响别人", required=False)

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["what"].choices = offered
        if Block.What.ADDRESS not in dict(offered):
            del fields["sure"]
        self.order_fields(["what", "sure", "reason", "text", "days"])


class LiftForm(forms.Form):
    """Why it ends before its time."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    text = forms.CharField(
        label="为什么解除", widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "请写明为什么解除。"},
    )  # fmt: skip
