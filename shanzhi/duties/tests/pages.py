"""What the tests of pages share: addresses, the words of a page, and what the form of a new instruction sends."""

import re
from typing import Any
from uuid import uuid4

from django.urls import reverse

from shanzhi.duties.models import Line
from shanzhi.duties.tests.world import order

A = 341181


def url(name: str, *args: Any) -> str:
    return reverse(f"duties:{name}", args=[A, *args])


def text(answer: Any) -> str:
    """What a person reads on the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def typed(**changes: Any) -> dict[str, Any]:
    """The form of a new instruction to all villages, on its way to the list of receivers."""
    said = order()
    return {
        "title": said.title, "body": said.body, "source": said.source, "due_on": str(said.due_on), "due_time": "",
        "groups": ["villages"], "names": "", "role": "", "case": "", "step": "check", "idempotency_key": uuid4().hex,
        **changes,
    }  # fmt: skip


def ticks(*lines: Line) -> list[str]:
    """What the boxes of these lines send."""
    return [f"{line.id}:{line.version}" for line in lines]
