"""Ending sessions: the row of the session goes, so that its cookie opens nothing any more, and the list's row too."""

from datetime import datetime, timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db.transaction import atomic

from shanzhi.accounts.models import User
from shanzhi.lib.errors import NotFound

SIGN_INS_KEPT: Final = timedelta(days=366)


def end_sessions(*, user_id: int, keep: str | None = None) -> int:
    """End all sessions of a person but the one with key `keep`; returns how many."""
    with atomic():
        rows = UserSession.objects.filter(user_id=user_id)
        if keep is not None:
            rows = rows.exclude(session_key=keep)
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def session_end(*, user: User, session_id: int) -> bool:
    """End one of one's own sessions; whether it was there. A session of anybody else is not found."""
    with atomic():
        row = UserSession.objects.filter(pk=session_id, user_id=user.pk).first()
        if row is None:
            raise NotFound("这台设备已经退出，请刷新列表。", code="session_gone")
        gone, _ = Session.objects.filter(session_key=row.session_key).delete()
        row.delete()
    return bool(gone)


def session_seen(*, session_key: str, at: datetime, ip: str | None) -> None:
    """Note that a session is in use; called at most every ten minutes, so that reading pages does not write."""
    with atomic():
        changes: dict[str, Any] = {"last_seen_at": at} | ({"ip": ip} if ip else {})
        UserSession.objects.filter(session_key=session_key).update(**changes)


def purge_sessions(*, at: datetime) -> int:
    """Drop sessions that ran out, for a nightly job; returns how many."""
    with atomic():
        gone, _ = Session.objects.filter(expire_date__lt=at).delete()
        UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone


def purge_sign_ins(*, at: datetime) -> int:
    """Drop sign-ins and failures older than a year; returns how many."""
    with atomic():
        old = {"attempt_time__lt": at - SIGN_INS_KEPT}
        return sum(model.objects.filter(**old).delete()[0] for model in (AccessLog, AccessAttempt, AccessFailureLog))
