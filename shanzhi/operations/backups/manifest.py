"""What a backup says of itself: its parts with their SHA-256, versions, migrations, the newest seals, the time."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from shanzhi.operations.backups.folders import MANIFEST, Refused
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Seal

FORMAT: Final = 1
FILES: Final = "files.sha256"
CHUNK: Final = 1024 * 1024
Ask = Callable[[str], Sequence[tuple[Any, ...]]]


def version() -> str:
    """Of the product, from its checkout."""
    project = tomllib.loads((Path(settings.ROOT) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def migrations_known() -> dict[str, str]:
    """Each migration that this version has, with the digest of its text: `app.name` → SHA-256."""
    found = {}
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        file = Path(apps.get_app_config(app).path) / "migrations" / f"{name}.py"
        ours = migration.__module__.startswith("shanzhi.") and file.is_file()
        found[f"{app}.{name}"] = sha256_of(file) if ours else ""
    return found


def is_ours(name: str) -> bool:
    """Whether `app.name` is a migration of this product; libraries join theirs together and drop the old ones."""
    app = name.partition(".")[0]
    return any(config.label == app and config.name.startswith("shanzhi.") for config in apps.get_app_configs())


def facts(ask: Ask) -> dict[str, Any]:
    """The migrations that were applied in a database, and the newest seal of each county, by plain statements."""
    known = migrations_known()
    applied = [f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name")]
    seal, place = Seal._meta.db_table, County._meta.db_table
    rows = ask(
        f"SELECT s.county_id, s.number, s.digest FROM {seal} s JOIN {place} c ON c.id = s.county_id"  # noqa: S608
        f" WHERE s.number = (SELECT max(number) FROM {seal} n WHERE n.county_id = s.county_id)"
        " ORDER BY s.county_id"
    )
    return {
        "migrations": {name: known.get(name, "") for name in applied},
        "seals": {str(county): {"number": number, "digest": bytes(digest).hex()} for county, number, digest in rows},
    }


def part(folder: Path, name: str) -> dict[str, Any]:
    """One part as the manifest lists it; reads all of it."""
    path = folder / name
    return {"name": name, "size": path.stat().st_size, "sha256": sha256_of(path)}


def write(folder: Path, content: dict[str, Any]) -> None:
    """The last part of a backup. Its own digest tells a cut or altered manifest from a whole one."""
    body = {"format": FORMAT, "product": version(), **content}
    text = json.dumps({**body, "digest": _digest(body)}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _digest(body: dict[str, Any]) -> str:
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a backup; Refused if it is none, damaged, or of a newer version."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        said = content.pop("digest")
        whole = bool(said == _digest(content))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        whole, content = False, {}
    if not whole:
        raise Refused(f"{folder.name} 的清单（{MANIFEST}）不完整或被改动，不能用来恢复，请换一份备份。")
    refuse_newer(content)
    return dict(content)


def refuse_newer(content: dict[str, Any]) -> None:
    """A newer version's tables are not this version's: its own program restores it."""
    unknown = {name for name in set(content["migrations"]) - set(migrations_known()) if is_ours(name)}
    if content["format"] > FORMAT or _numbers(content["product"]) > _numbers(version()) or unknown:
        raise Refused(f"这份备份是 {content['product']} 版做的，比现在的 {version()} 版新，请先升级程序再恢复。")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(".") if word.isdigit())


def differing(content: dict[str, Any]) -> list[str]:
    """Migrations of the backup whose text is another one here: before the first release they are remade."""
    known = migrations_known()
    return sorted(name for name, digest in content["migrations"].items() if digest and digest != known[name])


def lacking(content: dict[str, Any]) -> list[str]:
    """Migrations of this version that the backup does not have yet: `migrate` adds them."""
    return sorted(set(migrations_known()) - set(content["migrations"]))


def check_parts(folder: Path, content: dict[str, Any]) -> None:
    """Every part is there with its size and digest; Refused names the first that is not."""
    for known in content["parts"]:
        path = folder / known["name"]
        if not path.is_file() or path.stat().st_size != known["size"] or sha256_of(path) != known["sha256"]:
            raise Refused(f"{folder.name} 里的 {known['name']} 缺失或被改动，不能用来恢复，请换一份备份。")


def moment(content: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(content["at"])
