"""Run by `make run` in the virtual environment: schema, static files and demo, each only when it is needed.

One process looks at all three, because starting Django is what takes the time of a second start.
"""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dev.environment import PYTHON, ROOT, fresh, mark, say

MIGRATIONS: Final = "stamps/migrations.json"


def schema_is_behind() -> bool:
    """On PostgreSQL the application's role may not read the state of the migrations: the owner looks."""
    if connection.vendor != "sqlite":
        return True
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def digests() -> dict[str, str]:
    """What each migration of ours says now, by app and name."""
    files = sorted((ROOT / "shanzhi").glob("*/migrations/[0-9]*.py"))
    return {f"{file.parents[1].name}.{file.stem}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def remade() -> list[str]:
    """Migrations that this database has applied and that say something else now, or are gone.

    Before the first release they are remade instead of added to (decision 8). A database from before there was a
    stamp counts as remade.
    """
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return []
        cursor.execute("SELECT app, name FROM django_migrations")
        ours = {config.label for config in apps.get_app_configs() if config.name.startswith("shanzhi.")}
        applied = [f"{app}.{name}" for app, name in cursor.fetchall() if app in ours]
    stamp = Path(settings.VAR_DIR) / MIGRATIONS
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    now = digests()
    return [name for name in applied if name not in now or known.get(name) != now[name]]


def set_aside() -> Path:
    """Move the SQLite database away under a name of its own; nothing is deleted."""
    connection.close()
    old = Path(str(connection.settings_dict["NAME"]))
    kept = old.with_name(f"{old.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}{old.suffix}")
    for tail in ("", "-wal", "-shm"):
        part = old.with_name(old.name + tail)
        if part.exists():
            part.rename(kept.with_name(kept.name + tail))
    return kept


def migrate() -> None:
    """In processes of their own: they connect as the role that owns the schema."""
    for command in (["migrate", "--no-input", "--verbosity", "0"], ["distribute"]):
        subprocess.run([str(PYTHON), "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    mark(Path(settings.VAR_DIR) / MIGRATIONS, json.dumps(digests(), indent=0))


def static_state() -> str:
    """Digest of names, sizes and times of all static files, and of how they are stored."""
    total = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            total.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return total.hexdigest()


def collect_static() -> None:
    stamp, state = Path(settings.VAR_DIR) / "stamps/static", static_state()
    if fresh(stamp, state) and Path(settings.STATIC_ROOT).is_dir():
        return
    say("collecting static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark(stamp, state)


def load_demo() -> None:
    """Only into a database without a county: what people entered is never touched."""
    if not apps.get_model("tenancy", "County")._default_manager.exists():
        say("loading the demo counties")
        call_command("demo")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanzhi.config.settings")
    django.setup()
    if connection.vendor == "sqlite" and remade():
        say(f"the schema was made anew; the old database is kept as {set_aside().name}, a new one is made")
    if schema_is_behind():
        say("bringing the database up to date")
        connection.close()
        try:
            migrate()
        except subprocess.CalledProcessError as error:
            print(f"manage.py {error.cmd[2]} failed; what it said stands above", file=sys.stderr)
            return 1
    collect_static()
    load_demo()
    return 0


if __name__ == "__main__":
    sys.exit(main())
