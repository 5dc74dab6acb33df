"""What the registers let a county define: care groups."""

from typing import Final

from shanzhi.packs.families import Family, register
from shanzhi.people.groups import FAMILY, CareGroupBody

CARE_GROUP: Final = register(
    Family(
        code=FAMILY,
        label="关爱类别",
        schema=CareGroupBody,
        title=lambda body: body.label,
        preview="people/parts/group_preview.html",
        order=60,
    )
)
