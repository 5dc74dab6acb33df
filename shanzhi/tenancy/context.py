"""The county of the moment: who may be read and written is decided here, once, and everything else asks."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

ALL: Final = -1
CROSS_ROLE: Final = "shanzhi_cross"

_county: ContextVar[int | None] = ContextVar("county", default=None)
logger = logging.getLogger("shanzhi.tenancy")


class NoCounty(RuntimeError):
    """County data was touched outside `county(n)`; a programming error that must never pass silently."""


def current() -> int:
    """The current county, or `ALL` inside `cross_county`; raises NoCounty when there is none."""
    value = _county.get()
    if value is None:
        raise NoCounty("no current county; use county(n) or cross_county(reason)")
    return value


def current_or_none() -> int | None:
    """The current county if exactly one is entered; None outside of any and in cross-county work."""
    value = _county.get()
    return None if value == ALL else value


def announce(connection: BaseDatabaseWrapper, value: int | None) -> None:
    """Tell PostgreSQL's row-level security the county, for this transaction.

    A literal SET LOCAL: set_config() and a session SET do not reach the workers of a Citus cluster.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.county = '{'' if value is None or value == ALL else int(value)}'")


@contextmanager
def county(number: int, *, atomic: bool = True, using: str = DEFAULT_DB_ALIAS) -> Iterator[int]:
    """Enter a county: managers filter by it, new rows are stamped with it, PostgreSQL shows nothing else.

    On PostgreSQL the whole block is one transaction unless `atomic=False` (long jobs, which open their own);
    on SQLite it opens none, because under IMMEDIATE a read would wait for every writer: services open theirs.
    """
    number = int(number)
    if not 100000 <= number <= 999999:
        raise ValueError(f"a county is named by six digits, not {number}")
    connection = connections[using]
    outer = _county.get()
    token = _county.set(number)
    try:
        if connection.vendor != "postgresql":
            yield number
        elif atomic and connection.get_autocommit():  # the transaction itself announces the county as it begins
            with transaction.atomic(using):
                yield number
        elif atomic:
            with transaction.atomic(using), _announced(connection, number, outer):
                yield number
        elif connection.in_atomic_block:
            try:
                with _announced(connection, number, outer):
                    yield number
            except BaseException:
                with suppress(DatabaseError):  # a broken transaction gets its setting back when it is rolled back
                    announce(connection, outer)
                raise
        else:  # so does each transaction of the block
            yield number
    finally:
        _county.reset(token)


@contextmanager
def _announced(connection: BaseDatabaseWrapper, number: int, outer: int | None) -> Iterator[None]:
    """Inside a transaction: the county of the block, and the one outside of it again afterwards."""
    announce(connection, number)
    yield
    if outer is not None and not connection.needs_rollback:
        announce(connection, outer)


@contextmanager
def cross_county(reason: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Work over all counties, in a durable transaction of its own, under another role, with its reason logged.

    This is the only escape from the county filter. New rows must name their county themselves.
    """
    if not reason:
        raise ValueError("say why all counties are needed")
    logger.info("cross-county work: %s", reason)
    connection = connections[using]
    token = _county.set(ALL)
    try:
        with transaction.atomic(using, durable=True):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL ROLE {CROSS_ROLE}")
            yield
            if connection.vendor == "postgresql" and not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("RESET ROLE")
    finally:
        _county.reset(token)
