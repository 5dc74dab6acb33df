"""Kinds of cases for the tests: the fourteen plain ones of domain.md §7 in continuous hours, written by bulk.

What kinds can do beyond that (questions, stages, routes, working time) is tested with bodies of the test's own, which
`kind_add` puts beside them.
"""

from datetime import datetime
from functools import cache
from typing import Any, Final

from django.utils import timezone

from shanzhi.packs.families import FAMILIES
from shanzhi.packs.history import digest_of, link_of
from shanzhi.packs.models import Definition, Version
from shanzhi.tenancy.ids import new_id

LABELS: Final = {
    "facilities": "道路水电设施", "sanitation": "环境卫生", "dispute": "矛盾纠纷", "security": "治安隐患",
    "fire": "消防与森林防火", "drowning": "防溺水", "straw": "秸秆禁烧", "building": "违建与耕地保护",
    "care": "特殊人群走访", "livelihood": "民生求助", "policy": "政策咨询", "farming": "农业灾情",
    "food": "食药安全", "other": "其他",
}  # fmt: skip
CLOCKS: Final = {
    "accept": "24 hours", "dispatch": "24 hours", "handle": "168 hours", "verify": "72 hours", "rate": "168 hours",
}  # fmt: skip
URGENT: Final = {"accept": "1 hours", "dispatch": "1 hours", "handle": "24 hours", "verify": "24 hours"}
HANDLING: Final = ["2 hours", "24 hours", "72 hours", "168 hours", "360 hours"]


@cache
def plain_body(code: str, order: int) -> dict[str, Any]:
    """One of the fourteen, as it is stored."""
    body = {"label": LABELS[code], "order": order, "clocks": CLOCKS, "urgent": URGENT, "handling": HANDLING}
    family = FAMILIES["case_kind"]
    stored: dict[str, Any] = family.stored(family.schema.model_validate(body))
    return stored


def kinds_make(at: datetime | None = None) -> None:
    """The fourteen, in the current county."""
    at = at or timezone.now()
    definitions, versions = [], []
    for order, code in enumerate(LABELS, 1):
        definition, version = _pair("case_kind", code, LABELS[code], plain_body(code, order), at)
        definitions.append(definition)
        versions.append(version)
    Definition.objects.bulk_create(definitions)
    Version.objects.bulk_create(versions)


def kind_add(code: str, body: dict[str, Any], *, at: datetime | None = None, family: str = "case_kind") -> Version:
    """One definition more (or of another family), checked by its schema but not against the county."""
    parsed = FAMILIES[family].schema.model_validate(body)
    stored = FAMILIES[family].stored(parsed)
    title = FAMILIES[family].title_of(parsed)
    definition, version = _pair(family, code, title, stored, at or timezone.now())
    Definition.objects.bulk_create([definition])
    Version.objects.bulk_create([version])
    return version


def _pair(family: str, code: str, title: str, body: dict[str, Any], at: datetime) -> tuple[Definition, Version]:
    digest = digest_of(body)
    definition = Definition(
        id=new_id(), family=family, code=code, title=title, current_number=1, digest=digest, origin="pack",
        changed_at=at, version=1,
    )  # fmt: skip
    version = Version(
        id=new_id(), definition=definition, family=family, code=code, number=1, title=title, body=body, digest=digest,
        origin="pack", published_at=at, published_by_name="系统",
    )  # fmt: skip
    version.link = definition.history = link_of("", version)
    definition.current_id = version.id
    return definition, version
