"""Every setting that an installation may make is documented, and nothing is documented that does not exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
READ = re.compile(r"(?:environ(?:\.get)?[\[(]|env\.\w+\()\s*\"(SHANZHI_[A-Z_]+)\"")
# Between our own programs: set by manage.py, the tests and the measurements, never by an installation.
INTERNAL = {"SHANZHI_AS_OWNER", "SHANZHI_TEST_RUN"}


def read() -> set[str]:
    """Names of variables that the product reads."""
    sources = [ROOT / "manage.py", *(ROOT / "shanzhi").rglob("*.py")]
    product = [path for path in sources if "tests" not in path.parts]
    return {name for path in product for name in READ.findall(path.read_text(encoding="utf-8"))} - INTERNAL


def documented() -> set[str]:
    table = (ROOT / "docs/operations/settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(SHANZHI_[A-Z_]+)`", table, re.MULTILINE))


def test_what_is_read_is_documented_and_the_other_way_round() -> None:
    assert len(read()) > 10
    assert read() == documented()


def test_each_has_a_default_and_a_meaning() -> None:
    table = (ROOT / "docs/operations/settings.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    assert all(len(row) == 5 and all(cell.strip() for cell in row[1:4]) for row in rows)
