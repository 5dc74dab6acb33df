from django.urls import path

from shanzhi.packs.views import definitions, editing, holidays, packs, retiring

app_name = "packs"
ONE = "definitions/<slug:family>/<slug:code>/"
urlpatterns = [
    path("definitions/", definitions.definition_list, name="list"),
    path("definitions/export/", packs.pack_export, name="export"),
    path("definitions/load/", packs.pack_check, name="load"),
    path("definitions/load/apply/", packs.pack_apply, name="apply"),
    path("definitions/holidays/", holidays.holidays_list, name="holidays"),
    path("definitions/holidays/<int:year>/", holidays.holidays_show, name="holidays-year"),
    path("definitions/holidays/<int:year>/edit/", holidays.holidays_edit, name="holidays-edit"),
    path("definitions/<slug:family>/new/", editing.definition_create, name="create"),
    path(f"{ONE}versions/", definitions.definition_show, name="definition"),
    path(f"{ONE}changes/", definitions.definition_changes, name="changes"),
    path(f"{ONE}file/", definitions.definition_file, name="file"),
    path(f"{ONE}text/", editing.definition_edit, name="edit"),
    path(f"{ONE}retirement/", retiring.definition_retirement, name="retire"),
    path(f"{ONE}return/", retiring.definition_return, name="restore"),
]
