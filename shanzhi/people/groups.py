"""Care groups as data: what a group is, who may know that somebody is in it, by what right, how often they are seen.

A group is a definition of the packs (`care_group/<code>.yaml`); nothing here asks the database but for the versions
that count now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shanzhi.access.actor import Actor, Scope, merged
from shanzhi.access.permissions import ROLES
from shanzhi.packs.selectors import body_of, current_versions
from shanzhi.people.permissions import CARE

FAMILY: Final = "care_group"
MAY_SEE: Final = (
    "grid_worker", "grid_leader", "village_clerk", "branch_secretary", "township_officer",
)  # fmt: skip
KLASSES: Final[dict[str, str]] = {
    "minor": "未成年人信息（不满十四周岁的是敏感个人信息）",
    "age": "年龄和居住情况",
    "health": "医疗健康信息（敏感个人信息）",
    "income": "经济困难情况",
    "honour": "身份和优待信息",
    "justice": "矫正、帮教信息（敏感个人信息）",
}


def _line(text: str) -> str:
    if text != text.strip() or not text or "\n" in text:
        raise ValueError("要写一行文字，前后不留空格，不能空着。")
    return text


def _roles(roles: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [role for role in roles if role not in MAY_SEE]
    if wrong:
        known = "、".join(f"{role}（{ROLES[role].label}）" for role in MAY_SEE)
        raise ValueError(f"岗位“{wrong[0]}”不能看关爱对象，可以写的有：{known}。")
    return tuple(dict.fromkeys(roles))


Line = Annotated[str, AfterValidator(_line), Field(max_length=200)]
Roles = Annotated[tuple[str, ...], AfterValidator(_roles), Field(min_length=1)]


class Question(BaseModel):
    """What is asked at each visit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    label: Line
    type: Literal["text", "choice", "yes_no"] = "text"
    choices: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    required: bool = False

    @model_validator(mode="after")
    def choices_fit(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"问题“{self.label}”：单选要写 choices，别的问题不写。")
        return self


class FoundAs(BaseModel):
    """What a visit that finds something reports: the code of a kind of cases, and answers to its questions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    answers: Annotated[dict[str, Line], Field(max_length=10)] = Field(default_factory=dict)


class CareGroupBody(BaseModel):
    """`class` says what the membership tells of a person; of a `strict` group names are masked in lists, too.

    `basis` is the right by which the county keeps it, in words. `visit_every_days` 0 means no visits; `retention_days`
    is how long an ended membership is kept before it is deleted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    label: Annotated[str, AfterValidator(_line), Field(max_length=30)]
    order: Annotated[int, Field(ge=0, le=999)] = 100
    hint: Annotated[str, Field(max_length=200)] = ""
    klass: Annotated[Literal["minor", "age", "health", "income", "honour", "justice"], Field(alias="class")]
    sensitivity: Literal["normal", "strict"] = "normal"
    seen_by: Roles
    basis: Annotated[str, AfterValidator(_line), Field(max_length=300)]
    visit_every_days: Annotated[int, Field(ge=0, le=366)] = 0
    visited_by: Annotated[tuple[str, ...], AfterValidator(_roles)] = ()
    retention_days: Annotated[int, Field(ge=0, le=3660)] = 365
    questions: Annotated[tuple[Question, ...], Field(max_length=20)] = ()
    found_as: FoundAs | None = None

    @model_validator(mode="after")
    def fits(self) -> Self:
        if bool(self.visit_every_days) != bool(self.visited_by):
            raise ValueError("有走访周期（visit_every_days）的要写谁去走访（visited_by），没有的两样都不写。")
        strangers = [role for role in self.visited_by if role not in self.seen_by]
        if strangers:
            raise ValueError(f"去走访的岗位“{strangers[0]}”也要写进可以看的岗位（seen_by）。")
        codes = [one.code for one in self.questions]
        if len(set(codes)) != len(codes):
            raise ValueError("两个问题用了同一个代码，请改一个。")
        return self

    @property
    def is_strict(self) -> bool:
        return self.sensitivity == "strict"

    @property
    def klass_words(self) -> str:
        return KLASSES[self.klass]

    @property
    def seen_by_words(self) -> str:
        return role_words(self.seen_by)

    @property
    def visited_by_words(self) -> str:
        return role_words(self.visited_by)


def role_words(roles: Iterable[str]) -> str:
    return "、".join(ROLES[role].label for role in roles)


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it counts now; a retired one is only read."""

    code: str
    body: CareGroupBody
    retired: bool = False

    @property
    def label(self) -> str:
        return self.body.label


def groups_all() -> dict[str, Group]:
    """Every group that anybody can be in, in the order in which they are shown; retired ones last."""
    now = {version.code: Group(version.code, body_of(version.id)) for version in current_versions(FAMILY)}
    return dict(sorted(now.items(), key=lambda item: (item[1].body.order, item[0])))


def groups_known() -> dict[str, Group]:
    """With those that were retired: people may still be in them until they leave."""
    now = groups_all()
    old = {version.code: version.id for version in current_versions(FAMILY, retired=True) if version.code not in now}
    return {**now, **{code: Group(code, body_of(number), retired=True) for code, number in sorted(old.items())}}


def group_scope(actor: Actor, group: Group) -> Scope:
    """Where this person may know who is in the group: at and below posts that the group names."""
    if actor.is_system:
        return actor.scope(CARE)
    held = [post for post in actor.posts if post.allows(CARE) and post.role in group.body.seen_by and not post.unit_id]
    return Scope(ranges=merged(post.area_path for post in held))


def groups_for(actor: Actor, groups: Mapping[str, Group] | None = None) -> dict[str, Group]:
    """Those that some post of the actor may see; the others do not exist for them."""
    return {code: one for code, one in (groups or groups_all()).items() if group_scope(actor, one)}
