"""Inside the measured server: which statements one request made.

Only a request that carries `X-Bench-Trace: <name>` is looked at; every other one costs a look at its headers.
"""

import json
import os
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse

TRACE_HEADER: Final = "X-Bench-Trace"
SQL_HEADER: Final = "X-Bench-SQL"
FOLDER: Final = "SHANZHI_BENCH_TRACES"
NAME: Final = re.compile(r"[a-z0-9_]{1,60}")
SAVEPOINTS: Final = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK TO)\b", re.IGNORECASE)
FRAMES: Final = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SET LOCAL|SELECT set_config\()", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """One call of the database: SQL with `%s` for its parameters; `many` has a list of parameter lists."""

    sql: str
    params: Any = ()
    many: bool = False

    @property
    def is_savepoint(self) -> bool:
        return SAVEPOINTS.match(self.sql) is not None

    @property
    def is_counted(self) -> bool:
        """Savepoints, the frame of the transaction and the setting of the county do not count."""
        return not self.is_savepoint and FRAMES.match(self.sql) is None


def plain(value: Any) -> Any:
    """A parameter as a process without Django can send it: no subclass, no wrapper."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool) or value is None or isinstance(value, float | date | timedelta | bytes):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    if hasattr(value, "obj"):  # psycopg's wrappers around bytes and JSON
        return bytes(value.obj) if isinstance(value.obj, bytes | memoryview | bytearray) else json.dumps(value.obj)
    raise TypeError(f"a parameter of type {type(value).__name__} cannot be replayed yet; teach bench.meter.plain")


@dataclass
class Trace:
    """An execute wrapper that keeps what it saw, in order."""

    statements: list[Statement] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append(Statement(str(sql), plain(list(params or ())), many))
        return execute(sql, params, many, context)

    @property
    def count(self) -> int:
        return sum(one.is_counted for one in self.statements)

    def save(self, path: Path) -> None:
        path.write_bytes(pickle.dumps(self.statements))


def trace_load(path: Path) -> list[Statement]:
    statements: list[Statement] = pickle.loads(path.read_bytes())
    return statements


class MeterMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.folder = Path(os.environ[FOLDER])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.headers.get(TRACE_HEADER)
        if name is None or NAME.fullmatch(name) is None:
            return self.get_response(request)
        trace = Trace()
        with connection.execute_wrapper(trace):
            response = self.get_response(request)
        trace.save(self.folder / name)
        response[SQL_HEADER] = str(trace.count)
        return response
