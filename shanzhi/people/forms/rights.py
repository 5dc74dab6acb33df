"""Care groups, numbers for a purpose, requests about one's data."""

from typing import Any, Final

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.people.forms.fields import Choices, VersionForm, choice, day, line, offer, radio, text
from shanzhi.people.models import Look, Request
from shanzhi.people.services import FIELDS

PURPOSE_MISSING: Final = "请选看这个号码做什么用。"
VISITS: Final = frozenset({Look.Purpose.VISIT})


class CareForm(TakingForm):
    group = choice("关爱类别", required=True)
    since = day("从哪天起")
    reason = text("依据", 200, hint="例如：残疾人证号、低保认定文件、走访了解到的情况。加密保存。")

    def __init__(self, *args: Any, groups: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", groups or [("", "没有可以登记的类别")])


class CareEndForm(VersionForm):
    until = day("从哪天起不再是")
    reason = text("原因", 200, hint="例如：子女已经回来、低保已停、孩子满十六周岁。")


class RevealForm(TakingForm):
    field = choice("看哪一项", list(FIELDS.items()), required=True)
    purpose = radio("做什么用", Look.Purpose.choices)
    text = line("说明", 100, hint="选“其他”时要写。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].widget = forms.HiddenInput()
        self.fields["purpose"].error_messages["required"] = PURPOSE_MISSING


class RequestForm(TakingForm):
    kind = radio("本人申请什么", Request.Kind.choices)
    text = text("申请内容", 500, required=False, hint="要更正、删除、解释的，写清楚是哪一项。加密保存。")


class DecideForm(VersionForm):
    done = radio("怎样办的", (("1", "已办"), ("0", "不同意")))
    answer = text("答复", 500, hint="写给本人看：办了什么；不同意的，写明理由。")


class EraseForm(VersionForm):
    mistaken = radio(
        "为什么删除", (("0", "本人申请，已经迁出或去世满三年"), ("1", "登记错了人，或者同一个人登记了两次"))
    )
    sure = forms.BooleanField(
        label="我知道删除以后不能恢复", error_messages={"required": "删除以后不能恢复，确定的请打勾。"}
    )
