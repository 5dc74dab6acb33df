"""Relatives and whom to call."""

from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.people.forms.fields import Choices, VersionForm, choice, day, line, number_of, offer, radio
from shanzhi.people.models import Kin
from shanzhi.people.services.kinship import NAME, TIE_MISSING, Relative


class KinForm(TakingForm):
    member = choice("同户的人")
    who = line("不同户的，填姓名或身份证号", NAME, hint="在册居民填身份证号，系统自动关联；不在册的人填姓名。")
    tie = radio("他（她）是这个人的", Kin.Tie.choices)
    phone = line("电话", 20, hint="在册居民不用填。加密保存。", inputmode="tel")
    is_guardian = forms.BooleanField(label="是监护人", required=False)
    is_contact = forms.BooleanField(label="有急事先联系他（她）", required=False)
    note = line("说明", 200, hint="例如：在苏州打工，晚上七点后好联系。")

    def __init__(self, *args: Any, members: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tie"].error_messages["required"] = TIE_MISSING
        offer(self, "member", members, blank="不在下面")
        if not members:
            self.fields["who"].label, self.fields["who"].required = "姓名或身份证号", True

    def relative(self) -> Relative:
        said = self.cleaned_data
        return Relative(
            who=said["who"], tie=said["tie"], phone=said["phone"], is_guardian=said["is_guardian"],
            is_contact=said["is_contact"], note=said["note"], member=number_of(said.get("member")),
        )  # fmt: skip


class KinEndForm(VersionForm):
    until = day("从哪天起不再是")
