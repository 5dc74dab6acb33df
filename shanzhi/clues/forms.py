"""Forms only read; every rule is the services', and comes back beside its field."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone

from shanzhi.access.forms import TakingForm
from shanzhi.clues.catalogue import Organ, Result
from shanzhi.clues.models import ClueOfficer
from shanzhi.clues.selectors import titles_of
from shanzhi.clues.services import Deed, Given
from shanzhi.clues.services.acting import NEEDED
from shanzhi.clues.services.giving import ADDED, LONGEST, NO_BODY
from shanzhi.clues.specs import Spec

OFF: Final = {"autocomplete": "off"}
CHOICE: Final = "请在列出的里面选。"


def _words(label: str, hint: str, *, rows: int = 0, needed: str = "", **more: Any) -> forms.CharField:
    """A text whose length is the service's to judge: a browser that cuts it off silently loses what matters.

    `needed` is the sentence where it is left out; without one it may be.
    """
    attrs: dict[str, Any] = {**OFF, **({"rows": rows} if rows else {}), **more}
    widget: forms.Widget = forms.Textarea(attrs) if rows else forms.TextInput(attrs)
    errors = {"required": needed}
    return forms.CharField(
        label=label, required=bool(needed), help_text=hint, widget=widget, strip=False, error_messages=errors
    )


def _boxes(label: str, hint: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "名单刚刚有变化，请重新选。"},
    )  # fmt: skip


def named(officers: Sequence[ClueOfficer]) -> list[tuple[str, str]]:
    """马巧芝·天长市 指挥中心值班员（牵头）."""
    titles = titles_of(officers, at=timezone.now())
    return [
        (str(one.id), titles.get(int(one.user_id), one.user.name) + ("（牵头）" if one.lead else ""))
        for one in officers
    ]


class GiveForm(TakingForm):
    """What somebody hands in. Only the matter itself is needed."""

    body = _words("什么事", "什么时候、在哪里、谁、做了什么、还有谁知道。知道多少写多少。", rows=8, needed=NO_BODY)
    whom = _words("反映的是谁", "姓名、外号、住在哪里、做什么的。", rows=2)
    place = _words("在什么地方", "村、路、门牌或者附近有什么。")
    phone = _words("手机号", "留了，只有专办员看得到。", type="tel", inputmode="tel")
    name = _words("怎么称呼您", "")
    barred = _boxes("不让谁看到", "和这件事有关、您不放心的人，勾上以后他看不到，也不知道有这条线索。")

    def __init__(self, *args: Any, officers: Sequence[ClueOfficer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["barred"].choices = named(officers)
        assert set(LONGEST) < set(fields)

    def given(self) -> Given:
        data = self.cleaned_data
        return Given(**{name: data[name] for name in LONGEST}, barred=tuple(data["barred"]))


class FollowForm(TakingForm):
    """The receipt's secret. In a body: it stands in no address."""

    secret = forms.CharField(
        label="查询码", max_length=40, help_text="回执上的 13 位，大小写都行，横线可以不打。",
        widget=forms.TextInput({**OFF, "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请填回执上的查询码。", "max_length": "查询码是 13 位，请核对。"},
    )  # fmt: skip


class AddForm(TakingForm):
    """Words that are added."""

    text = _words("补充什么", f"最多 {ADDED:,} 字。专办员会看到。", rows=5, needed="请写要补充的情况。")


class BarForm(TakingForm):
    """More people who may not see it."""

    barred = _boxes("还不让谁看到", "勾上以后他看不到，也不知道有这条线索；这里不能取消。")

    def __init__(self, *args: Any, officers: Sequence[ClueOfficer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["barred"].choices = named(officers)


class ActForm(TakingForm):
    """An act with its words, on the clue as it was seen; of the fields only those that the act asks."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1,
        error_messages={"required": "页面放得太久，请回到线索再点一次。", "invalid": "页面放得太久，请回到线索再点一次。"},
    )  # fmt: skip
    officers = _boxes("分派给谁", "没勾的人不再看得到。举报人不让看的人不在里面。")
    organ = forms.ChoiceField(
        label="移送给", required=False, choices=Organ.choices, widget=forms.RadioSelect,
        error_messages={"invalid_choice": CHOICE},
    )  # fmt: skip
    organ_name = _words("机关全称", "如 某某县公安局。")
    document = _words("移送函文号", "")
    on = forms.DateField(
        label="移送日期", required=False, error_messages={"invalid": "日期没有写对，请重新选。"},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    receiver = _words("对方接收人", "")
    result = forms.ChoiceField(
        label="核查结果", required=False, choices=Result.choices, widget=forms.RadioSelect,
        error_messages={"invalid_choice": CHOICE},
    )  # fmt: skip
    note = _words("说明", "", rows=4)
    told = _words("告诉举报人的话", "举报人凭回执能看到。不要写姓名和案情。", rows=2)

    def __init__(self, *args: Any, spec: Spec, officers: Sequence[ClueOfficer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in set(fields) - {"version", *spec.fields}:
            del fields[name]
        if "officers" in fields:
            fields["officers"].choices = named(officers)
        if "note" in fields:
            fields["note"].label, fields["note"].help_text = spec.note
        if "on" in fields:
            fields["on"].initial = timezone.localdate
        for name, sentence in NEEDED.get(spec.act, {}).items():
            fields[name].required = True
            fields[name].error_messages["required"] = sentence
        self.order_fields(["version", *spec.fields])

    def deed(self) -> Deed:
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Deed(**{**data, "officers": tuple(data.get("officers", ()))})


class AppointForm(TakingForm):
    """Whom to name."""

    login = forms.CharField(
        label="登录账号", max_length=32, help_text="这个人登录用的账号，在“账号”里查得到。不能是管理员，不能是自己。",
        widget=forms.TextInput({**OFF, "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "请填登录账号。", "max_length": "登录账号最多 32 位，请核对。"},
    )  # fmt: skip
    lead = forms.BooleanField(
        label="牵头：看得到举报人没有排除他的全部线索，负责分派", required=False,
    )  # fmt: skip


class EndForm(TakingForm):
    """Why somebody leaves the desk."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    reason = forms.CharField(
        label="为什么结束", widget=forms.TextInput(OFF), error_messages={"required": "请写明为什么结束。"},
    )  # fmt: skip
