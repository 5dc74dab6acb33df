"""Addresses inside a county. Neither a number nor a secret stands in any of them, and ids are drawn at random."""

from django.urls import path

from shanzhi.clues.specs import SPECS
from shanzhi.clues.views import clue, desk, officers, public

app_name = "clues"
urlpatterns = [
    path("clues/new/", public.give, name="new"),
    path("clues/follow/", public.follow, name="follow"),
    path("clues/", desk.desk_list, name="desk"),
    path("clues/check/", desk.check, name="check"),
    path("clues/officers/", officers.officer_list, name="officers"),
    path("clues/officers/new/", officers.officer_new, name="officer-new"),
    path("clues/officers/<int:officer_id>/ends/", officers.officer_end, name="officer-end"),
    path("clues/<int:clue_id>/", clue.clue_detail, name="clue"),
    path("clues/<int:clue_id>/letter/", clue.letter, name="letter"),
    *(path(f"clues/<int:clue_id>/{spec.slug}/", clue.act_view(spec), name=spec.slug) for spec in SPECS),
]
