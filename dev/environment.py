"""The virtual environment, Node and the front end: made once, and again only when what they are made from changed.

Each step leaves a stamp, a digest of its inputs; a step whose stamp is right does nothing. That is why a second start
takes seconds, and why nobody has to know when to install again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
VENV_APT_LINE = "apt-get install -y python3-venv"


class Problem(Exception):
    """Something that the person at the terminal has to change; the message says what."""


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, quiet: bool = False) -> None:
    """In the checkout; raises Problem with what the command said if it fails. Quiet ones speak only then."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=dict(env) if env is not None else environment(),
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = f"\n{done.stdout}" if quiet else ""
        raise Problem(f"`{' '.join(Path(str(p)).name for p in command[:4])}` failed ({done.returncode}){said}")


def environment(**more: str) -> dict[str, str]:
    """The environment of our own programs: the virtual environment first on PATH, text in UTF-8."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(VENV), "PYTHONUTF8": "1", **more}


# ---- stamps


def digest(paths: Iterable[Path], *more: str) -> str:
    """Of the names and contents of these files, and of what is below these folders."""
    total = hashlib.sha256()
    for path in sorted(paths):
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            content = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "-"
            total.update(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file} {content}\n".encode())
    for text in more:
        total.update(f"{text}\n".encode())
    return total.hexdigest()


def fresh(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text().strip() == value


def mark(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n")


# ---- Python


def ensure_venv() -> None:
    """Creates .venv unless it holds a Python that runs and is new enough."""
    if sys.version_info < OLDEST_PYTHON:
        raise Problem(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}"
        )
    if PYTHON.exists():
        probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
        if subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0:
            return
        say("the virtual environment does not run any more: making it anew")
        shutil.rmtree(VENV)
    say(f"making a virtual environment with Python {sys.version.split()[0]}")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, cwd=ROOT)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Problem(f"Python's venv module is incomplete here; as root: {VENV_APT_LINE}\n{made.stdout}{made.stderr}")


def install(name: str) -> None:
    """What requirements/<name>.txt locks, checked by hash; `dev` contains `runtime`."""
    lock = REQUIREMENTS / f"{name}.txt"
    value = digest([lock], str(PYTHON.resolve()))
    stamp = VENV / f".installed-{name}"
    if fresh(stamp, value):
        return
    say(f"installing requirements/{name}.txt")
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--only-binary",
         ":all:", "--require-hashes", "-r", lock])  # fmt: skip
    mark(stamp, value)
    if name == "dev":
        mark(VENV / ".installed-runtime", digest([REQUIREMENTS / "runtime.txt"], str(PYTHON.resolve())))


# ---- Node and the front end


def node_on_path() -> bool:
    """Whether a Node that is new enough, with npm, is on PATH; the one of .venv counts."""
    path = environment()["PATH"]
    node = shutil.which("node", path=path)
    if not node or not shutil.which("npm", path=path):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")
    return said.split(".")[0].isdigit() and int(said.split(".")[0]) >= OLDEST_NODE


def ensure_node() -> None:
    if not node_on_path():
        say("no Node on PATH: installing one into the virtual environment")
        install("node")


def build_front_end() -> None:
    """Bundles and styles from shanzhi/ui/frontend into a folder that git ignores."""
    packages = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    sources = digest([*ROOT.glob("shanzhi/*/frontend")], packages)
    built = ROOT / "shanzhi/ui/static/ui/dist"
    stamp = ROOT / "var/stamps/frontend"
    if fresh(stamp, sources) and built.is_dir():
        return
    ensure_node()
    installed = ROOT / "node_modules/.installed"
    if not fresh(installed, packages):
        say("installing the front end's packages")
        run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], quiet=True)
        mark(installed, packages)
    say("building the front end")
    run(["npm", "run", "--silent", "build"], quiet=True)
    mark(stamp, sources)


def prepare(*, dev: bool) -> None:
    """Everything that has to be there before a program of ours can start; `dev` with the tools of tests and checks."""
    ensure_venv()
    install("dev" if dev else "runtime")
    build_front_end()
