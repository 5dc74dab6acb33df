"""Nightly cleaning, secrets under a new key, and who stands behind a job.

That is the person who started it, with the posts held when it runs.
"""

from datetime import datetime

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts import services
from shanzhi.accounts.models import User
from shanzhi.accounts.selectors import actor_for
from shanzhi.jobs.registry import every, resolve_actors
from shanzhi.tenancy.context import county
from shanzhi.tenancy.rotation import holder


def job_actor(user_id: int, county_id: int) -> Actor:
    """An account that is gone or disabled since holds no post, so its job may do nothing more."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return Actor(user_id=user_id, name="", county_id=county_id)
    with county(county_id):
        return actor_for(user=user, county_id=county_id, at=timezone.now())


@every(24 * 60, title="清理过期的登录")
def purge_sign_ins(at: datetime) -> int:
    """Sessions that ran out, and the record of sign-ins older than a year (等保 level 3 asks for six months)."""
    return services.purge_sessions(at=at) + services.purge_sign_ins(at=at)


resolve_actors(job_actor)
holder("mfa_authenticator.data", services.factors_reseal)
