"""People and records for tests of files; the records are outbox events, the lowest county model that can be made."""

from datetime import UTC, date, datetime

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.access.permissions import ROLES
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.selectors.actors import actor_for
from shanzhi.areas.models import Area
from shanzhi.files.services import photo_store
from shanzhi.files.tests import pictures
from shanzhi.tenancy.context import current
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


def place(level):
    """One area of each level that is asked for, side by side."""
    found = Area.objects.filter(level=level).first()
    number = Area.objects.count() + 1
    return found or Area.objects.create(
        level=level,
        code=f"{current():06d}{number:06d}",
        name="第四网格",
        ordinal=number,
        path=f"{number:04d}",
        valid_from=date(2020, 1, 1),
    )


def member(name="王桂兰", role="grid_worker", *, posted=True):
    """A person who can sign in, with a post in the current county."""
    user = User.objects.create(username=f"u{User.objects.count() + 1:03d}", name=name, created_at=NOW)
    if posted:
        area = place(ROLES[role].levels[0])
        Post.objects.create(
            user=user, role=role, area=area, area_path=area.path, valid_from=date(2024, 1, 1), granted_at=NOW
        )
    return user


def actor_of(user):
    return actor_for(user=user, county_id=current(), at=NOW)


def signed_in(user):
    """A browser of this person: a session as a login leaves it, without the login."""
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "shanzhi.accounts.backends.LoginBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return client
