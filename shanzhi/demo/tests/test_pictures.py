"""Drawn pictures: real JPEGs, the same ones each time."""

from io import BytesIO

import pytest
from PIL import Image

from shanzhi.demo.pictures import MOTIFS, SIZE, picture
from tests.kinds import LABELS


@pytest.mark.parametrize("kind", LABELS)
def test_every_kind_has_a_picture(kind: str) -> None:
    made = picture(kind, "341181:1")
    assert len(made) < 150_000
    with Image.open(BytesIO(made)) as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", SIZE)
        assert not image.getexif()


def test_the_same_name_gives_the_same_picture() -> None:
    assert picture("fire", "a") == picture("fire", "a")
    assert picture("fire", "a") != picture("fire", "b")
    assert picture("fire", "a") != picture("drowning", "a")


def test_motifs_are_of_known_kinds() -> None:
    assert set(MOTIFS) <= set(LABELS)
