"""What the pages of definitions share: breadcrumbs, a body to be shown, files to be saved."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from shanzhi.access.pages import CountyRequest
from shanzhi.packs.dumping import dump
from shanzhi.packs.families import FAMILIES, Family
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors import body_of
from shanzhi.ui.parts import Crumb


def url_of(request: CountyRequest, name: str, definition: Definition) -> str:
    """The address of a page of a definition."""
    return reverse(f"packs:{name}", args=[request.county.id, definition.family, definition.code])


def crumbs(request: CountyRequest, *more: Crumb) -> list[Crumb]:
    """From the county's rules down to here."""
    first = Crumb("办事规则", reverse("packs:list", args=[request.county.id]) if more else "")
    return [Crumb(request.county.name), first, *more]


def crumbs_to(request: CountyRequest, definition: Definition, *more: str) -> list[Crumb]:
    """The same by way of a definition."""
    own = Crumb(definition.title, url_of(request, "definition", definition) if more else "")
    return crumbs(request, own, *(Crumb(label) for label in more))


@dataclass(frozen=True, slots=True)
class Shown:
    """A body on a page: by its family's template, or as text."""

    family: Family
    body: Any
    version: Version | None = None

    @property
    def preview(self) -> str | None:
        return self.family.preview

    @property
    def text(self) -> str:
        return dump(self.body)


def shown(version: Version) -> Shown:
    """A published version as it is shown."""
    return Shown(FAMILIES[version.family], body_of(version), version)


def text_of(version: Version | None) -> str:
    """The text of a version; empty for none."""
    return dump(body_of(version)) if version is not None else ""


def saved_as(name: str, data: str | bytes, kind: str) -> HttpResponse:
    """An answer that the browser saves under a name."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
