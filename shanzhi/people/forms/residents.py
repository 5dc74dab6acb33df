"""A person: who they are, where they go, what was wrong."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.people.catalogue import Change, Papers, Relation, Sex
from shanzhi.people.forms.fields import Choices, VersionForm, choice, day, line, number_of, offer, radio
from shanzhi.people.happenings import Happening
from shanzhi.people.services import Facts, Whither

HOW: Final = ((Change.FIRST, "本来就在这里，现在补登"), (Change.MOVED_IN, "刚迁入、刚来住"), (Change.BORN, "刚出生"))
SEXES: Final = ((Sex.MALE, "男"), (Sex.FEMALE, "女"), (Sex.UNKNOWN, "不清楚"))


@dataclass(frozen=True, slots=True)
class Offered:
    """What a form lets one choose from: places (by groups), dwellings and households of a village."""

    places: Choices = ()
    dwellings: Choices = ()
    households: Choices = ()


class FactsForm(TakingForm):
    name = line("姓名", 40, required=True)
    papers = choice("证件", Papers.choices, required=True)
    paper_number = line("证件号码", 20, hint="加密保存，页面上遮住中间；有身份证的，性别和出生日期从号码里取。")
    sex = choice("性别", SEXES)
    born_on = day("出生日期", required=False)
    phone = line("电话", 20, hint="加密保存，页面上遮住中间几位。", inputmode="tel")

    def facts(self) -> Facts:
        data = self.cleaned_data
        return Facts(
            data["name"], data["papers"], data["paper_number"], data.get("sex") or Sex.UNKNOWN, data["born_on"],
            data["phone"],
        )  # fmt: skip


class FactsChangeForm(VersionForm, FactsForm):
    """Numbers that are left empty stay as they are."""

    field_order = ("name", "papers", "paper_number", "sex", "born_on", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper_number"].help_text = "不填就保留原来的。换了证件的要填。"
        self.fields["phone"].help_text = "不填就保留原来的。"


class WhereForm(forms.Form):
    """Places inside by their code, a dwelling, or in words outside of the county."""

    dwelling = choice("住在哪座房屋", hint="选了房屋，就不用再选村、网格。")
    lives = choice("住在哪个村、网格")
    lives_elsewhere = line("住在县外的，写在哪里", 80, hint="例如：江苏省苏州市。住在县里的不填。")
    registered = choice("户籍在哪个村")
    registered_elsewhere = line("户籍在县外的，写在哪里", 80, hint="户籍在本县的不填。")
    household = choice("属于哪一户")
    relation = choice("与户主的关系", Relation.choices)

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = offered.places
        for name, choices, blank in (
            ("lives", offered.places, "不在县里住"), ("registered", offered.places, "户籍不在本县"),
            ("dwelling", offered.dwellings, "没有登记房屋"), ("household", offered.households, "不入户"),
        ):  # fmt: skip
            if name in self.fields:
                offer(self, name, choices, blank)
        relation = self.fields.get("relation")
        if isinstance(relation, forms.ChoiceField):
            relation.choices = [("", "请选择"), *Relation.choices]

    def whither(self) -> Whither:
        data = self.cleaned_data
        return Whither(
            lives=data.get("lives") or "", dwelling=number_of(data.get("dwelling")),
            lives_elsewhere=data.get("lives_elsewhere") or "", registered=data.get("registered") or "",
            registered_elsewhere=data.get("registered_elsewhere") or "", household=number_of(data.get("household")),
            relation=data.get("relation") or "",
        )  # fmt: skip


class ResidentForm(FactsForm, WhereForm):
    """Somebody new."""

    change = radio("怎样登记的", HOW)
    on = day("从哪天起", required=False, hint="来住、迁入的日子；补登的填知道的最早一天。出生的按出生日期，不用填。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("change") not in (None, Change.BORN) and data.get("on") is None and "on" not in self.errors:
            self.add_error("on", "请填从哪天起。")
        return data


class EventForm(VersionForm, WhereForm):
    """One event: its day, and what that event asks for."""

    on = day("哪一天")
    note = line("说明", 200)

    def __init__(self, *args: Any, happening: Happening, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {"version", "on", "note"}
        if "home" in happening.asks:
            wanted |= {"dwelling", "lives"}
        if "away" in happening.asks:
            wanted |= {"lives_elsewhere"}
            self.fields["lives_elsewhere"].label = "去了哪里"
            self.fields["lives_elsewhere"].help_text = "例如：江苏省苏州市。"
        if "register" in happening.asks:
            wanted |= {"registered", "registered_elsewhere"}
        if "register_away" in happening.asks:
            wanted |= {"registered_elsewhere"}
            self.fields["registered_elsewhere"].label = "户籍迁到哪里"
            self.fields["registered_elsewhere"].help_text = "不填就和去的地方一样。"
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        if "lives" in self.fields:
            offer(self, "lives", self.places, "请选择")


class CorrectForm(VersionForm, WhereForm):
    """The same stay as it should have been written."""

    since = day("从哪天起")
    note = line("为什么更正", 200, required=True, hint="例如：户口本上写的是另一个日期。")
    field_order = (
        "since", "dwelling", "lives", "lives_elsewhere", "registered", "registered_elsewhere", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("household", "relation"):
            self.fields.pop(name, None)
