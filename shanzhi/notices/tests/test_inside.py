"""What is told inside the product alone: no delivery, no list, no question about it."""

from typing import Any

import pytest

from shanzhi.notices.models import Delivery, Notice
from shanzhi.notices.services import notice_send, notices_plan
from shanzhi.notices.tests.factories import NOW, VALUES, reachable
from shanzhi.notices.topics import TOPICS, listed, topic
from shanzhi.tenancy.context import current


@pytest.fixture
def inside() -> Any:
    code = topic("test.inside", "只在里面", inside=True)
    yield code
    del TOPICS[code]


def tell(me: Any, code: str, event: int, *, urgent: bool = False) -> Notice:
    notice_send(
        recipients=[me.pk], title="有新的工作", body="请到平台里看。", path=f"/{current()}/x/", event_id=event, at=NOW,
        topic=code, urgent=urgent,
    )  # fmt: skip
    return Notice.objects.get(event_id=event)


def test_nothing_leaves_the_house(me: Any, box: Any, inside: str) -> None:
    """Not even as something that was not sent: the log of deliveries is read by administrators."""
    reachable(me, *VALUES)
    assert tell(me, inside, 1).planned
    assert tell(me, inside, 2, urgent=True).planned
    assert not tell(me, "system", 3).planned
    notices_plan(at=NOW)
    assert not Delivery.objects.filter(topic=inside).exists()
    assert not Delivery.objects.filter(notice__event_id__in=(1, 2)).exists()


def test_nobody_is_asked_about_it(inside: str) -> None:
    assert inside not in {one.code for one in listed()}
    assert TOPICS[inside].inside
    assert not TOPICS["system"].inside
