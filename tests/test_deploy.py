"""What `deploy/` ships is what the documents say, and what the programs that read it accept."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shanzhi.config import env
from tests.source import ROOT
from tests.test_documented_settings import documented

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".timer"))
PROGRAMS = "/opt/shanzhi/.venv/bin/"


def test_there_are_units_for_all_that_runs() -> None:
    names = {path.name for path in UNITS}
    services = {"shanzhi-web.service", "shanzhi-worker.service", "shanzhi-backup.service", "shanzhi-drill.service"}
    assert names == services | {"shanzhi-backup.timer", "shanzhi-drill.timer"}
    told = (ROOT / "docs/operations/service.md").read_text(encoding="utf-8")
    assert all(path.stem in told for path in UNITS)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    """In a copy whose programs exist: systemd looks for them."""
    stub = tmp_path / "bin"
    stub.mkdir()
    for name in ("granian", "python"):
        (stub / name).write_text("#!/bin/sh\n")
        (stub / name).chmod(0o755)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(PROGRAMS, f"{stub}/")
        (tmp_path / unit.name).write_text(text.replace("WorkingDirectory=/opt/shanzhi", f"WorkingDirectory={stub}"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *[str(tmp_path / unit.name) for unit in UNITS]],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "shanzhi" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_no_unit_runs_as_root_or_writes_everywhere(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in ("User=shanzhi", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes"):
        assert line in text.splitlines()
    assert re.search(r"^(ReadWritePaths|StateDirectory)=", text, re.MULTILINE)


def test_the_drill_on_postgresql_is_the_same_with_another_command() -> None:
    text = (DEPLOY / "systemd/shanzhi-drill.postgresql.conf").read_text(encoding="utf-8")
    assert text.count("\nExecStart=") == 2, "a list is emptied before it is set anew"
    assert "--into /var/lib/shanzhi-drill/" in text
    assert "SHANZHI_DATABASE=" not in text


def test_the_environment_file_sets_only_what_there_is() -> None:
    text = (DEPLOY / "systemd/shanzhi.env.example").read_text(encoding="utf-8")
    names = set(re.findall(r"^(?:# )?(SHANZHI_[A-Z_]+)=", text, re.MULTILINE))
    assert names - documented() == {"SHANZHI_WEB_WORKERS"}  # read by the unit, not by the product
    assert "SHANZHI_WEB_WORKERS" in (DEPLOY / "systemd/shanzhi-web.service").read_text(encoding="utf-8")


def test_commands_of_the_units_exist() -> None:
    found = {name for unit in UNITS for name in re.findall(r"manage\.py (\w+)", unit.read_text(encoding="utf-8"))}
    assert found == {"worker", "backup", "restore"}
    for name in found:
        assert list((ROOT / "shanzhi").glob(f"*/management/commands/{name}.py")), name


def test_the_proxy_overwrites_what_a_client_claims() -> None:
    """Appending would let anybody be counted under another address, as `SHANZHI_PROXIES=1` trusts the last one."""
    nginx = (DEPLOY / "nginx/shanzhi.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "$proxy_add_x_forwarded_for" not in nginx
    assert "proxy_set_header X-Forwarded-Proto https;" in nginx
    logged = re.search(r"log_format shanzhi '(.*)';", nginx)
    assert logged is not None
    assert not re.search(r"\$(request|request_uri|args|uri|http_referer|remote_addr)\b", logged[1])
    assert "header_up X-Forwarded-For {remote_host}" in (DEPLOY / "caddy/Caddyfile").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx/shanzhi.conf").read_text(encoding="utf-8")
    for name in ("fullchain", "key"):
        subprocess.run(["touch", str(tmp_path / f"{name}.pem")], check=True)
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "1"]
    where = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*made, *where], check=True, capture_output=True)
    text = text.replace("/etc/ssl/shanzhi", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    done = subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def archived(segment: Path, archive: Path) -> int:
    command = [str(DEPLOY / "archive-wal"), str(segment), segment.name, str(archive)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_segment_is_archived_whole_once_and_never_replaced(tmp_path: Path) -> None:
    segment, archive = tmp_path / "000000010000000000000001", tmp_path / "wal"
    archive.mkdir()
    segment.write_bytes(os.urandom(100_000))
    assert archived(segment, archive) == 0
    assert (archive / segment.name).read_bytes() == segment.read_bytes()
    assert archived(segment, archive) == 0, "PostgreSQL asks again after a crash"
    kept = segment.read_bytes()
    segment.write_bytes(b"of another server")
    assert archived(segment, archive) != 0
    assert (archive / segment.name).read_bytes() == kept
    assert [path.name for path in archive.iterdir()] == [segment.name]


def test_a_segment_that_can_not_be_archived_is_told(tmp_path: Path) -> None:
    segment = tmp_path / "000000010000000000000002"
    segment.write_bytes(b"x")
    assert archived(segment, tmp_path / "nowhere") != 0
    assert archived(tmp_path / "missing", tmp_path) != 0


def test_documents_of_operation_are_linked_from_installing() -> None:
    install = (ROOT / "docs/operations/install.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs/operations").glob("*.md")} - {"install.md", "settings.md"}
    assert all(f"({name})" in install for name in pages), pages


def test_one_way_to_read_a_database_of_the_environment_file() -> None:
    found = env.database("postgresql://shanzhi_backup:a%20b@127.0.0.1/shanzhi", root=ROOT)
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("shanzhi_backup", "a b", "shanzhi")
