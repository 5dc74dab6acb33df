"""Relatives of a person and whom to call: written down, ended, called."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.people.forms.kinship import KinEndForm, KinForm
from shanzhi.people.models import Resident
from shanzhi.people.permissions import EDIT, REVEAL
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.kin import kin_get_for, kin_of
from shanzhi.people.services.kinship import kin_add, kin_end, kin_phone_show
from shanzhi.people.views.rights import reveal_page
from shanzhi.people.views.shared import link, resident_crumb, words
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@page(EDIT, object=True)
@BOTH
def kin_new(request: CountyRequest, county: int, resident_id: int) -> HttpResponseBase:
    row = resident_get_for(request.actor, resident_id, permission=EDIT)
    back = link(county, "resident", row.id)
    form = KinForm(sent(request), members=_members(request, row))

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        kin_add(actor=request.actor, resident=row.id, relative=form.relative(), key=key)
        return "已登记。", back

    said = ("孩子、老人、行动不便的人，至少登记一位联系人，有事好找。", "父母外出打工的，写清在哪里、什么时候好联系。")
    page_words = words(
        f"{row.name}：登记亲属和联系人", "登记", back, resident_crumb(request, row, Crumb("登记亲属和联系人")), *said
    )
    return form_page(request, page_words, form, call)


def _members(request: CountyRequest, row: Resident) -> list[tuple[str, str]]:
    """Who is in the same household and not related yet."""
    if row.household_id is None:
        return []
    known = {one.other.id for one in kin_of(request.actor, row) if one.other is not None}
    rows = Resident.objects.filter(household_id=row.household_id, died_on=None).exclude(id__in={row.id, *known})
    return [(str(one.id), one.name) for one in rows.order_by("relation", "id")]


@page(EDIT, object=True)
@BOTH
def kin_finish(request: CountyRequest, county: int, kin_id: int) -> HttpResponseBase:
    row = kin_get_for(request.actor, kin_id, EDIT)
    person = row.resident
    back = link(county, "resident", person.id)
    form = KinEndForm(sent(request), initial={"until": timezone.localdate(), "version": row.version})

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        kin_end(actor=request.actor, number=row.id, version=data["version"], until=data["until"], key=key)
        return "已结束这条登记。", back

    page_words = words(
        f"{person.name}：结束亲属、联系人登记", "结束登记", back,
        resident_crumb(request, person, Crumb("结束登记")), "离婚、不再监护、换了联系人的，结束后可以重新登记。", harms=True,
    )  # fmt: skip
    return form_page(request, page_words, form, call)


@page(REVEAL, object=True)
@BOTH
def kin_reveal(request: CountyRequest, county: int, kin_id: int) -> HttpResponseBase:
    row = kin_get_for(request.actor, kin_id, REVEAL)
    one = next((one for one in kin_of(request.actor, row.resident) if one.row.id == row.id), None)

    def show(said: dict[str, Any], key: str | None) -> str:
        purpose, text = said["purpose"], said["text"]
        return kin_phone_show(actor=request.actor, number=row.id, purpose=purpose, text=text, key=key)[1]

    label = f"{one.name}的电话" if one is not None else "电话"
    return reveal_page(request, row.resident, show, field="phone", label=label, masked=one.phone if one else "")
