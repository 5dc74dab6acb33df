"""Forms of the security administrator's pages. The rules are the services'; a form only reads what was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.access.permissions import ROLES
from shanzhi.accounts.models import LOGIN_RULE
from shanzhi.accounts.selectors import Substitute, place_choices
from shanzhi.lib.errors import DomainError

DAYS = (("30", "30 天"), ("90", "90 天"), ("180", "半年"), ("365", "一年"))


class SearchForm(TakingForm):
    text = forms.CharField(label="姓名或登录账号", max_length=40, required=False)


class UserForm(TakingForm):
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填姓名。"})
    username = forms.CharField(
        label="登录账号",
        max_length=32,
        help_text="3 到 32 位小写字母或数字，例如姓名的拼音。建好后不能改。",
        error_messages={"required": "请填登录账号。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip().lower()
        LOGIN_RULE(username)
        return username


class VersionForm(TakingForm):
    """Something that was seen at a version; a missing or mangled one counts as never seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_version(self) -> int:
        seen = self.cleaned_data.get("version")
        return -1 if seen is None else int(seen)


class NameForm(VersionForm):
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填姓名。"})


class ReasonForm(VersionForm):
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )


class PostForm(TakingForm):
    """Where and for how long; the role (and for villages and grids the township) was chosen on the step before."""

    role = forms.CharField(widget=forms.HiddenInput)
    town = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.ChoiceField(label="地点", error_messages={"required": "请选择地点。"})
    valid_from = forms.DateField(
        label="任期从",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请填任期开始的日子。"},
    )
    valid_to = forms.DateField(
        label="任期到",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        required=False,
        help_text="不填就一直有效，直到撤销。",
    )

    def __init__(self, *args: Any, role: str, town: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for place in place_choices(role, town):
            groups.setdefault(place.group, []).append((place.value, place.label))
        grouped: list[Any] = list(groups.items())
        if len(groups) == 1:  # one township's villages need no heading
            grouped = next(iter(groups.values()))
        self.empty = not groups
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = grouped if len(grouped) == 1 else [("", "请选择"), *grouped]
        field.error_messages["invalid_choice"] = "这个地点不在可选范围里，请重新选择。"


class StandInForm(TakingForm):
    """Who works the list, and on which days; names of fields are those of `standin_set`."""

    substitute_id = forms.TypedChoiceField(
        label="代班人",
        coerce=int,
        error_messages={"required": "请选代班人。", "invalid_choice": "这个人不在可选的同事里，请重新选择。"},
    )
    valid_from = forms.DateField(
        label="从哪天",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请选代班开始的日子。", "invalid": "日期写成 2026-03-01 这样。"},
    )
    valid_to = forms.DateField(
        label="到哪天（含当天）",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请选代班结束的日子。", "invalid": "日期写成 2026-03-01 这样。"},
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="例如：请假、外出培训。代班人看得到。",
        error_messages={"required": "请写明为什么要代班。"},
    )

    def __init__(self, *args: Any, people: Sequence[Substitute], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["substitute_id"]
        assert isinstance(field, forms.ChoiceField)
        places: dict[str, list[tuple[int, str]]] = {}
        for one in people:
            places.setdefault(one.place, []).append((one.user_id, f"{one.name}（{one.title}）"))
        field.choices = [("", "请选择"), *places.items()]

    def take(self, error: DomainError) -> None:
        """The API calls the person `substitute`."""
        rows = {"substitute_id" if name == "substitute" else name: said for name, said in error.fields.items()}
        super().take(type(error)(error.message, code=error.code, fields=rows))


class RoleForm(TakingForm):
    """First step of granting: which role, and for villages and grids in which township."""

    role = forms.ChoiceField(label="岗位", error_messages={"required": "请选择岗位。"})
    town = forms.ChoiceField(label="镇街", required=False, help_text="村和网格的岗位要选。")

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, town = self.fields["role"], self.fields["town"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(town, forms.ChoiceField)
        role.choices = [("", "请选择"), *((code, role_.label) for code, role_ in ROLES.items())]
        town.choices = [("", "不限"), *towns]


class TokenForm(TakingForm):
    name = forms.CharField(
        label="用途",
        max_length=40,
        help_text="例如：县平台同步事件。",
        error_messages={"required": "请写明令牌用在哪里。"},
    )
    days = forms.TypedChoiceField(label="有效期", choices=DAYS, coerce=int, initial="90")
