"""A search is kept sealed for an hour under an id that tells nothing, so that what was looked for is in no address."""

from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Forbidden, Invalid, TooMany
from shanzhi.people.finding.asking import asked_of, plain
from shanzhi.people.finding.selectors import KEPT, area_in
from shanzhi.people.models import Search
from shanzhi.people.permissions import VIEW

MOST: Final = 300  # searches an hour of one person
ASK: Final = "请输入姓名、拼音首字母、证件号码、电话或地址。"
TOO_MANY: Final = "一小时内查找太多次，请过一会儿再查。"


def search_keep(*, actor: Actor, text: str, area: str = "", at: datetime | None = None) -> Search:
    """Invalid for nothing to look for; TooMany beyond three hundred in an hour, since nobody reads a county so."""
    actor.require(VIEW)
    if not actor.user_id:
        raise Forbidden
    at = at or timezone.now()
    if not asked_of(text).kinds:
        raise Invalid(ASK, code="search_empty", fields={"text": [ASK]})
    area_in(actor, area)
    with atomic():
        mine = Search.objects.filter(user_id=actor.user_id, created_at__gt=at - KEPT)
        if mine[:MOST].count() >= MOST:
            error = TooMany(TOO_MANY, code="too_many_searches")
            error.wait = 600
            raise error
        return Search.objects.create(user_id=actor.user_id, text=plain(text), area_code=area, created_at=at)


def searches_forget(*, at: datetime) -> int:
    """After an hour nothing of them is left."""
    with atomic():
        return Search.objects.filter(created_at__lt=at - KEPT - timedelta(minutes=1)).delete()[0]
