"""Who may fetch the file behind an import: whoever may import."""

from shanzhi.access.actor import Actor
from shanzhi.areas.mapping.selectors import outline_import_list_for
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors import import_list_for
from shanzhi.files.guards import register


def _may_see(actor: Actor, owner_id: int) -> bool:
    return actor.can(MANAGE) and import_list_for(actor).filter(id=owner_id).exists()


def _may_see_outlines(actor: Actor, owner_id: int) -> bool:
    return outline_import_list_for(actor).filter(id=owner_id).exists()


register("areas.divisionimport", _may_see)
register("areas.outlineimport", _may_see_outlines)
