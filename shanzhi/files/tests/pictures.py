"""Files as people and attackers send them, built here: no binary lies in the repository."""

import random
import struct
import zipfile
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

PLACE = (118.9512345, 32.7098765)


def picture(width=64, height=48, kind="JPEG", colour=(180, 40, 30), mode="RGB", **save):
    image = Image.new(mode, (width, height), colour)
    out = BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def noise(width, height, kind="JPEG", seed=1):
    """A picture that does not compress: a truncated one really lacks pixels."""
    image = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))
    out = BytesIO()
    image.save(out, kind, quality=90)
    return out.getvalue()


def _sexagesimal(value):
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return (float(degrees), float(minutes), round(((value - degrees) * 60 - minutes) * 60, 6))


def camera(width=200, height=100, *, place=PLACE, taken="2026:11:20 15:28:03", offset=None, orientation=1, kind="JPEG"):
    """Left half red, right half blue, with what a phone writes beside it."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    image.paste((20, 20, 200), (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "HUAWEI-SECRET"
    exif[ExifTags.Base.Artist] = "张小平"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    if taken:
        details[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lon, lat = place
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if lat >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = _sexagesimal(abs(lat))
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if lon >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = _sexagesimal(abs(lon))
    out = BytesIO()
    more = {"comment": b"COMMENT-SECRET"} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, quality=92, **more)
    return out.getvalue()


def _chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width=10_000, height=10_000):
    """A few kilobytes that unfold to 100 million pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + width // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def jpeg_bomb(width=20_000, height=20_000):
    """A small JPEG whose frame header claims more."""
    data = bytearray(picture(16, 16))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_bomb(width=16_000, height=16_000):
    """An extended header that claims a canvas of a gigabyte."""
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def archive(entries=(("a.txt", b"x"),)):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, body in entries:
            bundle.writestr(name, body)
    return out.getvalue()


PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 50 + b"This program cannot be run in DOS mode." + b"\x00" * 4000
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200


def upload(data, name="现场.jpg", content_type="image/jpeg"):
    return SimpleUploadedFile(name, data, content_type=content_type)
