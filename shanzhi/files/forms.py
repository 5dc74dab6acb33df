"""Photos in any form: several files at once, and drafts that stay when the form comes back with errors."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import zip_longest
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.files.images import facts_seen
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import photos_own
from shanzhi.files.services import PHOTO_LIMIT, digest_of, photo_store
from shanzhi.lib.errors import Conflict, DomainError
from shanzhi.tenancy.ids import id_of

GONE = "有照片已经过期，请重新拍照或选择。"


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Any number of files under one name; each is looked at by `photo_store`, not here."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        return [item for item in data or () if isinstance(item, UploadedFile)]


class PhotoIdsField(forms.Field):
    """Ids of drafts that came back hidden; what is no number is left out and then missed as expired."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        numbers = [id_of(str(text)) or 0 for text in value or ()]
        return list(dict.fromkeys(numbers))


class PhotoMetaField(forms.Field):
    """What the picker read from each photo before it shrank it: a JSON list in the order of `photos`."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        rows = meta_of(str(value or ""))
        return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def meta_of(text: str) -> Any:
    """Parsed JSON of at most 10,000 characters, else None: the facts are a help, never a reason to refuse a photo."""
    try:
        return json.loads(text) if 0 < len(text) <= 10_000 else None
    except (ValueError, RecursionError):
        return None


class PhotosMixin(forms.Form):
    """Put it before `forms.Form`; `cleaned_data["photo_ids"]` then holds what goes into `files_attach`.

    Whatever else is wrong with the form, its good photos are kept as drafts in `photo_drafts`, and
    `files/parts/photos.html` sends them back as hidden ids, so that nobody takes a photo twice. The same form sent
    twice under one idempotency key stores each photo once.
    """

    photo_limit: ClassVar[int] = PHOTO_LIMIT

    photos = PhotosField(label="照片", required=False)
    photo_ids = PhotoIdsField(required=False)
    photo_meta = PhotoMetaField(required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.photo_drafts: list[StoredFile] = []
        self.fields["photos"].widget.attrs |= {"accept": "image/*", "data-photo-limit": str(self.photo_limit)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        wanted, sent = cleaned.get("photo_ids") or [], cleaned.get("photos") or []
        kept = photos_own(actor=self.actor, ids=wanted)[: self.photo_limit]
        if len(kept) < len(wanted):
            self.add_error("photos", GONE)
        room = self.photo_limit - len(kept)
        if len(sent) > room:
            self.add_error("photos", f"最多 {self.photo_limit} 张照片，多出的 {len(sent) - room} 张没有保存。")
        metas = cleaned.get("photo_meta") or []
        for number, (upload, meta) in enumerate(zip_longest(sent[:room], metas[: len(sent[:room])]), start=1):
            stored = self._store(number, upload, meta or {})
            if stored is not None and stored.id not in {file.id for file in kept}:
                kept.append(stored)
        self.photo_drafts = kept
        cleaned["photo_ids"] = [file.id for file in kept]
        return cleaned

    @property
    def photo_place(self) -> tuple[int, int] | None:
        """Where the first photo that knows its place was taken: lon, lat in 1e-7 degree."""
        for file in self.photo_drafts:
            if file.lon is not None and file.lat is not None:
                return file.lon, file.lat
        return None

    @property
    def photo_room(self) -> int:
        """How many photos may still be added."""
        return self.photo_limit - len(self.photo_drafts)

    def _store(self, number: int, upload: UploadedFile[bytes], meta: dict[str, Any]) -> StoredFile | None:
        seen = facts_seen(meta, now=timezone.now())
        try:
            try:
                return photo_store(actor=self.actor, upload=upload, seen=seen, key=self._key(upload))
            except Conflict:  # this very form was sent yesterday, and its photo was swept since
                return photo_store(actor=self.actor, upload=upload, seen=seen)
        except DomainError as refusal:
            self.add_error("photos", f"第 {number} 张：{refusal.message}")
            return None

    def _key(self, upload: UploadedFile[bytes]) -> str | None:
        form_key = str(self.data.get("idempotency_key", ""))
        return sha256(f"{form_key} {digest_of(upload)}".encode()).hexdigest() if form_key else None
