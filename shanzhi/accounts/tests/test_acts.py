"""Each act on an account, by its service: its row, its entry in the trail, who may do it, on whom, and how often."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import AccountAct, User
from shanzhi.accounts.services.users import account_act
from shanzhi.accounts.tests.factories import Town, actor_of, browser, log_in, make_user, person
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry

Act = Callable[..., services.Done]
ACTS: dict[str, tuple[Act, dict[str, Any]]] = {
    "renamed": (services.user_rename, {"version": 0, "name": "王桂芳"}),
    "disabled": (services.user_disable, {"version": 0, "reason": "离职"}),
    "password_reset": (services.password_reset, {"version": 0}),
    "unlocked": (services.user_unlock, {}),
    "sessions_ended": (services.sessions_end, {}),
    "totp_off": (services.totp_remove, {"reason": "手机丢失"}),
    "token_issued": (services.token_issue, {"name": "同步", "days": 30}),
}
KINDS = sorted(ACTS)
VERSIONED = [kind for kind in KINDS if "version" in ACTS[kind][1]]


def do(town: Town, admin: User, user: User, kind: str, **changes: Any) -> services.Done:
    service, values = ACTS[kind]
    return service(actor=actor_of(town, admin), user_id=user.pk, **(values | changes))


@pytest.mark.parametrize("kind", KINDS)
def test_act_leaves_a_row_and_an_entry(town: Town, security: User, worker: User, kind: str) -> None:
    done = do(town, security, worker, kind)
    act = AccountAct.objects.get(user=worker, kind=kind)
    assert act.id == done.act.id
    assert act.actor_id == security.pk
    entry = Entry.objects.get(object_id=act.id)
    assert (entry.code, entry.object_type) == (f"accounts.user.{kind}", "accounts.accountact")
    assert entry.post_id == actor_of(town, security).posts[0].id
    assert kind in AccountAct.KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_same_key_does_it_once(town: Town, security: User, worker: User, kind: str) -> None:
    first = do(town, security, worker, kind, key="k")
    again = do(town, security, worker, kind, key="k")
    assert (first.again, again.again) == (False, True)
    assert again.act.id == first.act.id
    assert again.secret == ""
    assert AccountAct.objects.filter(user=worker, kind=kind).count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_same_key_for_somebody_else_is_refused(town: Town, security: User, worker: User, kind: str) -> None:
    other = make_user(town, "别人")
    do(town, security, worker, kind, key="k")
    with pytest.raises(Invalid) as caught:
        do(town, security, other, kind, key="k")
    assert caught.value.code == "idempotency_key_reused"
    assert not AccountAct.objects.filter(user=other, kind=kind).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not(town: Town, worker: User, auditor: User, outsider: User, kind: str) -> None:
    clerk = person(town, "village_clerk", "village", "周文")
    for nobody in (auditor, clerk):
        with pytest.raises(Forbidden):
            do(town, nobody, worker, kind)
    with pytest.raises(NotFound):
        do(town, outsider, worker, kind)
    assert not AccountAct.objects.filter(user=worker, kind=kind).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_on_whom_not(town: Town, security: User, outsider: User, kind: str) -> None:
    with pytest.raises(Conflict) as caught:
        do(town, security, security, kind)
    assert caught.value.code == "own_account"
    with pytest.raises(NotFound):
        do(town, security, outsider, kind)


@pytest.mark.parametrize("kind", VERSIONED)
def test_seen_version_is_stale(town: Town, security: User, worker: User, kind: str) -> None:
    services.user_rename(actor=actor_of(town, security), user_id=worker.pk, version=0, name="先改")
    with pytest.raises(Stale):
        do(town, security, worker, kind)
    assert do(town, security, worker, kind, version=1).user.version == 2


@pytest.mark.parametrize("kind", ["disabled", "totp_off"])
@pytest.mark.parametrize("reason", ["", "  "])
def test_reason_is_needed(town: Town, security: User, worker: User, kind: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        do(town, security, worker, kind, reason=reason)
    assert list(caught.value.fields) == ["reason"]
    worker.refresh_from_db()
    assert worker.is_active


@pytest.mark.parametrize("name", ["", " ", "长" * 41])
def test_name_is_needed_and_short(town: Town, security: User, worker: User, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        do(town, security, worker, "renamed", name=name)
    assert list(caught.value.fields) == ["name"]


def test_the_platform_may_do_everything(town: Town, worker: User) -> None:
    for kind in KINDS:
        service, values = ACTS[kind]
        worker.refresh_from_db()
        User.objects.filter(pk=worker.pk).update(is_active=True)
        if "version" in values:
            values = values | {"version": worker.version}
        assert service(actor=town.system, user_id=worker.pk, **values).act.actor_id == 0


def test_own_acts_land_in_the_trail_of_the_home_county(town: Town, worker: User, county_b) -> None:
    with county(county_b.id):
        services.own_act(user=worker, kind="totp_on")
        assert not AccountAct.objects.exists()
    assert AccountAct.objects.get(user=worker, kind="totp_on").county_id == town.number
    stray = make_user(town)
    User.objects.filter(pk=stray.pk).update(home_county=None)
    stray.refresh_from_db()
    services.own_act(user=stray, kind="totp_on")
    assert not AccountAct.objects.filter(user=stray, kind="totp_on").exists()


def test_history_is_newest_first_and_limited(town: Town, security: User, worker: User) -> None:
    actor = actor_of(town, security)
    for number in range(5):
        services.user_rename(actor=actor, user_id=worker.pk, version=number, name=f"名{number}")
    acts = selectors.acts_of(actor, worker, limit=4)
    assert [act.kind for act in acts] == ["renamed"] * 4
    assert acts[0].at > acts[-1].at
    assert selectors.names_of([security.pk, 0, None, 999_999]) == {0: "系统", security.pk: "赵安"}


def test_unlock_reaches_every_address(town: Town, security: User, worker: User) -> None:
    for ip in ("10.1.0.1", "10.1.0.2"):
        for _ in range(5):
            log_in(browser(ip=ip), worker, "wrong")
    do(town, security, worker, "unlocked")
    for ip in ("10.1.0.1", "10.1.0.2"):
        assert log_in(browser(ip=ip), worker).status_code == 302


def test_unchecked_act_writes_the_moment_that_it_is_given(town: Town, security: User, worker: User) -> None:
    at = timezone.now().replace(year=2025)
    done = account_act(actor=actor_of(town, security), user_id=worker.pk, kind="unlocked", at=at)
    assert done.act.at == at
    assert Entry.objects.get(object_id=done.act.id).at == at
