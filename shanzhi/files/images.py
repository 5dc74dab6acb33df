"""Photos as they are kept: decoded, turned upright, shrunk, stripped of all metadata, encoded anew.

Nothing that a stranger sent is ever served: what is served was written by our own encoder. Pure functions, no database.
"""

import math
import struct
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final, Protocol, TypeVar

from PIL import ExifTags, Image, UnidentifiedImageError

from shanzhi.files import headers
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import SHANGHAI

T = TypeVar("T")

MAX_BYTES: Final = 12 * 1024 * 1024
MAX_PIXELS: Final = 51_000_000
SIDE: Final = 1600
THUMB_SIDE: Final = 320
QUALITY: Final = 82

# A second guard, for whatever else is decoded in this process: Pillow refuses twice as many by itself.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

# A decoded photo takes up to 200 MB for a moment; two at a time keep a small server alive.
_DECODING = threading.BoundedSemaphore(2)

_UPRIGHT: Final[dict[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BAD_EXIF: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    SyntaxError,
    OSError,
    struct.error,
)


@dataclass(frozen=True)
class Facts:
    """What the camera wrote: place in 1e-7 degree (WGS 84), aware time, EXIF orientation 1–8."""

    lon: int | None = None
    lat: int | None = None
    taken_at: datetime | None = None
    orientation: int = 1


@dataclass(frozen=True)
class Photo:
    """A photo ready to be kept; `image` and `thumb` are JPEG without any metadata."""

    image: bytes
    thumb: bytes
    width: int
    height: int
    facts: Facts


def facts_seen(meta: Mapping[str, Any], *, now: datetime) -> Facts:
    """What a phone read before it shrank the picture: lon, lat in degrees, taken_at in ISO 8601; no nonsense."""
    lon, lat = _safely(lambda: _place(float(meta["lon"]), float(meta["lat"]))) or (None, None)
    return Facts(lon, lat, _safely(lambda: _plausible(datetime.fromisoformat(str(meta["taken_at"])), now)))


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def photo_prepare(source: Readable, *, now: datetime) -> Photo:
    """Refuses with one sentence whatever is not wholly a photo of an accepted kind; slow: call it outside transactions.

    Raises Invalid with a code: photo_empty, photo_too_large, photo_kind, photo_heic, photo_too_many_pixels,
    photo_broken, photo_mixed.
    """
    data = source.read(MAX_BYTES + 1)
    if not data:
        raise Invalid("这张照片是空的，请重新拍照或选择。", code="photo_empty")
    if len(data) > MAX_BYTES:
        raise Invalid("照片超过 12 兆，请把照片调小，或用手机的普通模式重拍。", code="photo_too_large")
    kind = _accept(data)
    with _DECODING:
        return _decode(data, kind, now)


def _accept(data: bytes) -> str:
    """The format by its first bytes, never by the name or the type that the sender gave."""
    kind = headers.sniff(data)
    if kind == "HEIF" and "HEIF" not in Image.OPEN:
        raise Invalid(
            "暂时看不了 HEIC 格式的照片，请在手机“相机—格式”里选“兼容性最佳”后重拍，或转成 JPG 再传。",
            code="photo_heic",
        )
    if kind is None or kind not in ("JPEG", "PNG", "WEBP", "HEIF"):
        raise Invalid("这个文件不是照片，请选择 JPG、PNG 或 WebP 格式的照片。", code="photo_kind")
    if headers.carries_program(data) or zipfile.is_zipfile(BytesIO(data)):
        raise Invalid("这张照片里夹带了别的内容，不能上传，请用相机重新拍一张。", code="photo_mixed")
    size = headers.webp_size(data) if kind == "WEBP" else None
    if size is not None:
        _check_pixels(*size)
    return kind


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> Invalid:
    return Invalid(
        "照片尺寸太大（超过 5,100 万像素），请用手机的普通模式重拍，或缩小后再传。", code="photo_too_many_pixels"
    )


def _decode(data: bytes, kind: str, now: datetime) -> Photo:
    try:
        with Image.open(BytesIO(data), formats=(kind,)) as image:
            # The header alone was read so far: a bomb is refused before it unfolds.
            _check_pixels(*image.size)
            facts = _facts(image, now)
            whole = _fit(image, SIDE, facts.orientation)
        thumb = whole.copy()
        thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
        return Photo(_jpeg(whole), _jpeg(thumb), whole.width, whole.height, facts)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, MemoryError) as error:
        raise Invalid("这张照片打不开，可能没有传完整，请重新选择或重拍。", code="photo_broken") from error


def _fit(image: Image.Image, side: int, orientation: int) -> Image.Image:
    """A new RGB picture with the pixels alone: what hangs on the source (profile, comment, EXIF) stays behind."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture = image.convert("I").point(lambda level: level / 256).convert("L") if image.mode.startswith("I") else image
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(picture, mask=picture.getchannel("A"))
    else:
        plain = Image.new("RGB", picture.size)
        plain.paste(picture.convert("RGB"))
    turn = _UPRIGHT.get(orientation)
    return plain if turn is None else plain.transpose(turn)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _facts(image: Image.Image, now: datetime) -> Facts:
    """A damaged EXIF block costs its own facts, never the photo."""
    exif = _safely(image.getexif)
    if exif is None:
        return Facts()
    position = _safely(lambda: _position(exif.get_ifd(ExifTags.IFD.GPSInfo)))
    taken = _safely(lambda: _taken(exif.get_ifd(ExifTags.IFD.Exif), now))
    turn = _safely(lambda: int(exif.get(ExifTags.Base.Orientation, 1))) or 1
    lon, lat = position or (None, None)
    return Facts(lon=lon, lat=lat, taken_at=taken, orientation=turn if turn in _UPRIGHT else 1)


def _safely(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except _BAD_EXIF:
        return None


def _position(gps: Mapping[int, Any]) -> tuple[int, int] | None:
    if not gps:
        return None
    lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
    lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    return _place(lon, lat)


def _place(lon: float, lat: float) -> tuple[int, int] | None:
    """Null Island is what cameras write when they have no fix: it counts as no position."""
    if not (abs(lat) <= 90 and abs(lon) <= 180) or (lat == 0 and lon == 0):
        return None
    return round(lon * 10_000_000), round(lat * 10_000_000)


def _degrees(parts: tuple[Any, Any, Any], side: str | bytes, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError("a coordinate that is not a number")
    letter = side.decode("ascii") if isinstance(side, bytes) else side
    return -value if letter.strip().upper().startswith(negative) else value


def _taken(exif: Mapping[int, Any], now: datetime) -> datetime | None:
    """Cameras write local time; without an offset it is China's."""
    text = exif.get(ExifTags.Base.DateTimeOriginal)
    if not text:
        return None
    day, _, clock = str(text).strip("\0 ").partition(" ")
    offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    local = f"{day.replace(':', '-')}T{clock}"
    taken = _safely(lambda: datetime.fromisoformat(local + offset)) or datetime.fromisoformat(local)
    return _plausible(taken, now)


def _plausible(taken: datetime, now: datetime) -> datetime | None:
    """A time before 2000 or after tomorrow is a wrong clock."""
    aware = taken if taken.tzinfo else taken.replace(tzinfo=SHANGHAI)
    return aware if aware.year >= 2000 and aware <= now + timedelta(days=1) else None
