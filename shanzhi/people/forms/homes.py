"""Dwellings and households."""

from typing import Any, ClassVar

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.files.forms import PhotosMixin
from shanzhi.people.catalogue import Relation
from shanzhi.people.forms.fields import Choices, VersionForm, choice, day, line, number_of, offer, radio
from shanzhi.people.models import Dwelling, Household
from shanzhi.people.services import Home


class DwellingForm(PhotosMixin, VersionForm):
    photo_limit: ClassVar[int] = 1

    place = choice("村、网格", required=True)
    road = line("组、路、小区", 60, hint="例如：张庄组、幸福路、阳光小区 3 栋。")
    door = line("门牌、房号", 60, hint="加密保存。例如：12 号、501 室。")
    use = radio("用途", Dwelling.Use.choices)
    lon = forms.FloatField(label="经度", required=False, error_messages={"invalid": "经度写成 118.83 这样的数字。"})
    lat = forms.FloatField(label="纬度", required=False, error_messages={"invalid": "纬度写成 32.66 这样的数字。"})

    def __init__(self, *args: Any, places: Choices, keeps_door: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", places)
        for name in ("lon", "lat"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", f"data-{name}": "", "step": "any"}
        if keeps_door:
            self.fields["door"].help_text = "加密保存，不填就保留原来的。"

    def home(self) -> Home:
        data = self.cleaned_data
        return Home(data.get("place") or "", data["road"], data["door"], data["use"], data["lon"], data["lat"])


class DayForm(VersionForm):
    """When it happened, and nothing else."""

    on = day("哪一天")


class HouseholdForm(TakingForm):
    place = choice("村、网格", required=True)
    kind = radio("户别", Household.Kind.choices)
    on = day("立户日期")
    head = choice("户主", hint="可以先不选，立户以后再加人。")

    def __init__(self, *args: Any, places: Choices, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", places)
        offer(self, "head", people, "先不选")

    def members(self) -> dict[int, str]:
        head = number_of(self.cleaned_data.get("head"))
        return {head: Relation.HEAD} if head is not None else {}


class JoinForm(TakingForm):
    resident = choice("谁", required=True)
    relation = choice("与户主的关系", [("", "请选择"), *Relation.choices], required=True)
    on = day("哪一天")

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["resident"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *people]


class MembersForm(VersionForm):
    """A choice for each member of a household: what they are to the head, or that they stay out of it."""

    on = day("哪一天")

    def __init__(self, *args: Any, people: Choices, blank: str, heads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relations = [pair for pair in Relation.choices if heads or pair[0] != Relation.HEAD]
        self.names: dict[str, int] = {}
        for number, name in people:
            field = choice(name, [("", blank), *relations])
            self.fields[f"m{number}"] = field
            self.names[f"m{number}"] = int(number)
        self.order_fields(["version", *self.names, "on"])

    def members(self) -> dict[int, str]:
        """Those for whom something was chosen."""
        return {number: self.cleaned_data[name] for name, number in self.names.items() if self.cleaned_data.get(name)}


class HeadForm(MembersForm):
    head = choice("新户主", required=True)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, people=people, blank="其他", heads=False, **kwargs)
        field = self.fields["head"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *people]
        for name in self.names:
            self.fields[name].label = f"{self.fields[name].label}与新户主的关系"
        self.order_fields(["version", "head", *self.names, "on"])


class MergeForm(VersionForm):
    into = choice("并入哪一户", required=True)
    on = day("哪一天")

    def __init__(self, *args: Any, households: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *households]
