"""What the cases app lets a county define: kinds of cases."""

from typing import Final

from shanzhi.cases.kinds.checks import faults_of
from shanzhi.cases.kinds.registry import FAMILY
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.packs.families import Family, register

CASE_KIND: Final = register(
    Family(
        code=FAMILY,
        label="事项类别",
        schema=KindBody,
        title=lambda body: body.label,
        check=faults_of,
        preview="cases/kinds/preview.html",
        order=50,
        edit_url="cases:kind-edit",
    )
)
