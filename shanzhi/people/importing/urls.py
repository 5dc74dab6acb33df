from django.urls import path

from shanzhi.people.importing import exports, views

app_name = "people_import"
urlpatterns = [
    path("people/imports/", views.import_list, name="list"),
    path("people/imports/template/", views.template, name="template"),
    path("people/imports/<int:register_import_id>/", views.import_show, name="import"),
    path("people/imports/<int:register_import_id>/mapping/", views.mapping, name="mapping"),
    path("people/imports/<int:register_import_id>/faults/", views.fault_export, name="faults"),
    path("people/imports/<int:register_import_id>/applications/", views.application_create, name="application-create"),
    path("people/imports/<int:register_import_id>/resumptions/", views.resumption_create, name="resumption-create"),
    path("people/imports/<int:register_import_id>/ends/", views.end_create, name="end-create"),
    path("people/exports/", exports.export_list, name="exports"),
    path("people/exports/<int:register_export_id>/", exports.export_show, name="export"),
    path("people/exports/<int:register_export_id>/file/", exports.export_file, name="export-file"),
]
