"""The form of splitting: eight rows, of which the filled ones count."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms

from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.models import Case
from shanzhi.cases.services.reporting import BODY_LENGTH
from shanzhi.cases.services.splitting import FEWEST, MOST, TITLE_LENGTH, Part

OPEN: Final = 3


@dataclass(frozen=True)
class Row:
    """One part as the page shows it."""

    number: int
    body: forms.BoundField
    title: forms.BoundField
    kind: forms.BoundField


class SplitForm(ActForm):
    """Each part with its own words; the kind is that of the whole unless another is chosen."""

    inner = "cases/parts/act_split.html"

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        others = [(code, kind.label) for code, kind in kinds_now().items() if code != case.kind]
        choices = [("", f"和原件一样（{kind_of(case).label}）"), *others]
        for number in range(MOST):
            which = f"第 {number + 1} 件"
            self.fields[f"parts.{number}.body"] = forms.CharField(
                label=f"{which}是什么情况", required=number < FEWEST, widget=forms.Textarea({"rows": 2}),
                max_length=BODY_LENGTH,
                error_messages={
                    "required": f"请写明{which}是什么情况。",
                    "max_length": f"{which}最多写 {BODY_LENGTH} 字，请删减。",
                },
            )  # fmt: skip
            self.fields[f"parts.{number}.title"] = forms.CharField(
                label=f"{which}的标题", required=False, max_length=TITLE_LENGTH, help_text="不写就用第一句话。",
                error_messages={"max_length": f"{which}的标题最多 {TITLE_LENGTH} 字，请删减。"},
            )  # fmt: skip
            self.fields[f"parts.{number}.kind"] = forms.ChoiceField(
                label=f"{which}的类别", required=False, choices=choices,
                error_messages={"invalid_choice": f"{which}请在列出的类别里选一个。"},
            )  # fmt: skip

    @property
    def shown(self) -> list[forms.BoundField]:
        return [bound for bound in super().shown if bound.name == "text"]

    def _rows(self) -> list[Row]:
        return [
            Row(n + 1, self[f"parts.{n}.body"], self[f"parts.{n}.title"], self[f"parts.{n}.kind"]) for n in range(MOST)
        ]

    def first_rows(self) -> list[Row]:
        return self._rows()[:OPEN]

    def more_rows(self) -> list[Row]:
        return self._rows()[OPEN:]

    @property
    def is_long(self) -> bool:
        """Whether a row that is folded up at first holds something."""
        return any(row.body.value() or row.title.value() or row.body.errors for row in self.more_rows())

    def arguments(self) -> dict[str, Any]:
        """Rows up to the last filled one, so that a gap is told by its own number."""
        data = self.cleaned_data
        parts = [Part(data[f"parts.{n}.body"], data[f"parts.{n}.title"], data[f"parts.{n}.kind"]) for n in range(MOST)]
        while parts and not (parts[-1].body.strip() or parts[-1].title.strip()):
            parts.pop()
        return {**super().arguments(), "parts": parts}
