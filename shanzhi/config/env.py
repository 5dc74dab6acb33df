"""Settings from the environment, each read in one way and with one sentence when it is wrong."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """`1 true yes on` or `0 false no off`."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name}={value}: write 1 or 0")
    return default


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value}: write a whole number")
    return int(value)


def one_of(name: str, default: str, *others: str) -> str:
    """One of a few words, in any case."""
    value = os.environ.get(name, "").strip().lower() or default
    if value not in (default, *others):
        raise ImproperlyConfigured(f"{name}={value}: write {' or '.join((default, *others))}")
    return value


def words(name: str, default: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def number_range(name: str, default: str) -> tuple[int, int]:
    """`first-last`, both included."""
    first, _, last = os.environ.get(name, default).partition("-")
    if not (first.isdigit() and last.isdigit() and 0 <= int(first) <= int(last) <= 1023):
        raise ImproperlyConfigured(f"{name}: write first-last, within 0-1023")
    return int(first), int(last)


def secret(name: str, folder: Path) -> str:
    """A secret from the environment, or from a file of mode 600 that is made on the first start."""
    value = os.environ.get(name, "")
    if value:
        return value
    path = folder / name.lower()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return secret(name, folder)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


def database(url: str, *, root: Path) -> dict[str, Any]:
    """`sqlite:///relative/or//absolute/path` or `postgresql://user:password@host:port/name?host=/socket/folder`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(root / unquote(parts.path[1:]))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("SHANZHI_DATABASE must begin with sqlite:/// or postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "shanzhi.tenancy.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "shanzhi.tenancy.backends.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: a commit is on the disk before it is acknowledged, also when the power fails.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
            "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
        },
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }
