"""A person's own choices."""

from collections.abc import Mapping
from datetime import time

from django.db import IntegrityError
from django.db.models import F
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Invalid, Stale
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.models import Preference
from shanzhi.notices.selectors.preferences import preference_of
from shanzhi.notices.topics import TOPICS


def preference_save(
    *, actor: Actor, version: int, on: Mapping[tuple[str, str], bool], quiet: bool, quiet_from: time, quiet_to: time
) -> Preference:
    """Saves one's own settings; (topic, channel) pairs that are not named keep their choice.

    Stale if they were changed since `version` was seen (0: never saved). Invalid for an unknown topic or channel.
    """
    assert actor.user_id
    for topic, channel in on:
        if topic not in TOPICS or channel not in KINDS:
            raise Invalid("有一类通知或渠道已经没有了，请刷新页面后再选。", code="topic_unknown")
    seen = preference_of(actor=actor)
    choices = dict(seen.choices)
    for (topic, channel), wanted in on.items():
        key = f"{topic}:{channel}"
        choices.pop(key, None)
        if wanted != (channel in TOPICS[topic].channels):
            choices[key] = wanted
    values = {"choices": choices, "quiet": quiet, "quiet_from": quiet_from, "quiet_to": quiet_to}
    with atomic():
        if version == 0 and seen.version == 0:
            return _first(actor.user_id, values)
        mine = Preference.objects.filter(user_id=actor.user_id, version=version)
        if version == 0 or not mine.update(version=F("version") + 1, **values):
            raise Stale("通知设置刚刚在别处改过，请刷新后再改。")
    return preference_of(actor=actor)


def _first(user_id: int, values: dict[str, object]) -> Preference:
    try:
        with atomic():
            return Preference.objects.create(user_id=user_id, version=1, **values)
    except IntegrityError:  # saved twice at once
        raise Stale("通知设置刚刚在别处改过，请刷新后再改。") from None
