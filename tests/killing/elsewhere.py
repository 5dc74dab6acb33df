"""A PostgreSQL of its own with our schema, whose programs can be killed, and which a test may restore elsewhere."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from dev.cluster import PrivateCluster, Urls
from dev.environment import PYTHON, ROOT
from tests.killing.server import child_environment

PATIENCE = 60


class Elsewhere:
    """A durable PostgreSQL of its own with our schema, which can be killed and started again."""

    def __init__(self, cluster: PrivateCluster, urls: Urls, var: Path) -> None:
        self.cluster, self.urls = cluster, urls
        self.env = child_environment(
            var, urls.app, SHANZHI_DATABASE_OWNER=urls.owner, SHANZHI_DATABASE_BACKUP=urls.backup
        )
        for command in ("migrate", "distribute"):
            self.python("manage.py", command)

    def python(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [str(PYTHON), *arguments], cwd=ROOT, env=self.env, input=stdin, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def backend_kill(self) -> None:
        """-9 to one backend at work: PostgreSQL throws out all others and recovers by itself."""
        with psycopg.connect(self.urls.superuser, autocommit=True) as admin:
            rows = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'shanzhi_app' ORDER BY state_change DESC LIMIT 1"
            ).fetchall()
            assert rows
            os.kill(rows[0][0], signal.SIGKILL)

    def postmaster_kill(self) -> None:
        """-9 to the server itself; it is started again once its orphans have noticed and gone."""
        assert self.cluster.server is not None
        self.cluster.server.kill()
        self.cluster.server.wait()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.cluster._start()
                return
            except RuntimeError:  # "pre-existing shared memory block is still in use"
                assert time.monotonic() < deadline, "PostgreSQL did not start again"
                time.sleep(0.2)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.urls.superuser):
            return True
        return False

    def recovered(self) -> bool:
        """Whether it answers; one that ended itself is started again."""
        if self.cluster.server is not None and self.cluster.server.poll() is not None:
            with suppress(RuntimeError):
                self.cluster._start()
        return self.answers()
