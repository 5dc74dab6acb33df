"""The one box."""

from django import forms

from shanzhi.access.forms import TakingForm


class SearchForm(TakingForm):
    """What to look for, and in which place only."""

    text = forms.CharField(
        label="找人", max_length=60, help_text="姓名或其中几个字、拼音首字母、证件号码、电话、地址",
        widget=forms.TextInput(attrs={"type": "search", "autofocus": True, "autocomplete": "off"}),
        error_messages={
            "required": "请输入姓名、拼音首字母、证件号码、电话或地址。", "max_length": "最多 60 个字，请缩短。",
            "null_characters_not_allowed": "里面有看不见的符号，请重新输入。",
        },
    )  # fmt: skip
    area = forms.ChoiceField(label="只在", required=False, error_messages={"invalid_choice": "请从列表里选地方。"})

    def __init__(self, *args: object, areas: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["area"].choices = [("", "我能看的全部地方"), *areas]  # type: ignore[attr-defined]
