"""Writing steps, what is done once under its key, and how often one address comes."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.transaction import atomic
from django.urls import reverse

from shanzhi.clues.catalogue import Act
from shanzhi.clues.fields import mark_of
from shanzhi.clues.models import Clue, Head, Knock, Once, Step
from shanzhi.clues.signing import head_seal, seal_of
from shanzhi.clues.topics import WORK
from shanzhi.lib.errors import Invalid, TooMany
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.counters import count_up
from shanzhi.tenancy.idempotency import KEY_LENGTH
from shanzhi.tenancy.ids import id_at, new_id

HEAD: Final = "steps"
KEPT: Final = timedelta(days=90)
HOUR: Final = timedelta(hours=1)
# Within one hour from one address, behind which a village may stand; `miss` is a wrong secret.
LIMITS: Final[dict[str, int]] = {"give": 30, "add": 30, "miss": 10}
WAIT: Final = "这个网络一小时内来得太多了，请过一会儿再试。急事请打 110。"
MISSES: Final = "查询码输错的次数太多，请过一小时再试。"
TITLE: Final = "线索专办台"
WORDS: Final = "有新的工作，请到线索专办台查看。"


def step_write(
    clue: Clue, act: Act, *, actor_id: int | None, at: datetime, note: str = "", told: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Step:  # fmt: skip
    """One step more, numbered and signed; the county's head stays locked until the transaction ends.

    The clue's row holds its new state already. Lock the clue before: everybody takes the two in this order.
    """
    serial = count_up(Head, "name", HEAD)
    step = Step(
        clue=clue, serial=serial, act=act, state=clue.state, actor_id=actor_id, at=at, note=note or None,
        told=told or None, facts=json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else None,
    )  # fmt: skip
    step.stamp()
    step.seal = seal_of(step, clue)
    step.save()
    Head.objects.filter(name=HEAD).update(seal=head_seal(step.county_id, serial))
    return step


def once(
    *, key: str | None, who: int | None, operation: str, body: Mapping[str, Any], result_id: int, at: datetime
) -> int | None:
    """As `tenancy.idempotency.claim`, in a table of our own and under our own key: there is nothing to guess from."""
    if not key:
        return None
    if len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise Invalid("重复提交标识要在 64 个字符以内，只能用字母、数字和符号。", code="idempotency_key_invalid")
    said = json.dumps([who or 0, operation, body], sort_keys=True, default=str, ensure_ascii=False)
    mark = mark_of(said, "clues_once.body")
    row = Once(id=new_id(), key=mark_of(key, "clues_once.key"), body=mark, result_id=result_id, at=at)
    Once.objects.bulk_create([row], ignore_conflicts=True)  # waits for another transaction that has the key
    found = Once.objects.get(key=row.key)
    if found.body != mark:
        raise Invalid("这个重复提交标识已用于另一次操作，请刷新页面后重填。", code="idempotency_key_reused")
    return None if found.id == row.id else found.result_id


def knock(act: str, address: str, *, at: datetime) -> None:
    """Count one act of this address within the hour, in the caller's transaction; TooMany beyond the limit.

    Only this hour's digest is kept, under an hour's own name: neither two hours nor a clue can be matched with it.
    """
    hour = int(at.timestamp() // HOUR.total_seconds())
    if count_up(Knock, "source", mark_of(f"{act}:{hour}:{address}", "clues_knock.source")) > LIMITS[act]:
        error = TooMany(MISSES if act == "miss" else WAIT, code="too_many")
        error.wait = int(HOUR.total_seconds() * (hour + 1) - at.timestamp()) + 1
        raise error


def sweep(*, at: datetime) -> None:
    """Drop what is counted no more, and old keys. It tells nobody how much there was."""
    with atomic():
        Knock.objects.filter(id__lt=id_at(int((at - 2 * HOUR).timestamp() * 1000))).delete()
        Once.objects.filter(at__lt=at - KEPT).delete()


def tell_officers(people: Iterable[int], step: Step) -> None:
    """That there is work, and nothing else: neither which nor of what kind, and the same words for everything."""
    wanted = sorted(set(people) - {step.actor_id or 0})
    if wanted:
        notice_send(
            recipients=wanted, title=TITLE, body=WORDS, path=reverse("clues:desk", args=[step.county_id]),
            event_id=step.id, at=step.at, topic=WORK,
        )  # fmt: skip
