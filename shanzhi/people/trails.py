"""What of the registers the trail proves; numbers only as blind indexes, care groups likewise."""

from shanzhi.areas.registry import path_holder
from shanzhi.people.models import Dwelling, Household, Look, Membership, RegisterImport, Request, Resident, Stay
from shanzhi.trail.trails import track, trail_labels

for model in (Dwelling, Household, Resident, Stay, Membership, Look, Request, RegisterImport):
    track(model)
for name, field in (
    ("Dwelling", "area_path"), ("Household", "area_path"), ("Resident", "lives_path"), ("Resident", "registered_path"),
    ("Stay", "lives_path"), ("Stay", "registered_path"), ("Membership", "path"), ("RegisterImport", "path"),
    ("Request", "path"),
):  # fmt: skip
    path_holder(f"people.{name}", field)
trail_labels(
    {
        "people.register.imported": "导入人口名册",
    }
)
