"""Errors that a person or an API client is meant to read.

Each carries one plain Chinese sentence that says what to do, an HTTP status and a stable machine code. A page shows the
sentence, the API answers `application/problem+json`; both are made from the same object, so that they can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

FieldErrors = Mapping[str, Sequence[str]]


class DomainError(Exception):
    """A rule was not met. `fields` maps a field's name to its sentences, `code` never changes once published.

    `more` is what a program needs beside them (further members of the problem+json), `wait` the seconds after which it
    may be tried again, 0 if that is not known (Retry-After).
    """

    status: ClassVar[int] = 422
    default_code: ClassVar[str] = "invalid"
    default_message: ClassVar[str] = "填写的内容有误，请检查后重试。"

    def __init__(self, message: str = "", *, code: str = "", fields: FieldErrors | None = None) -> None:
        self.message = message or self.default_message
        self.code = code or self.default_code
        self.fields: dict[str, list[str]] = {name: list(rows) for name, rows in (fields or {}).items()}
        self.more: dict[str, Any] = {}
        self.wait: int = 0
        super().__init__(self.message)


class NotFound(DomainError):
    """Absent, or not for this actor: the same words for both, so that nothing leaks."""

    status = 404
    default_code = "not_found"
    default_message = "没有找到这项内容，请检查地址，或返回上一页。"


class Forbidden(DomainError):
    """The actor sees the object, but holds no post that may do this."""

    status = 403
    default_code = "forbidden"
    default_message = "你的岗位没有这项权限，如有需要请联系安全管理员。"


class Conflict(DomainError):
    """The state of the object does not allow it."""

    status = 409
    default_code = "conflict"
    default_message = "当前状态不能这样处理，请刷新后再看。"


class Stale(Conflict):
    """Somebody else was faster: the version that the actor saw is no longer the newest."""

    default_code = "stale"
    default_message = "刚刚有人更新了这项内容，请刷新后再操作。"


class Invalid(DomainError):
    """The content does not pass validation; nothing was saved."""


class TooMany(DomainError):
    """A limit of rate or amount was reached."""

    status = 429
    default_code = "too_many"
    default_message = "操作太频繁，请稍等几分钟再试。"
