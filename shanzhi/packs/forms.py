"""What a person fills in to change a definition or to send a pack."""

from typing import Any, Final

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.packs.families import in_order
from shanzhi.packs.models import CODE_LENGTH, NOTE_LENGTH
from shanzhi.packs.reading import LARGEST
from shanzhi.packs.services import CODE

SENT: Final = 2_000_000  # of a pack on its way through the page that shows what it would change
CODE_WRONG: Final = f"代码只用小写字母、数字、横线和下划线，字母或数字开头，最多 {CODE_LENGTH} 个字符。"


class TextForm(TakingForm):
    """The text of a definition, and the number that its author began with."""

    text = forms.CharField(
        label="内容",
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false", "data-lines": ""}),
        error_messages={"required": "请写上内容。", "max_length": "内容超过 1 MB，请缩短。"},
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class NewTextForm(TextForm):
    """The same with the code of what is new."""

    code = forms.RegexField(
        regex=rf"^{CODE}$",
        label="代码",
        max_length=CODE_LENGTH,
        help_text="小写字母、数字、横线和下划线，如 street_lamp；定下后不能改",
        error_messages={"required": "请填写代码。", "invalid": CODE_WRONG, "max_length": CODE_WRONG},
    )
    field_order = ("code", "text", "expected")


class NoteForm(TakingForm):
    """Why it is published."""

    note = forms.CharField(
        label="为什么改",
        max_length=NOTE_LENGTH,
        help_text="会记入版本，以后的人看得到，如文件名称和文号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明为什么改。", "max_length": f"最多 {NOTE_LENGTH} 个字，请缩短。"},
    )


class ExpectedForm(TakingForm):
    """Only the number of the version that the person saw."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class UploadForm(TakingForm):
    """A zip of a pack, or one file of it with the family that it belongs to."""

    file = forms.FileField(
        label="文件",
        help_text="整个规则包的 zip，或其中一个 .yaml 文件",
        widget=forms.FileInput(attrs={"accept": ".zip,.yaml"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请换一个。"},
    )
    family = forms.ChoiceField(
        label="种类",
        required=False,
        help_text="只传一个 .yaml 文件时要选；传 zip 不用选",
        error_messages={"invalid_choice": "请从列表里选择种类。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "请选择"), *((family.code, family.label) for family in in_order())]
        self.fields["family"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file is None:
            return data
        if not file.name.endswith((".zip", ".yaml")):
            self.add_error("file", "只能传 .zip 或 .yaml 文件，请换一个。")
        elif file.name.endswith(".yaml") and not data.get("family"):
            self.add_error("family", "请选择这个文件是哪一种规则。")
        return data


class SentForm(TakingForm):
    """A pack that was looked at: a shipped one by its code, or the files themselves, and what was chosen."""

    pack = forms.SlugField(required=False, max_length=CODE_LENGTH, widget=forms.HiddenInput)
    content = forms.CharField(required=False, max_length=SENT, widget=forms.HiddenInput)
    whole = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("pack") and not data.get("content"):
            raise forms.ValidationError("没有收到规则包，请回到上一步重新选择。")
        return data
