"""The files of a pack, wherever they come from: a directory, a zip, one file of an editor."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from shanzhi.lib.errors import Invalid
from shanzhi.packs.reading import LARGEST
from shanzhi.packs.shipped import HEADER

FILES: Final = 2_000
TOTAL: Final = 20 * 1024**2
LARGEST_ZIP: Final = 1_500_000

Files = Mapping[str, bytes]


def files_in(directory: Path) -> Files:
    """The files of a directory by their path in it; hidden ones are passed over. Invalid if it is no directory."""
    if not directory.is_dir():
        raise Invalid(f"找不到目录 {directory}，请核对路径。", code="pack_missing")
    found: dict[str, bytes] = {}
    total = 0
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if _hidden(name) or not path.is_file():
            continue
        with path.open("rb") as file:
            found[name] = file.read(LARGEST + 1)
        total += len(found[name])
        _bound(len(found), total)
    return found


def files_in_zip(data: bytes) -> Files:
    """The files of a zip, without the one folder that holds everything, if there is one.

    Invalid if it is broken, encrypted, or unpacks to more than a pack has; nothing is written to disk, and no entry is
    unpacked further than one byte beyond what a file may have.
    """
    if len(data) > LARGEST_ZIP:
        raise Invalid("压缩包超过 1.5 MB，请检查是不是选错了文件。", code="pack_too_large")
    found: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                name = entry.filename.replace("\\", "/")
                if entry.is_dir() or _hidden(name):
                    continue
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise NotImplementedError  # others unpack as far as they like
                if entry.flag_bits & 1:
                    raise Invalid("压缩包设了密码，请去掉密码后再上传。", code="pack_encrypted")
                with archive.open(entry) as file:
                    found[name] = file.read(LARGEST + 1)
                total += len(found[name])
                _bound(len(found), total)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, IndexError, zlib.error):
        raise Invalid("压缩包打不开，请重新打包成 zip 后再上传。", code="pack_broken") from None
    return _without_folder(found)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Files as a zip, the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _bound(count: int, total: int) -> None:
    if count > FILES or total > TOTAL:
        raise Invalid(f"规则包超过 {FILES:,} 个文件或 20 MB，请检查是不是选错了。", code="pack_too_large")


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _without_folder(found: dict[str, bytes]) -> Files:
    tops = {name.split("/", 1)[0] for name in found}
    if len(tops) == 1 and f"{(top := tops.pop())}/{HEADER}" in found:
        return {name.removeprefix(f"{top}/"): data for name, data in found.items()}
    return found
