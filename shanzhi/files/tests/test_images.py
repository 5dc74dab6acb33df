"""What becomes of a photo, and what is refused: over bytes alone, without a database."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shanzhi.files import headers
from shanzhi.files.images import MAX_BYTES, Photo, photo_prepare
from shanzhi.files.tests import pictures
from shanzhi.lib.errors import Invalid

# A damaged EXIF block makes Pillow warn and us go on.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def prepare(data):
    return photo_prepare(BytesIO(data), now=NOW)


def opened(data):
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_accepted_kinds_become_plain_jpeg(kind):
    photo = prepare(pictures.picture(2400, 1800, kind))
    assert (photo.width, photo.height) == (1600, 1200)
    whole, thumb = opened(photo.image), opened(photo.thumb)
    assert (whole.format, whole.mode, whole.size) == ("JPEG", "RGB", (1600, 1200))
    assert (thumb.format, thumb.size) == ("JPEG", (320, 240))


def test_a_small_photo_is_not_enlarged():
    photo = prepare(pictures.picture(30, 20))
    assert (photo.width, photo.height) == (30, 20)
    assert opened(photo.thumb).size == (30, 20)


def test_a_very_long_strip_keeps_at_least_one_pixel():
    photo = prepare(pictures.picture(4000, 1, "PNG"))
    assert (photo.width, photo.height) == (1600, 1)


@pytest.mark.parametrize(
    ("mode", "colour", "kind"),
    [
        ("RGBA", (255, 0, 0, 0), "PNG"),
        ("L", 90, "JPEG"),
        ("LA", (90, 10), "PNG"),
        ("P", 3, "PNG"),
        ("1", 1, "PNG"),
        ("CMYK", (0, 90, 90, 0), "JPEG"),
        ("I;16", 40_000, "PNG"),
    ],
)
def test_every_colour_mode_comes_out_as_rgb(mode, colour, kind):
    assert opened(prepare(pictures.picture(20, 20, kind, colour, mode)).image).mode == "RGB"


def test_transparent_parts_turn_white():
    pixel = opened(prepare(pictures.picture(20, 20, "PNG", (255, 0, 0, 0), "RGBA")).image).getpixel((10, 10))
    assert min(pixel) > 250


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_time_are_read_and_then_gone_from_the_bytes(kind):
    photo = prepare(pictures.camera(kind=kind))
    assert photo.facts.lon == pytest.approx(round(pictures.PLACE[0] * 10**7), abs=1)
    assert photo.facts.lat == pytest.approx(round(pictures.PLACE[1] * 10**7), abs=1)
    assert photo.facts.taken_at == datetime(2026, 11, 20, 7, 28, 3, tzinfo=UTC)
    for data in (photo.image, photo.thumb):
        assert not opened(data).getexif()
        assert set(opened(data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for secret in (b"SECRET", b"Exif", "张小平".encode(), b"GPS"):
            assert secret not in data


def test_south_and_west_are_negative():
    facts = prepare(pictures.camera(place=(-70.5, -33.25))).facts
    assert (facts.lon, facts.lat) == (-705_000_000, -332_500_000)


@pytest.mark.parametrize("place", [None, (0.0, 0.0), (118.0, 95.0), (190.0, 30.0)])
def test_no_position_is_better_than_a_wrong_one(place):
    facts = prepare(pictures.camera(place=place)).facts
    assert (facts.lon, facts.lat) == (None, None)


def test_an_offset_wins_over_chinese_time():
    facts = prepare(pictures.camera(offset="+00:00", taken="2026:11:20 06:00:00")).facts
    assert facts.taken_at == datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "1999:12:31 23:59:59", "2026:12:24 10:00:00", "昨天", ""])
def test_a_wrong_camera_clock_gives_no_time(taken):
    photo = prepare(pictures.camera(taken=taken))
    assert photo.facts.taken_at is None
    assert photo.facts.lon is not None


@pytest.mark.parametrize(
    ("orientation", "size", "first"),
    [
        (1, (200, 100), "red"),
        (2, (200, 100), "blue"),
        (3, (200, 100), "blue"),
        (6, (100, 200), "red"),
        (8, (100, 200), "blue"),
        (99, (200, 100), "red"),
    ],
)
def test_orientation_is_applied_to_the_pixels(orientation, size, first):
    photo = prepare(pictures.camera(orientation=orientation))
    assert (photo.width, photo.height) == size
    red, _, blue = opened(photo.image).getpixel((5, 5))
    assert ("red" if red > blue else "blue") == first


def test_damaged_exif_does_not_cost_the_photo():
    data = pictures.camera()
    broken = data.replace(b"Exif\0\0II*\0", b"Exif\0\0II*\xff").replace(b"Exif\0\0MM\0*", b"Exif\0\0MM\xff*")
    assert broken != data
    assert prepare(broken).facts.lon is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "photo_empty", id="zero bytes"),
        pytest.param(pictures.PROGRAM, "photo_kind", id="renamed program"),
        pytest.param(b"\x7fELF" + b"\0" * 500, "photo_kind", id="elf"),
        pytest.param(pictures.SVG, "photo_kind", id="svg"),
        pytest.param(pictures.HTML, "photo_kind", id="html"),
        pytest.param(pictures.picture(kind="GIF"), "photo_kind", id="gif"),
        pytest.param(pictures.picture(kind="BMP"), "photo_kind", id="bmp"),
        pytest.param(pictures.picture(kind="TIFF"), "photo_kind", id="tiff"),
        pytest.param("照片".encode() * 1_700_000, "photo_kind", id="10 MB of text"),
        pytest.param(pictures.archive(), "photo_kind", id="zip"),
        pytest.param(pictures.HEIC, "photo_heic", id="heic"),
        pytest.param(pictures.picture() + b"\0" * MAX_BYTES, "photo_too_large", id="more than 12 MB"),
        pytest.param(pictures.png_bomb(), "photo_too_many_pixels", id="png of 100 megapixels"),
        pytest.param(pictures.png_bomb(40_000, 40_000)[:5000], "photo_too_many_pixels", id="png beyond Pillow's guard"),
        pytest.param(pictures.jpeg_bomb(), "photo_too_many_pixels", id="jpeg of 400 megapixels"),
        pytest.param(pictures.webp_bomb(), "photo_too_many_pixels", id="webp of 256 megapixels"),
        pytest.param(pictures.picture() + pictures.archive(), "photo_mixed", id="jpeg and zip"),
        pytest.param(pictures.picture(comment=b"<script>alert(1)</script>"), "photo_mixed", id="jpeg and script"),
        pytest.param(pictures.picture() + b"<?php system($_GET[0]); ?>", "photo_mixed", id="jpeg and php"),
        pytest.param(pictures.picture() + b"\n" + pictures.HTML, "photo_mixed", id="jpeg and html"),
        pytest.param(pictures.picture(comment=b"%PDF-1.7"), "photo_mixed", id="jpeg and pdf"),
        pytest.param(b"\xff\xd8\xff\xe0 not a picture", "photo_broken", id="magic bytes alone"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "photo_broken", id="png without anything"),
        pytest.param(b"RIFF\x10\0\0\0WEBPVP8 ", "photo_broken", id="webp without anything"),
        *(
            pytest.param(pictures.noise(400, 300, kind)[:-40_000], "photo_broken", id=f"truncated {kind}")
            for kind in ("JPEG", "PNG", "WEBP")
        ),
    ],
)
def test_what_is_not_a_photo_is_refused_in_one_sentence(data, code):
    with pytest.raises(Invalid) as refusal:
        prepare(data)
    assert refusal.value.code == code
    assert refusal.value.message.endswith("。")
    assert "\n" not in refusal.value.message


def test_metadata_that_phones_write_is_no_polyglot():
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF></rdf:RDF></x:xmpmeta>'
    motion = pictures.camera() + b"MotionPhoto_Data" + b"\0\0\0\x18ftypmp42" + bytes(3000)
    assert prepare(motion).width == 200
    assert prepare(pictures.picture(comment=xmp)).width == 64


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X"])
)
def test_no_bytes_at_all_raise_anything_but_a_sentence(tail, head):
    with pytest.raises(Invalid, match=r"。$") as refusal:
        prepare(head + tail)
    assert refusal.value.code.startswith("photo_")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=6), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_a_photo_with_any_damage_is_either_kept_clean_or_refused(place, bytes_, kind):
    data = bytearray(pictures.camera(kind=kind))
    place %= len(data)
    data[place : place + len(bytes_)] = bytes_
    try:
        photo = prepare(bytes(data))
    except Invalid:
        return
    assert isinstance(photo, Photo)
    assert not opened(photo.image).getexif()


@given(st.integers(1, 16_383), st.integers(1, 16_383))
def test_webp_header_size_is_read_as_the_decoder_reads_it(width, height):
    assert headers.webp_size(pictures.webp_bomb(width, height)) == (width, height)


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_size_of_simple_files(lossless):
    assert headers.webp_size(pictures.picture(123, 45, "WEBP", lossless=lossless)) == (123, 45)


def test_a_time_of_tomorrow_is_a_camera_in_another_zone():
    later = (NOW + timedelta(hours=20)).strftime("%Y:%m:%d %H:%M:%S")
    assert prepare(pictures.camera(taken=later, offset="+00:00")).facts.taken_at is not None
