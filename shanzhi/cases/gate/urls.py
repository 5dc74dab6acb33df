"""Addresses of the gate's keepers inside a county; taken into the case app's own."""

from django.urls import path

import shanzhi.cases.converters  # noqa: F401  (registers itself)
from shanzhi.cases.gate import block_views, held_views

urlpatterns = [
    path("cases/held/", held_views.held, name="held"),
    path("cases/held/releases/", held_views.release_create, name="held-release"),
    path("cases/held/discards/", held_views.discard_create, name="held-discard"),
    path("cases/held/<int:held_id>/", held_views.held_show, name="held-one"),
    path("cases/blocks/", block_views.blocks, name="blocks"),
    path("cases/blocks/export/", block_views.blocks_export, name="blocks-export"),
    path("cases/blocks/<int:block_id>/", block_views.block, name="block"),
    path("cases/blocks/<int:block_id>/extensions/", block_views.extension_create, name="block-extend"),
    path("cases/blocks/<int:block_id>/lifts/", block_views.lift_create, name="block-lift"),
    path("cases/<case_number:number>/blocks/", block_views.case_blocks, name="case-blocks"),
]
