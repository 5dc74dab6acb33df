"""A list that came in, one that went out, a search: of somebody, at a place; for the access matrix and others."""

from datetime import timedelta

from django.utils import timezone

from shanzhi.files.models import StoredFile
from shanzhi.people.finding.services import search_keep
from shanzhi.people.models import RegisterExport, RegisterImport
from tests.cast import Cast


def thing(kind: str, cast: Cast, *, by: str, place: str) -> str:
    """The id of a new one; call it inside the county."""
    at, actor, area = timezone.now(), cast.actor(by), cast.areas[place]
    told = {"path": area.path, "created_by": actor.user_id or 0, "created_by_name": actor.name, "created_at": at}
    if kind == "search":
        return str(search_keep(actor=actor, text="张小平", at=at).id)
    if kind == "register_export":
        made = RegisterExport(
            place=area.name, purpose="check", text="核对", ending="csv", expires_at=at + timedelta(days=1), **told
        )
        made.save()
        return str(made.id)
    file = StoredFile.objects.create(
        kind="upload", name="a.csv", content_type="text/csv", size=1, sha256="0" * 64, created_by=actor.user_id,
        created_at=at,
    )  # fmt: skip
    sent = RegisterImport(file=file, name="a.csv", as_of=at.date(), state="checked", header=["姓名", "村"], **told)
    sent.save()
    return str(sent.id)
