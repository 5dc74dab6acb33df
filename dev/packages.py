"""Programs of the system that the tests use and Python can't bring: a browser, Chinese fonts, the PostgreSQL server."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from dev.cluster import NoPostgres, server_programs
from dev.environment import say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHINESE = ":lang=zh-cn"
BROWSER_TESTS = "browser tests"
POSTGRES_TESTS = "tests on PostgreSQL"


def browser() -> str | None:
    """A Chromium that starts. Ubuntu's package may be a stub that only names its snap."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def has_browser() -> bool:
    return browser() is not None


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", CHINESE, "family"], capture_output=True, text=True).stdout.strip())


def has_atomic() -> bool:
    """The library without which Playwright's own Node does not start."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def has_postgres() -> bool:
    try:
        server_programs()
    except NoPostgres:
        return False
    return True


@dataclass(frozen=True)
class Package:
    """`tests` says which tests can't run without it."""

    apt: str
    present: Callable[[], bool]
    tests: str


PACKAGES = (
    Package("chromium", has_browser, BROWSER_TESTS),
    Package("libatomic1", has_atomic, BROWSER_TESTS),
    Package("fonts-noto-cjk", has_chinese_font, "Chinese text in browser tests"),
    Package("postgresql", has_postgres, POSTGRES_TESTS),
)


def apt_line(missing: list[Package]) -> str:
    return "apt-get install -y --no-install-recommends " + " ".join(package.apt for package in missing)


def apt_install(missing: list[Package]) -> None:
    """Failure is no error here: what is still missing afterwards is reported."""
    # Run level 1: the package's own server is not started; the tests start one of their own.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in ("apt-get update -q", apt_line(missing)):
        say(command)
        subprocess.run(command.split(), env=env, stdout=subprocess.DEVNULL)


def missing_packages() -> list[Package]:
    """What can't be had: as root on Debian and Ubuntu, missing packages are installed first."""
    missing = [package for package in PACKAGES if not package.present()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install(missing)
        missing = [package for package in missing if not package.present()]
    return missing
