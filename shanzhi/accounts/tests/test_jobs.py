"""Background work of accounts: who stands behind a job, and what is cleaned away at night."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from shanzhi.accounts import services
from shanzhi.accounts.jobs import job_actor, purge_sign_ins
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.tests.factories import Town, browser, log_in
from shanzhi.jobs.registry import PERIODICS, actor_for
from shanzhi.tenancy.context import county


def test_job_acts_with_the_posts_held_when_it_runs(town: Town, worker: User) -> None:
    assert [post.role for post in actor_for(worker.pk, town.number).posts] == ["grid_worker"]
    post = Post.objects.get(user=worker)
    services.post_revoke(actor=town.system, post_id=post.id, version=0, reason="调离")
    assert job_actor(worker.pk, town.number).posts == ()


def test_job_of_a_person_who_is_gone_may_do_nothing(town: Town, worker: User) -> None:
    assert job_actor(999_999, town.number).posts == ()
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert job_actor(worker.pk, town.number).posts == ()


def test_job_sees_the_posts_of_its_own_county_only(town: Town, worker: User, outsider: User) -> None:
    assert job_actor(outsider.pk, town.number).posts == ()
    assert job_actor(worker.pk, outsider.home_county or 0).posts == ()
    with county(town.number):
        assert job_actor(outsider.pk, outsider.home_county or 0).posts


def test_system_stands_behind_scheduled_work(town: Town) -> None:
    assert actor_for(0, town.number).is_system


def test_night_drops_old_sessions_and_sign_ins(worker: User) -> None:
    log_in(browser(), worker)
    log_in(browser(), worker)
    now = timezone.now()
    assert purge_sign_ins(now) == 0
    first = Session.objects.order_by("session_key").first()
    assert first is not None
    Session.objects.filter(pk=first.pk).update(expire_date=now - timedelta(minutes=1))
    AccessLog.objects.filter(pk=AccessLog.objects.earliest("pk").pk).update(attempt_time=now - timedelta(days=367))
    assert purge_sign_ins(now) == 2
    assert Session.objects.count() == UserSession.objects.count() == AccessLog.objects.count() == 1


@pytest.mark.parametrize("name", ["shanzhi.accounts.jobs.purge_sign_ins"])
def test_it_is_scheduled_once_a_day(name: str) -> None:
    assert PERIODICS[name].minutes == 24 * 60
