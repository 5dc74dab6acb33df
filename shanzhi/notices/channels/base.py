"""What every channel is: something that takes one message to one address, or says in a sentence why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """`id` is the delivery's: the same at every attempt, so that a provider can tell a repetition.

    `template` names what the provider approved (`notice`, `code`, …), `params` fill it; `title` and `text` are for
    channels that send free words; `url` is empty where this installation names no public address.
    """

    id: int
    to: str
    template: str
    title: str
    text: str
    place: str
    at: datetime
    url: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


class SendError(Exception):
    """Not sent. `sentence` is plain Chinese without personal data; `again` if a later attempt may do better.

    `down`: the provider itself did not answer, so that nothing more is tried through it in this round.
    """

    def __init__(self, sentence: str, *, again: bool = False, down: bool = False) -> None:
        self.sentence, self.again, self.down = sentence, again or down, down
        super().__init__(sentence)


class Sender(Protocol):
    """One provider of one channel, made from the settings; used by several threads at once."""

    def send(self, message: Message) -> str:
        """The provider's own receipt (may be empty). Raises SendError."""
        ...
