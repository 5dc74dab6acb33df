"""The bytes of a file, and the address where a picker on a page leaves a photo before its form is sent."""

from django.http import HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.api import problem_of
from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.files.forms import meta_of
from shanzhi.files.images import facts_seen
from shanzhi.files.schemas import FileOut
from shanzhi.files.services import photo_store
from shanzhi.files.serving import answer
from shanzhi.lib.errors import DomainError, Invalid


@page(SELF, object=True)
@require_GET
def file_show(request: CountyRequest, county: int, file_id: int) -> HttpResponseBase:
    return answer(request, request.actor, file_id, request.GET.get("size", ""))


@page(SELF)
@require_POST
def draft_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """For scripts on our own pages: JSON in both cases, so that the picker can show the sentence beside the photo."""
    upload = request.FILES.get("photo")
    key = request.headers.get("Idempotency-Key") or request.POST.get("idempotency_key")
    try:
        if upload is None:
            raise Invalid("没有收到照片，请重新拍照或选择。", code="photo_empty")
        now = timezone.now()
        meta = meta_of(request.POST.get("photo_meta", ""))
        seen = facts_seen(meta, now=now) if isinstance(meta, dict) else None
        file = photo_store(actor=request.actor, upload=upload, seen=seen, key=key, at=now)
    except DomainError as refusal:
        return problem_of(refusal)
    return JsonResponse(FileOut.of(file).model_dump(mode="json"), status=201)
