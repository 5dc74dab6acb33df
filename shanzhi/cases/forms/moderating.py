"""The form of covering words and photos, and of lifting covers."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms

from shanzhi.cases.covering import HIDDEN, covers_of
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.forms.sorting import OpenChoiceField
from shanzhi.cases.models import Case, Moderation
from shanzhi.cases.selectors import steps_of
from shanzhi.files.selectors import photo_strip

SHORT: Final = 40


@dataclass(frozen=True)
class Place:
    """One thing that can be covered, or one cover that can be lifted."""

    value: str
    label: str
    words: str = ""
    thumb: str = ""


class ModerateForm(ActForm):
    """What to cover and what stands there instead; or which cover to lift."""

    inner = "cases/parts/act_moderate.html"
    what = OpenChoiceField(
        label="处理哪一处", widget=forms.RadioSelect, error_messages={"required": "请选要处理哪一处。"}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.places = places_of(case)
        choices = [(place.value, place.label) for place in self.places]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self.fields["instead"] = forms.CharField(
            label="改成什么", required=False, widget=forms.Textarea({"rows": 2}),
            help_text=f"不写就显示“{HIDDEN}”。照片和恢复原样不用写。",
        )  # fmt: skip
        self.order_fields(["what", "instead", "text"])

    @property
    def shown(self) -> list[forms.BoundField]:
        return [bound for bound in super().shown if bound.name != "what"]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**super().arguments(), "what": data["what"], "instead": data["instead"]}


def places_of(case: Case) -> list[Place]:
    """The words and photos of a case as they stand, and what was covered; three statements."""
    steps = steps_of(case)
    covers = covers_of(case, steps)
    part = Moderation.Part
    covered = {row.part for row in covers.rows}
    places = [
        Place(one.value, str(one.label), _short(str(getattr(case, one.value))))
        for one in (part.TITLE, part.BODY, part.PLACE)
        if one not in covered and getattr(case, one.value)
    ]
    places += [
        Place(f"step:{step.version}", f"第 {step.version} 步说明", _short(step.text))
        for step in reversed(steps)
        if step.text and step.id not in covers.steps
    ]
    strips = covers.strips(photo_strip("cases.step", [step.id for step in steps]))
    version = {step.id: step.version for step in steps}
    places += [
        Place(f"photo:{file.id}", f"第 {version[step_id]} 步照片 {number}", thumb=file.thumb_url)
        for step_id in sorted(strips, key=lambda one: version[one])
        for number, file in enumerate(strips[step_id], 1)
    ]
    places += [
        Place(f"lift:{row.id}", f"恢复原样：{row.get_part_display()}", _short(row.original),
              row.file.thumb_url if row.file is not None else "")
        for row in covers.rows
    ]  # fmt: skip
    return places


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= SHORT else f"{words[: SHORT - 1]}…"
