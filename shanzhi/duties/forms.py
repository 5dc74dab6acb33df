"""Forms of issuing and of acting. Forms only read; every rule is the services', and comes back beside its field."""

from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.duties.catalogue import Act
from shanzhi.duties.choosing import Reach, Receiver, group_choices, place_choices, receivers_named, role_choices
from shanzhi.duties.services import Deed, Order
from shanzhi.duties.services.acting import TEXT
from shanzhi.duties.services.issuing import BODY, SOURCE, TITLE
from shanzhi.duties.specs import Spec
from shanzhi.files.forms import PhotosMixin
from shanzhi.lib.errors import Invalid

DAY = "日期没有写对，请重新选。"
CHOICE = "请在列出的里面选。"


def _boxes(label: str, hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOICE},
    )  # fmt: skip


class DutyForm(PhotosMixin, TakingForm):
    """What is to be done and by whom; `receivers` is the list that came of it, once the form is valid."""

    title = forms.CharField(
        label="交办什么事", help_text=f"一句话，最多 {TITLE} 字，如 汛期前排查河道和低洼处。",
        error_messages={"required": "请写交办什么事。"}, widget=forms.TextInput({"maxlength": str(TITLE)}),
    )  # fmt: skip
    body = forms.CharField(
        label="做什么、做到什么程度", help_text="承办的人照着这段办。",
        error_messages={"required": "请写清楚要做什么、做到什么程度。"},
        widget=forms.Textarea({"rows": 5, "maxlength": str(BODY)}),
    )  # fmt: skip
    source = forms.CharField(
        label="依据", required=False, help_text="哪次会议、哪份文件、哪位领导要求的。",
        widget=forms.TextInput({"maxlength": str(SOURCE)}),
    )  # fmt: skip
    due_on = forms.DateField(
        label="哪天以前办完", help_text="到这一天结束。", error_messages={"required": "请选哪天以前办完。", "invalid": DAY},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    due_time = forms.TimeField(
        label="几点以前", required=False, help_text="不填就到那天 24:00。", error_messages={"invalid": "时间没有写对，请写成 17:30 这样。"},
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    urgent = forms.BooleanField(label="紧急，马上通知，免打扰时段也发", required=False)
    groups = _boxes("整片交办")
    places = _boxes("或者一个一个选")
    names = forms.CharField(
        label="或者写名称", required=False, help_text="村、网格、部门的名称或代码，一行一个，可以从表格里粘贴。",
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    role = forms.ChoiceField(
        label="只交给哪个岗位", required=False, help_text="不限的话，那里办公室的人都看得到、都能办。",
        error_messages={"invalid_choice": CHOICE},
    )  # fmt: skip
    case = forms.CharField(
        label="和哪件事件有关", required=False, help_text="事件编号，如 2611-0008。能看那件事的人才看得到。",
        widget=forms.TextInput({"maxlength": "20", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach = reach
        self.receivers: list[Receiver] = []
        fields: dict[str, Any] = self.fields
        fields["groups"].choices = group_choices(reach)
        fields["places"].choices = place_choices(reach)
        fields["role"].choices = [("", "不限"), *role_choices(reach)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if {"groups", "places", "role"} & self.errors.keys():
            return data
        chosen = {name: data.get(name) for name in ("groups", "places", "names", "role")}
        try:
            self.receivers = receivers_named(self.reach, **{name: value or "" for name, value in chosen.items()})
        except Invalid as error:
            for name, rows in error.fields.items():
                self.add_error(name, rows)
        return data

    def order(self) -> Order:
        data = self.cleaned_data
        return Order(
            title=data["title"], body=data["body"], source=data["source"], due_on=data["due_on"],
            due_time=data["due_time"], urgent=data["urgent"], case=data["case"],
        )  # fmt: skip


class LineForm(TakingForm):
    """An act with its words, on the line as it was seen."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": "页面放得太久，请刷新后再办。"}
    )
    text = forms.CharField(label="说明", required=False, widget=forms.Textarea({"rows": 4, "maxlength": "1000"}))

    def __init__(self, *args: Any, spec: Spec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        text = self.fields["text"]
        text.label, text.help_text, text.required = spec.label, spec.hint, bool(spec.missing)
        text.error_messages["required"] = spec.missing

    def deed(self) -> Deed:
        data = self.cleaned_data
        return Deed(
            text=data["text"], nothing=bool(data.get("nothing")), until=data.get("until"),
            photos=tuple(data.get("photo_ids") or ()),
        )  # fmt: skip


class AskForm(LineForm):
    until = forms.DateField(
        label="想延到哪一天", error_messages={"required": "请选想延到哪一天。", "invalid": DAY},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class ProvingForm(PhotosMixin, LineForm):
    pass


class DoneForm(ProvingForm):
    nothing = forms.BooleanField(label="无此情况（查过了，没有要办的）", required=False)

    def clean(self) -> dict[str, Any]:
        """Nothing to report is an answer without words too."""
        data = super().clean()
        if data.get("nothing") and "text" in self.errors and not self.data.get("text", "").strip():
            del self.errors["text"]
            data["text"] = ""
        return data


class ManyForm(TakingForm):
    """One act on several lines; `line` holds id:version of each."""

    act = forms.ChoiceField(
        choices=[(act.value, act.label) for act in (Act.STRIKE, Act.SEND_BACK, Act.WITHDRAW)],
        error_messages={"required": "请点要办的按钮。", "invalid_choice": "请点要办的按钮。"},
    )
    text = forms.CharField(
        label="说明", required=False, help_text="退回和撤回要写原因，销号可以不写。",
        widget=forms.Textarea({"rows": 2, "maxlength": "1000"}),
    )  # fmt: skip

    def seen(self) -> list[tuple[int, int]]:
        """Pairs of line and version; what is none is left out."""
        found = []
        data: Any = self.data
        for value in data.getlist("line"):
            line_id, _, version = value.partition(":")
            if line_id.isdecimal() and version.isdecimal() and len(line_id) < 20 and len(version) < 10:
                found.append((int(line_id), int(version)))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        act = data.get("act", "")
        if not self.seen():
            self.add_error(None, "请先勾选要办的行。")
        length = len(data.get("text", ""))
        if length > TEXT:
            self.add_error("text", f"最多写 {TEXT:,} 字，现在是 {length:,} 字，请删减。")
        if act in (Act.SEND_BACK, Act.WITHDRAW) and not data.get("text", "").strip():
            self.add_error("text", "请写原因，承办单位会看到。")
        return data


def form_for(spec: Spec) -> type[LineForm]:
    if spec.act is Act.DONE:
        return DoneForm
    if spec.act is Act.ASK:
        return AskForm
    return ProvingForm if spec.takes_photos else LineForm
