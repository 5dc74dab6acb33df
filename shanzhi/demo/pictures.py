"""Simple drawn pictures for demo cases: nobody's photo, and small. The same case always has the same picture."""

from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Final

from PIL import Image, ImageDraw

from shanzhi.demo.chance import chance

SIZE: Final = (960, 720)
HORIZON: Final = 330
Colour = tuple[int, int, int]
SKIES: Final[tuple[Colour, ...]] = ((188, 212, 230), (205, 214, 218), (170, 196, 222), (222, 210, 190))


def picture(kind: str, name: str) -> bytes:
    """A JPEG of a village road with what a case of this kind is about."""
    random = chance(name)
    image = Image.new("RGB", SIZE, random.choice(SKIES))
    draw = ImageDraw.Draw(image)
    _land(draw, random)
    MOTIFS.get(kind, _house)(draw, random)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _land(draw: ImageDraw.ImageDraw, random: Random) -> None:
    """Fields to the horizon, far trees and a road that narrows."""
    green = (random.randint(110, 150), random.randint(140, 165), random.randint(80, 105))
    draw.rectangle((0, HORIZON, *SIZE), fill=green)
    for x in range(-20, SIZE[0], random.randint(50, 70)):
        high = random.randint(30, 80)
        draw.ellipse((x, HORIZON - high, x + 70, HORIZON + 20), fill=(86, 112, 80))
    left = random.randint(380, 520)
    draw.polygon([(left, HORIZON), (left + 60, HORIZON), (820, SIZE[1]), (140, SIZE[1])], fill=(176, 174, 168))
    for near in range(4):
        y = HORIZON + 40 + near * near * 24
        draw.rectangle((left + 22, y, left + 28 + near * 4, y + 12 + near * 12), fill=(214, 212, 204))


def _lamp(draw: ImageDraw.ImageDraw, random: Random) -> None:
    x = random.randint(640, 800)
    draw.rectangle((x, 90, x + 12, 620), fill=(96, 100, 106))
    draw.line((x + 6, 96, x - 120, 120), fill=(96, 100, 106), width=10)
    draw.ellipse((x - 150, 112, x - 96, 140), fill=(70, 72, 78))
    hole = random.randint(300, 520)
    draw.ellipse((hole, 590, hole + 200, 650), fill=(112, 104, 96), outline=(84, 78, 72), width=6)


def _rubbish(draw: ImageDraw.ImageDraw, random: Random) -> None:
    x = random.randint(520, 620)
    draw.rectangle((x, 420, x + 190, 640), fill=(58, 110, 84))
    draw.rectangle((x - 12, 400, x + 202, 428), fill=(44, 88, 66))
    for _ in range(9):
        left, top = x - 220 + random.randint(0, 420), random.randint(560, 660)
        shade = random.randint(40, 200)
        draw.ellipse((left, top, left + random.randint(50, 100), top + random.randint(36, 60)), fill=(shade,) * 3)


def _smoke(draw: ImageDraw.ImageDraw, random: Random) -> None:
    x = random.randint(120, 320)
    for step in range(16):
        width = 40 + step * 12
        left = x + step * random.randint(6, 14)
        grey = 150 + step * 5
        draw.ellipse((left, 420 - step * 24, left + width, 460 - step * 24 + width // 3), fill=(grey, grey, grey))
    draw.ellipse((x - 60, 420, x + 90, 460), fill=(70, 58, 48))


def _water(draw: ImageDraw.ImageDraw, random: Random) -> None:
    draw.ellipse((-120, 430, 620, 800), fill=(98, 130, 138))
    for _ in range(24):
        left, top = random.randint(0, 480), random.randint(500, 690)
        draw.line((left, top, left + random.randint(30, 90), top), fill=(140, 168, 174), width=4)
    draw.ellipse((660, 480, 760, 580), outline=(214, 92, 60), width=22)


def _rows(draw: ImageDraw.ImageDraw, random: Random) -> None:
    for row in range(14):
        y = HORIZON + 14 + row * 28
        draw.line((0, y, 360 - row * 22, y + random.randint(-4, 4)), fill=(196, 178, 98), width=8)
    draw.ellipse((30, 560, 330, 690), fill=(126, 140, 132))


def _house(draw: ImageDraw.ImageDraw, random: Random) -> None:
    x = random.randint(40, 120)
    draw.rectangle((x, 240, x + 330, 470), fill=(226, 220, 208))
    draw.polygon([(x - 24, 244), (x + 165, 150), (x + 354, 244)], fill=(146, 84, 66))
    draw.rectangle((x + 140, 340, x + 200, 470), fill=(110, 84, 64))
    for left in (x + 40, x + 240):
        draw.rectangle((left, 290, left + 56, 346), fill=(120, 144, 160), outline=(90, 96, 100), width=5)


MOTIFS: Final[dict[str, Callable[[ImageDraw.ImageDraw, Random], None]]] = {
    "facilities": _lamp,
    "sanitation": _rubbish,
    "straw": _smoke,
    "fire": _smoke,
    "drowning": _water,
    "farming": _rows,
}
