"""PostgreSQL's own programs: where they are, and running them so that an interruption ends them too."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shanzhi.operations.backups.folders import Refused

PACKAGED: Final = Path("/usr/lib/postgresql")
SAID: Final = 1_500


def program(name: str, major: int) -> str:
    """The path of a program of this major version: of Debian's package, or on the PATH."""
    packaged = PACKAGED / str(major) / "bin" / name
    found = str(packaged) if packaged.is_file() else shutil.which(name)
    if not found:
        raise Refused(f"没有找到 {name}，请安装 PostgreSQL {major} 的程序包。")
    return found


def run(command: Sequence[str | Path], *, more: Mapping[str, str] | None = None, **options: Any) -> str:
    """Run to its end; Refused with what it said if it fails. It is ended if we are interrupted."""
    process = subprocess.Popen(  # noqa: S603 - programs of ours and of PostgreSQL
        [str(word) for word in command],
        env={**os.environ, "LC_ALL": "C.UTF-8", **(more or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    try:
        said: str = process.communicate()[0]
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        raise Refused(f"{Path(str(command[0])).name} 没有成功：{said.strip()[-SAID:]}")
    return said


def connection_of(wanted: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Of a database in the settings: libpq's words, and apart the password, which no list of processes shows."""
    names = {"dbname": wanted["NAME"], "user": wanted["USER"], "host": wanted["HOST"], "port": wanted["PORT"]}
    words = {**names, **wanted["OPTIONS"]}
    text = " ".join(f"{name}={_quoted(str(value))}" for name, value in words.items() if value)
    return text, {"PGPASSWORD": wanted["PASSWORD"]} if wanted["PASSWORD"] else {}


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def server_identity() -> dict[str, Any]:
    """Arguments for a server's process. PostgreSQL does not run as root: then it is `postgres`, who gets the data."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError as error:
        raise Refused("PostgreSQL 不能以 root 运行，请用 postgres 用户执行恢复。") from error
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
