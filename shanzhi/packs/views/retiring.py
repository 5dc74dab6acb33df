"""Taking a definition out of use, and back."""

from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import FormPage, TakingForm, form_page, sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.errors import Conflict
from shanzhi.packs import selectors, services
from shanzhi.packs.forms import ExpectedForm
from shanzhi.packs.permissions import EDIT
from shanzhi.packs.views.shared import crumbs_to, url_of

BOTH = require_http_methods(["GET", "POST"])


@page(EDIT)
@BOTH
def definition_retirement(request: CountyRequest, county: int, family: str, code: str) -> HttpResponseBase:
    definition = selectors.definition_get_for(request.actor, family, code)
    if definition.is_retired and request.method != "POST":
        raise Conflict(f"“{definition.title}”已经停用，不用再停。", code="definition_retired")
    form = ExpectedForm(sent(request), initial={"expected": definition.current_number})
    back = url_of(request, "definition", definition)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.definition_retire(actor=request.actor, family=family, code=code, expected=data["expected"])
        return f"已停用“{definition.title}”", back

    act = f"停用“{definition.title}”"
    lines = ("停用后不能再用它开始新的事情，已经开始的照原来的版本办完。", "版本都保留，随时可以恢复。")
    words = FormPage(act, act, "正在停用", back, crumbs_to(request, definition, "停用"), lines, harms=True)
    return form_page(request, words, form, call)


@page(EDIT)
@BOTH
def definition_return(request: CountyRequest, county: int, family: str, code: str) -> HttpResponseBase:
    definition = selectors.definition_get_for(request.actor, family, code)
    if not definition.is_retired and request.method != "POST":
        raise Conflict(f"“{definition.title}”在用，不用恢复。", code="definition_in_use")
    back = url_of(request, "definition", definition)

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        services.definition_restore(actor=request.actor, family=family, code=code)
        return f"已恢复“{definition.title}”", back

    act = f"恢复“{definition.title}”"
    lines = (f"恢复后按第 {definition.current_number} 版使用。",)
    words = FormPage(act, act, "正在恢复", back, crumbs_to(request, definition, "恢复"), lines)
    return form_page(request, words, TakingForm(sent(request)), call)
