from django.urls import path, register_converter

from shanzhi.areas.households.urls import urlpatterns as households
from shanzhi.areas.mapping.urls import urlpatterns as mapping
from shanzhi.areas.views import acts, areas, imports, units


class AreaCode:
    """Twelve digits, or fifteen for a grid."""

    regex = r"\d{12}(?:\d{3})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class UnitCode(AreaCode):
    """The code of a place, D or C, three digits."""

    regex = r"\d{12}[CD]\d{3}"


register_converter(AreaCode, "area_code")
register_converter(UnitCode, "unit_code")

app_name = "areas"
urlpatterns = [
    path("areas/", areas.area_list, name="list"),
    path("areas/export/", areas.area_export, name="export"),
    path("areas/imports/", imports.import_list, name="import-list"),
    path("areas/imports/template/", imports.import_template, name="import-template"),
    path("areas/imports/<int:import_id>/", imports.import_show, name="import"),
    path("areas/imports/<int:import_id>/faults/", imports.fault_export, name="fault-export"),
    path("areas/imports/<int:import_id>/applications/", imports.application_create, name="application-create"),
    path("areas/imports/<int:import_id>/resumptions/", imports.resumption_create, name="resumption-create"),
    *mapping,
    *households,
    path("areas/<area_code:code>/", areas.area_show, name="area"),
    path("areas/<area_code:code>/children/", acts.child_create, name="child-create"),
    path("areas/<area_code:code>/renames/", acts.rename_create, name="rename-create"),
    path("areas/<area_code:code>/merges/", acts.merge_create, name="merge-create"),
    path("areas/<area_code:code>/moves/", acts.move_create, name="move-create"),
    path("areas/<area_code:code>/abolitions/", acts.abolition_create, name="abolition-create"),
    path("areas/<area_code:code>/units/", units.unit_create, name="unit-create"),
    path("units/", units.unit_list, name="unit-list"),
    path("units/export/", units.unit_export, name="unit-export"),
    path("units/<unit_code:code>/", units.unit_show, name="unit"),
    path("units/<unit_code:code>/renames/", units.unit_rename_create, name="unit-rename-create"),
    path("units/<unit_code:code>/closures/", units.unit_closure_create, name="unit-closure-create"),
]
