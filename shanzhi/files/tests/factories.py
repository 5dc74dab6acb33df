"""People and records for tests of files; the records are outbox events, the lowest county model that can be made."""

from datetime import UTC, datetime

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.files.services import photo_store
from shanzhi.files.tests import pictures
from shanzhi.tenancy.models import OutboxEvent

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
OWNER_TYPE = "tenancy.outboxevent"


def person(user_id=501, county_id=341181, role="grid_worker"):
    post = ActorPost(
        id=user_id * 10,
        role=role,
        label="网格员",
        area_id=7,
        area_path="00010002",
        area_level="grid",
        area_name="第四网格",
    )
    return Actor(user_id=user_id, name="王桂兰", county_id=county_id, posts=(post,))


def record_of_something():
    return OutboxEvent.objects.create(code="test.thing.happened", subject_id=1, at=NOW)


def draft(actor=None, seed=0, at=NOW, **more):
    """A kept photo; another seed is another picture."""
    data = pictures.picture(40 + seed, 30, colour=(seed % 256, 90, 90))
    return photo_store(actor=actor or person(), upload=pictures.upload(data), at=at, **more)
