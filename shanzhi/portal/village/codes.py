"""One village, one code: the address that a sticker leads to, and its picture. It stays the same for good."""

from io import BytesIO
from typing import Final

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import area_get_for
from shanzhi.lib.errors import Forbidden
from shanzhi.portal.permissions import QR

STICKERS: Final = 12
DARK: Final = "#000"
LIGHT: Final = "#fff"


def address_of(request: HttpRequest, village: Area) -> str:
    """The village's page as people outside reach it."""
    path = reverse("portal:village", args=[village.county_id, village.code])
    site = settings.MESSAGES["site"]
    return f"{site}{path}" if site else request.build_absolute_uri(path)


def _code(address: str) -> segno.QRCode:
    """A quarter of it may be scratched: it hangs outdoors."""
    return segno.make(address, error="q", micro=False)


def qr_svg(address: str) -> str:
    """A picture of its own, dark on white with the quiet zone that scanners need."""
    out = BytesIO()
    _code(address).save(
        out, kind="svg", scale=8, border=4, dark=DARK, light=LIGHT, omitsize=True, xmldecl=False, title=address
    )
    return out.getvalue().decode()


def qr_picture(address: str) -> str:
    """The same for `src`."""
    return str(_code(address).svg_data_uri(scale=8, border=4, dark=DARK, light=LIGHT))


def village_for(actor: Actor, code: str) -> Area:
    """An open village whose code this person may print: NotFound out of sight, then Forbidden without the post."""
    area = area_get_for(actor, code)
    actor.require(QR)
    if not actor.scope(QR).covers(area.path):
        raise Forbidden("这个村的二维码由本村和上级打印，请找本级办公室。", code="forbidden")
    if area.level != Area.Level.VILLAGE or not area.is_open:
        raise not_found()
    return area
