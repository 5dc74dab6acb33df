"""The keyed digests over steps, and over how many there are.

Numbered and signed rather than chained: without the key no step can be altered, moved to another clue, renumbered or
made up, and one that was taken out leaves a gap. A chain would prove the same, but after the first fault everything
behind it would be in doubt; here one bad step accuses nobody but itself.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shanzhi.clues.catalogue import Act
from shanzhi.clues.fields import ring
from shanzhi.clues.models import Clue, Step
from shanzhi.lib.canonical import canonical

PURPOSE: Final = "clues.steps"
# What of a clue the first of its steps proves.
TEXTS: Final = ("number", "received_at", "secret", "body", "place", "whom", "name", "phone")


def signed(what: object) -> str:
    """64 hexadecimal digits over this value, under a key derived from the one that is never renewed."""
    return hmac.new(ring().derived(PURPOSE), canonical(what), sha256).hexdigest()


def seal_of(step: Step, clue: Clue) -> str:
    """Over everything that the step says; in its first, over what was handed in too."""
    said: dict[str, Any] = {
        "county": step.county_id, "clue": clue.id, "serial": step.serial, "act": step.act, "state": step.state,
        "actor": step.actor_id, "at": step.at, "note": step.note, "told": step.told, "facts": step.facts,
    }  # fmt: skip
    if step.act == Act.GIVE:
        said["given"] = given(clue)
    return signed(said)


def given(clue: Clue) -> Mapping[str, Any]:
    return {name: getattr(clue, name) for name in TEXTS}


def head_seal(county_id: int, last: int) -> str:
    return signed({"county": county_id, "last": last})
